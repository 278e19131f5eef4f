using UpcallActors.Odp;

namespace UpcallActors.Switch.Tests;

/// <summary>The ports of a datapath whose devices a test makes and takes away. Numbers are given out from 1 on, and kept.</summary>
internal sealed class ScriptedPorts : IDatapathPorts
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _devices = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ulong> _addresses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _refusals = new(StringComparer.Ordinal);
    private readonly Dictionary<string, uint> _numbers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _ports = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PortKind> _kinds = new(StringComparer.Ordinal);
    private readonly HashSet<string> _down = new(StringComparer.Ordinal);
    private bool _isGone;

    public event EventHandler? Changed;

    /// <summary>A device appears, or has another MTU.</summary>
    public void SetDevice(string name, int mtu) => Change(() => _devices[name] = mtu);

    /// <summary>A device gets an Ethernet address; it has none before.</summary>
    public void SetAddress(string name, ulong address) => Change(() => _addresses[name] = address);

    /// <summary>A device goes, and its port with it.</summary>
    public void RemoveDevice(string name) => Change(() =>
    {
        _devices.Remove(name);
        _ports.Remove(name);
    });

    /// <summary>A device goes and comes again before anybody looks.</summary>
    public void ReplaceDevice(string name) => Change(() =>
    {
        _ports.Remove(name);
        _devices[name] = 1500;
    });

    /// <summary>Somebody else sets a device up or down.</summary>
    public void SetDeviceUp(string name, bool up) => Change(() => _ = up ? _down.Remove(name) : _down.Add(name));

    /// <summary>The numbers that were asked for with ports that had one before.</summary>
    public List<(string Name, uint Number)> NumbersAskedFor { get; } = [];

    /// <summary>The devices that are watched.</summary>
    public IReadOnlySet<string> Watched { get; private set; } = new HashSet<string>();

    /// <summary>From now on a port is refused for a reason, or for none any more.</summary>
    public void Refuse(string name, string? reason) => Change(() => _refusals[name] = reason!);

    /// <summary>The same, and nobody is told.</summary>
    public void RefuseQuietly(string name, string? reason)
    {
        lock (_lock)
            _refusals[name] = reason!;
    }

    /// <summary>A device appears, and nobody is told.</summary>
    public void SetDeviceQuietly(string name, int mtu)
    {
        lock (_lock)
            _devices[name] = mtu;
    }

    /// <summary>The datapath has a port that nobody has asked for in this run.</summary>
    public void Leave(string name) => Change(() => _ports.Add(name));

    /// <summary>Somebody deletes the datapath.</summary>
    public void Delete() => Change(() => _isGone = true);

    /// <summary>Something has changed that concerns no port.</summary>
    public void Touch() => Change(() => { });

    public DatapathPort Add(PortRequest request, uint? number = null)
    {
        lock (_lock)
        {
            if (_refusals.GetValueOrDefault(request.Name) is { } reason)
                throw new DatapathException(reason);
            string name = request.Device;
            if (_ports.Contains(name) && _kinds.TryGetValue(name, out PortKind kind) && kind != request.Kind)
                throw new DatapathException($"the datapath has a port of this name that is {kind}");
            if (number is { } asked)
                NumbersAskedFor.Add((name, asked));
            if (request.Kind != PortKind.System)
                _devices.TryAdd(name, request.Kind == PortKind.Internal ? 1500 : 0);
            DatapathPort added = Describe(name);
            if (!_devices.ContainsKey(name))
                return added with { Number = null, IsDeviceMissing = true, Error = "there is no such device" };
            _ports.Add(name);
            _kinds[name] = request.Kind;
            return added;
        }
    }

    public void Watch(IReadOnlySet<string> devices) => Watched = devices;

    public bool Remove(string name)
    {
        lock (_lock)
        {
            if (_kinds.Remove(name, out PortKind kind) && kind != PortKind.System)
                _devices.Remove(name);
            return _ports.Remove(name);
        }
    }

    public void Set(string name, DeviceSettings settings)
    {
        lock (_lock)
        {
            if (_refusals.GetValueOrDefault(name) is { } reason)
                throw new DatapathException(reason);
        }

        Change(() =>
        {
            if (settings.IsUp is { } up)
                _ = up ? _down.Remove(name) : _down.Add(name);
            if (settings.Address is { } address)
                _addresses[name] = address;
            if (settings.Mtu is { } mtu)
                _devices[name] = mtu;
        });
    }

    public IReadOnlyList<DatapathPort> List()
    {
        lock (_lock)
            return _isGone ? throw new DatapathException("datapath dp0 is gone") : [.. _ports.Select(Describe)];
    }

    public void Dispose()
    {
    }

    private void Change(Action change)
    {
        lock (_lock)
            change();
        Changed?.Invoke(this, EventArgs.Empty);
    }

    private DatapathPort Describe(string name)
    {
        if (!_numbers.TryGetValue(name, out uint number))
            _numbers.Add(name, number = (uint)_numbers.Count + 1);
        bool isUp = !_down.Contains(name);
        return new DatapathPort(number, name, OvsVportType.Netdev)
        {
            Mtu = _devices.GetValueOrDefault(name),
            Address = _addresses.GetValueOrDefault(name),
            IsUp = isUp,
            IsAdminUp = isUp,
        };
    }
}
