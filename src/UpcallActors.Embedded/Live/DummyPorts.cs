using System.Globalization;
using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Embedded;

/// <summary>
/// Ports of an <see cref="EmbeddedDatapath"/> that are connected to nothing: what goes out of one is counted and gone. For tests of what
/// is above the datapath, with numbers and addresses as Open vSwitch's dummy datapath gives them. Thread-safe.
/// </summary>
internal sealed class DummyPorts : IDatapathPorts
{
    /// <summary>Addresses count from here on (<c>netdev_dummy_construct</c>).</summary>
    private const ulong FirstAddress = 0xaa55_aa55_0000;

    /// <summary>Where the search for a bridge's number begins (<c>choose_port</c>).</summary>
    private const uint FirstOfBridges = 100;

    private readonly Lock _lock = new();
    private readonly EmbeddedDatapath _datapath;
    private readonly PortReceiver _time;
    private readonly Dictionary<string, Device> _devices = new(StringComparer.Ordinal);
    private ulong _nextAddress = FirstAddress;

    /// <summary>Serves a datapath, which must outlive this and live by the machine's clock.</summary>
    public DummyPorts(EmbeddedDatapath datapath)
    {
        _datapath = datapath;
        _time = new PortReceiver(datapath, 0, keepsTime: true);
    }

    /// <inheritdoc/>
    public event EventHandler? Changed;

    /// <inheritdoc/>
    public DatapathPort Add(PortRequest request, uint? number = null)
    {
        if (request.Kind is PortKind.Patch)
            throw new DatapathException($"port {request.Name}: a patch port is no port of the datapath");
        lock (_lock)
        {
            string name = request.Device;
            if (request.Kind == PortKind.System)
                return new DatapathPort(null, name, OvsVportType.Netdev) { IsDeviceMissing = true, Error = $"there is no device {name}" };
            if (_datapath.FindPort(name) is { } there)
                return Describe(there);
            EmbeddedPort? port = _datapath.AddNumbered(
                number ?? NumberIn(name),
                free => new EmbeddedPort(free, name, TypeOf(request.Kind)));
            if (port is null)
                throw new DatapathException($"port {name}: the datapath has a port of that name already");
            _devices[name] = new Device(request.Kind.IsTunnel() ? 0 : _nextAddress++, IsUp: true);
            return Describe(port);
        }
    }

    /// <inheritdoc/>
    public void Watch(IReadOnlySet<string> devices)
    {
        // Devices come with their ports.
    }

    /// <inheritdoc/>
    public bool Remove(string name)
    {
        lock (_lock)
        {
            _devices.Remove(name);
            return _datapath.FindPort(name) is { Number: not 0 } port && _datapath.RemovePort(port);
        }
    }

    /// <inheritdoc/>
    public void Set(string name, DeviceSettings settings)
    {
        lock (_lock)
        {
            if (!_devices.TryGetValue(name, out Device? device) || _datapath.FindPort(name) is not { } port)
                throw new DatapathException($"there is no port {name}", Errno.NoDevice);
            _devices[name] = new Device(settings.Address ?? device.Address, settings.IsUp ?? device.IsUp);
            port.Mtu = settings.Mtu ?? port.Mtu;
        }

        Changed?.Invoke(this, EventArgs.Empty);
    }

    /// <inheritdoc/>
    public IReadOnlyList<DatapathPort> List()
    {
        lock (_lock)
            return [.. _datapath.Ports.Select(Describe)];
    }

    /// <inheritdoc/>
    public void Dispose() => _time.Dispose();

    private static OvsVportType TypeOf(PortKind kind) => kind switch
    {
        PortKind.Internal => OvsVportType.Internal,
        PortKind.Vxlan => OvsVportType.Vxlan,
        PortKind.Geneve => OvsVportType.Geneve,
        PortKind.Gre => OvsVportType.Gre,
        PortKind.Ip6Gre => OvsVportType.Ip6Gre,
        _ => OvsVportType.Netdev,
    };

    /// <summary>The first number in the name; that of a bridge is a hundred higher. Null when there is none.</summary>
    private static uint? NumberIn(string name)
    {
        int start = name.AsSpan().IndexOfAnyInRange('0', '9');
        if (start < 0)
            return null;
        int length = 1;
        while (start + length < name.Length && char.IsAsciiDigit(name[start + length]))
            length++;
        uint first = name.StartsWith("br", StringComparison.Ordinal) ? FirstOfBridges : 0;
        return uint.TryParse(name.AsSpan(start, length), NumberStyles.None, CultureInfo.InvariantCulture, out uint number)
            && number < ushort.MaxValue - first && first + number > 0 ? first + number : null;
    }

    private DatapathPort Describe(EmbeddedPort port)
    {
        Device device = _devices.GetValueOrDefault(port.Name) ?? new Device(0, IsUp: true);
        return new DatapathPort(port.Number, port.Name, port.Type)
        {
            Mtu = port.Mtu,
            IsUp = device.IsUp,
            IsAdminUp = device.IsUp,
            Address = device.Address,
            // A device of which nobody counts what is lost (netdev_dummy_get_stats).
            Statistics = port.Statistics with
            {
                RxErrors = ulong.MaxValue,
                TxErrors = ulong.MaxValue,
                RxDropped = ulong.MaxValue,
                TxDropped = ulong.MaxValue,
            },
        };
    }

    private sealed record Device(ulong Address, bool IsUp);
}
