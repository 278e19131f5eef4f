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
internal sealed class EmbeddedPorts : IDatapathPorts
{
    /// <summary>Bytes of a device's name without the NUL (<c>IFNAMSIZ</c>).</summary>
    private const int LongestName = 15;

    /// <summary>What a UDP datagram holds, without a VXLAN and an Ethernet header.</summary>
    private const int TunnelMtu = 65_535 - 20 - 8 - VxlanHeader.Length - EthernetHeader.Length;

    private readonly Lock _lock = new();
    private readonly EmbeddedDatapath _datapath;
    private readonly Func<int, PortReceiver> _makeReceiver;
    private readonly Func<LiveEntry, Link?, LivePort> _open;
    private readonly HostLinks _links;
    private readonly LinkMonitor _monitor;
    private readonly KnownPorts _seen = new();
    private readonly Dictionary<string, LiveEntry> _entries = new(StringComparer.Ordinal);
    private readonly List<PortReceiver> _receivers = [];
    private IReadOnlySet<string> _watched = FrozenSet<string>.Empty;
    private bool _disposed;

    /// <summary>
    /// Begins to serve a datapath, which must outlive this. Throws <see cref="Win32Exception"/> if no socket can be opened.
    /// </summary>
    public EmbeddedPorts(EmbeddedDatapath datapath)
        : this(datapath, number => new PortReceiver(datapath, number, keepsTime: number == 0), Open, new HostLinks())
    {
    }

    /// <summary>The same over other parts of the host.</summary>
    /// <param name="datapath">The datapath.</param>
    /// <param name="makeReceiver">Makes the receivers, by their numbers from 0 on.</param>
    /// <param name="open">Connects a port to its device.</param>
    /// <param name="links">The devices, which are taken over.</param>
    internal EmbeddedPorts(
        EmbeddedDatapath datapath, Func<int, PortReceiver> makeReceiver, Func<LiveEntry, Link?, LivePort> open, HostLinks links)
    {
        _datapath = datapath;
        _makeReceiver = makeReceiver;
        _open = open;
        _links = links;
        _monitor = new LinkMonitor(IsOfInterest, Follow);
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
        if (request.Kind is PortKind.Patch or PortKind.Dummy)
            throw new DatapathException($"port {request.Name}: a {request.Kind} port is no port of this datapath");
        string name = request.Device;
        if (name.Length == 0 || Encoding.UTF8.GetByteCount(name) > LongestName)
            throw new DatapathException($"port {request.Name}: \"{name}\" is no name of a device: it has 1 to {LongestName} bytes");
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            LiveEntry? entry = Connected(name);
            if (entry is not null && entry.Request.Kind != request.Kind)
                throw new DatapathException($"port {request.Name}: {name} is {entry.Request.Kind}, and asked for as {request.Kind}");
            Link? link = request.Kind == PortKind.Vxlan ? null : Find(name);
            if (entry is null)
            {
                entry = new LiveEntry(request, name, number);
                if (request.Kind == PortKind.System && link is null)
                    return new DatapathPort(null, name, entry.Type) { IsDeviceMissing = true, Error = $"there is no device {name}" };
                Connect(entry, link);
                _entries.Add(name, entry);
                // A TAP device has come with it.
                if (request.Kind == PortKind.Internal)
                    link = Find(name);
                entry.DeviceIndex = link?.Index ?? 0;
            }

            // What was done here is no change, when the host tells of it.
            DatapathPort added = Describe(entry.Live!.Port, link);
            _seen.Note(added);
            return added;
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
            if (_entries.Remove(name, out LiveEntry? entry))
                Disconnect(entry);
            else if (_datapath.FindPort(name) is not { Number: not 0 } other || !_datapath.RemovePort(other))
                return false;
            _seen.Forget(name);
            return true;
        }
    }

    /// <inheritdoc/>
    public void Set(string name, DeviceSettings settings)
    {
        lock (_lock)
        {
            if (Connected(name) is not { DeviceIndex: not 0 and var index } entry)
                throw new DatapathException($"there is no port {name} with a device of the host", Errno.NotSupported);
            NetlinkResult result = _links.Set(index, settings.IsUp, settings.Address, settings.Mtu);
            if (!result.Succeeded)
                throw new DatapathException($"cannot set device {name}: {settings}: {result}", result.Error);
            if (settings.Mtu is { } mtu && entry.Live is { } live)
                live.Port.Mtu = mtu;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<int, DeviceCounters> CountDevices() => DeviceCounting.Of(_links);

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

    private static Dictionary<string, Link> ByName(IReadOnlyList<Link> links)
    {
        var byName = new Dictionary<string, Link>(links.Count, StringComparer.Ordinal);
        foreach (Link link in links)
            byName[link.Name] = link;
        return byName;
    }

    private Dictionary<string, Link> Links()
    {
        NetlinkResult result = _links.List(out IReadOnlyList<Link> links);
        return result.Succeeded ? ByName(links) : throw new DatapathException($"cannot list the host's devices: {result}", result.Error);
    }

    private Link? Find(string name)
    {
        NetlinkResult result = _links.Find(name, out Link? link);
        return result.Succeeded ? link : throw new DatapathException($"cannot look at the host's device {name}: {result}", result.Error);
    }

    /// <summary>A port that is connected to the host. One that a request took out of the datapath is closed.</summary>
    private LiveEntry? Connected(string name)
    {
        if (!_entries.TryGetValue(name, out LiveEntry? entry) || _datapath.FindPort(name) == entry.Live?.Port)
            return entry;
        _entries.Remove(name);
        Disconnect(entry);
        return null;
    }

    /// <summary>Connects a port to the host and puts it into the datapath.</summary>
    private void Connect(LiveEntry entry, Link? link)
    {
        // Before the datapath has the port: one that nobody receives from would stay in the way of the next attempt.
        PortReceiver receiver = ReceiverWithRoom(entry);
        LivePort live = _open(entry, link);
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

    private bool IsOfInterest(Link link, bool deleted)
    {
        lock (_lock)
            return _seen.IsNews(link, deleted, _watched);
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
            if (_disposed || !_links.List(out IReadOnlyList<Link> list).Succeeded)
                return false;
            Dictionary<string, Link> links = ByName(list);
            foreach (LiveEntry entry in _entries.Values.ToArray())
                Follow(entry, links.GetValueOrDefault(entry.Name));
            // What happens to a device that is no port is not in the list of ports.
            return _seen.Replace(Look(links)) || !_seen.HasAll(_watched);
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

    private List<DatapathPort> Look(Dictionary<string, Link> links) =>
        [.. _datapath.Ports.Select(port => Describe(port, links.GetValueOrDefault(port.Name)))];

    /// <summary>A port and the device of its name, which is its own if the port is connected to the host by its device.</summary>
    private DatapathPort Describe(EmbeddedPort port, Link? device)
    {
        LiveEntry? live = _entries.TryGetValue(port.Name, out LiveEntry? entry) && entry.Live?.Port == port ? entry : null;
        bool isVxlan = port.Type == OvsVportType.Vxlan;
        Link? link = live is null || isVxlan ? null : device;
        return new DatapathPort(port.Number, port.Name, port.Type)
        {
            Mtu = isVxlan ? 0 : port.Mtu,
            IsUp = live is null || isVxlan || link is { IsUp: true },
            IsAdminUp = live is null || isVxlan || link is { IsAdminUp: true },
            Address = link?.Address ?? 0,
            IfIndex = link?.Index ?? 0,
            DestinationPort = live?.DestinationPort ?? 0,
            Statistics = port.Statistics,
        };
    }
}
