using System.Collections.Frozen;
using System.ComponentModel;
using System.Text;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <summary>
/// Connects an <see cref="EmbeddedDatapath"/> to the host: network devices by packet sockets, internal ports as TAP devices, VXLAN
/// tunnels by UDP sockets. Frames are received on threads of its own; a port whose device goes is taken out of the datapath. The
/// datapath must live by the machine's clock. Thread-safe. Disposing takes the ports out of the datapath and their TAP devices away.
/// </summary>
public sealed class EmbeddedPorts : IDatapathPorts
{
    /// <summary>Bytes of a device's name without the NUL (<c>IFNAMSIZ</c>).</summary>
    private const int LongestName = 15;

    /// <summary>What a UDP datagram holds, without a VXLAN and an Ethernet header.</summary>
    private const int TunnelMtu = 65_535 - 20 - 8 - VxlanHeader.Length - EthernetHeader.Length;

    private readonly Lock _lock = new();
    private readonly EmbeddedDatapath _datapath;
    private readonly Func<int, PortReceiver> _makeReceiver;
    private readonly HostLinks _links = new();
    private readonly LinkMonitor _monitor;
    private readonly Dictionary<string, LiveEntry> _entries = new(StringComparer.Ordinal);
    private readonly List<PortReceiver> _receivers = [];
    private IReadOnlySet<string> _watched = FrozenSet<string>.Empty;
    private List<DatapathPort> _seen = [];
    private bool _disposed;

    /// <summary>
    /// Begins to serve a datapath, which must outlive this. Throws <see cref="Win32Exception"/> if no socket can be opened.
    /// </summary>
    public EmbeddedPorts(EmbeddedDatapath datapath)
        : this(datapath, number => new PortReceiver(datapath, number, keepsTime: number == 0))
    {
    }

    /// <summary>The same with receivers that somebody else makes, by their numbers from 0 on.</summary>
    internal EmbeddedPorts(EmbeddedDatapath datapath, Func<int, PortReceiver> makeReceiver)
    {
        _datapath = datapath;
        _makeReceiver = makeReceiver;
        _monitor = new LinkMonitor(Follow);
        // There is always one thread: it is the datapath's sense of time, also without ports.
        _receivers.Add(makeReceiver(0));
        _monitor.Start();
    }

    /// <inheritdoc/>
    public event EventHandler? Changed;

    /// <inheritdoc/>
    public DatapathPort Add(PortRequest request, uint? number = null)
    {
        if (request.Kind.IsTunnel() && request.Kind != PortKind.Vxlan)
            throw new DatapathException($"port {request.Name}: the embedded datapath has no {request.Kind} tunnels, only VXLAN");
        string name = request.Device;
        if (name.Length == 0 || Encoding.UTF8.GetByteCount(name) > LongestName)
            throw new DatapathException($"port {request.Name}: \"{name}\" is no name of a device: it has 1 to {LongestName} bytes");
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_entries.TryGetValue(name, out LiveEntry? entry) && entry.Request.Kind != request.Kind)
                throw new DatapathException($"port {request.Name}: {name} is {entry.Request.Kind}, and asked for as {request.Kind}");
            IReadOnlyList<Link> links = Links();
            if (entry is null)
            {
                Link? link = Find(links, name);
                entry = new LiveEntry(request, name, number);
                if (request.Kind == PortKind.System && link is null)
                    return new DatapathPort(null, name, entry.Type) { Error = $"there is no device {name}" };
                Connect(entry, link);
                _entries.Add(name, entry);
            }

            List<DatapathPort> now = Look(Links());
            _seen = WithoutStatistics(now);
            return now.First(port => port.Name == name);
        }
    }

    /// <inheritdoc/>
    public void Watch(IReadOnlySet<string> devices)
    {
        lock (_lock)
            _watched = devices;
    }

    /// <inheritdoc/>
    public bool Remove(string name)
    {
        lock (_lock)
        {
            if (!_entries.Remove(name, out LiveEntry? entry))
                return _datapath.Ports.FirstOrDefault(port => port.Name == name && port.Number != 0) is { } other
                    && _datapath.RemovePort(other);
            Disconnect(entry);
            return true;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<DatapathPort> List()
    {
        lock (_lock)
            return Look(Links());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _monitor.Dispose();
        lock (_lock)
        {
            if (_disposed)
                return;
            _disposed = true;
            foreach (LiveEntry entry in _entries.Values)
                Disconnect(entry);
            _entries.Clear();
            foreach (PortReceiver receiver in _receivers)
                receiver.Dispose();
            _links.Dispose();
        }
    }

    private static Link? Find(IReadOnlyList<Link> links, string name) => links.FirstOrDefault(link => link.Name == name);

    /// <summary>Counters change with every packet, and are no change of the ports.</summary>
    private static List<DatapathPort> WithoutStatistics(List<DatapathPort> ports) =>
        [.. ports.Select(port => port with { Statistics = null })];

    private IReadOnlyList<Link> Links()
    {
        NetlinkResult result = _links.List(out IReadOnlyList<Link> links);
        return result.Succeeded ? links : throw new DatapathException($"cannot list the host's devices: {result}", result.Error);
    }

    /// <summary>Connects a port to the host and puts it into the datapath.</summary>
    private void Connect(LiveEntry entry, Link? link)
    {
        // Before the datapath has the port: one that nobody receives from would stay in the way of the next attempt.
        PortReceiver receiver = ReceiverWithRoom(entry);
        LivePort live = Open(entry, link);
        int mtu = entry.Request.Kind == PortKind.Vxlan ? TunnelMtu : link?.Mtu ?? EmbeddedPort.DefaultMtu;
        EmbeddedPort? port = _datapath.AddNumbered(
            entry.Number,
            number => live.Port = new EmbeddedPort(number, entry.Name, entry.Type, Math.Max(mtu, 1), live as IPortOutput,
                live as ITunnelOutput));
        if (port is null)
        {
            live.Dispose();
            throw new DatapathException($"port {entry.Name}: the datapath has a port of that name already");
        }

        entry.Live = live;
        entry.DeviceIndex = link?.Index ?? 0;
        receiver.Add(live);
    }

    private static LivePort Open(LiveEntry entry, Link? link)
    {
        try
        {
            return entry.Request.Kind switch
            {
                PortKind.Internal => new InternalPort(entry.Name),
                PortKind.Vxlan => new VxlanPort(entry.DestinationPort),
                _ => new SystemPort(link!.Index),
            };
        }
        catch (Win32Exception refusal)
        {
            throw LivePort.Refusal(entry.Name, refusal, entry.Request.Kind == PortKind.Internal ? "CAP_NET_ADMIN" : "CAP_NET_RAW");
        }
    }

    private PortReceiver ReceiverWithRoom(LiveEntry entry)
    {
        foreach (PortReceiver receiver in _receivers)
        {
            if (receiver.Count < PortReceiver.MostPorts)
                return receiver;
        }

        try
        {
            PortReceiver added = _makeReceiver(_receivers.Count);
            _receivers.Add(added);
            return added;
        }
        catch (Win32Exception refusal)
        {
            throw new DatapathException($"port {entry.Name}: {refusal.Message}", (Errno)refusal.NativeErrorCode);
        }
    }

    /// <summary>First nothing is sent to it any more, then nothing received from it; then it is closed.</summary>
    private void Disconnect(LiveEntry entry)
    {
        if (entry.Live is not { } live)
            return;
        _datapath.RemovePort(live.Port);
        foreach (PortReceiver receiver in _receivers)
        {
            if (receiver.Remove(live))
                break;
        }

        live.Dispose();
        entry.Live = null;
        entry.DeviceIndex = 0;
    }

    /// <summary>The host's devices have changed, as far as is known.</summary>
    private void Follow()
    {
        if (IsAnythingChanged())
            Changed?.Invoke(this, EventArgs.Empty);
    }

    /// <summary>
    /// Lets go of ports whose devices have gone; whether the ports are others than before, or a device that is watched is none.
    /// </summary>
    private bool IsAnythingChanged()
    {
        lock (_lock)
        {
            if (_disposed || !_links.List(out IReadOnlyList<Link> links).Succeeded)
                return false;
            foreach (LiveEntry entry in _entries.Values.ToArray())
                Follow(entry, Find(links, entry.Name));
            List<DatapathPort> now = WithoutStatistics(Look(links));
            bool changed = !now.SequenceEqual(_seen);
            _seen = now;
            // What happens to a device that is no port is not in the list of ports.
            return changed || !_watched.IsSubsetOf(now.Select(port => port.Name));
        }
    }

    private void Follow(LiveEntry entry, Link? link)
    {
        if (entry.Request.Kind == PortKind.Vxlan)
            return;
        if (link is null || (entry.DeviceIndex != link.Index && entry.DeviceIndex != 0))
        {
            // Gone, or another one of its name.
            _entries.Remove(entry.Name);
            Disconnect(entry);
            return;
        }

        // A TAP device's index is known from here on.
        entry.DeviceIndex = link.Index;
        if (link.Mtu > 0 && entry.Live is { } live)
            live.Port.Mtu = link.Mtu;
    }

    private List<DatapathPort> Look(IReadOnlyList<Link> links)
    {
        var ports = new List<DatapathPort>();
        foreach (EmbeddedPort port in _datapath.Ports)
        {
            _entries.TryGetValue(port.Name, out LiveEntry? entry);
            bool isLive = entry?.Live?.Port == port;
            Link? link = isLive && port.Type != OvsVportType.Vxlan ? Find(links, port.Name) : null;
            ports.Add(new DatapathPort(port.Number, port.Name, port.Type)
            {
                Mtu = port.Type == OvsVportType.Vxlan ? 0 : port.Mtu,
                IsUp = !isLive || port.Type == OvsVportType.Vxlan || link is { IsUp: true },
                Address = link?.Address ?? 0,
                IfIndex = link?.Index ?? 0,
                DestinationPort = isLive ? entry!.DestinationPort : (ushort)0,
                Statistics = port.Statistics,
            });
        }

        return ports;
    }
}
