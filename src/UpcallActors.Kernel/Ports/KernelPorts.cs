using System.Collections.Frozen;
using System.Text;
using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Kernel;

/// <summary>
/// The ports of a kernel datapath: vports over generic Netlink, tunnel devices over rtnetlink.
/// </summary>
internal sealed class KernelPorts : IDatapathPorts
{
    /// <summary>Bytes of a device's name without the NUL (<c>IFNAMSIZ</c>).</summary>
    private const int LongestName = 15;

    private readonly Lock _lock = new();
    private readonly string _datapathName;
    private readonly IReadOnlyList<uint> _upcallPids;
    private readonly VportRequests _vports;
    private readonly HostLinks _links;
    private readonly PortMonitor? _monitor;
    private readonly KnownPorts _seen = new();
    private IReadOnlySet<string> _watched = FrozenSet<string>.Empty;

    /// <summary>
    /// Begins to follow the ports of a datapath. Throws <see cref="DatapathException"/> when it is gone, and
    /// <see cref="System.ComponentModel.Win32Exception"/> if no socket can be opened.
    /// </summary>
    /// <param name="datapathName">For messages to people.</param>
    /// <param name="datapathIfIndex">Its <c>dp_ifindex</c>.</param>
    /// <param name="families">The module's families.</param>
    /// <param name="upcallPids">Where the ports that are added or taken over send upcalls: <see cref="KernelDatapath.UpcallPids"/>.</param>
    public KernelPorts(string datapathName, int datapathIfIndex, OvsKernelFamilies families, IReadOnlyList<uint> upcallPids)
        : this(datapathName, upcallPids, new VportRequests(families.Ids.Vport, datapathIfIndex), new HostLinks())
    {
        try
        {
            _monitor = new PortMonitor(families.VportGroup, datapathIfIndex, IsOfInterest, IsOfInterest, Follow);
            _seen.Replace(Look());
        }
        catch
        {
            Dispose();
            throw;
        }

        _monitor.Start();
    }

    /// <summary>The same over conversations that somebody else makes. It follows what it is told of.</summary>
    internal KernelPorts(string datapathName, IReadOnlyList<uint> upcallPids, VportRequests vports, HostLinks links)
    {
        _datapathName = datapathName;
        _upcallPids = upcallPids;
        _vports = vports;
        _links = links;
    }

    /// <inheritdoc/>
    public event EventHandler? Changed;

    /// <inheritdoc/>
    public DatapathPort Add(PortRequest request, uint? number = null)
    {
        if (request.Kind is PortKind.Patch or PortKind.Dummy)
            throw new DatapathException($"{_datapathName}: {request.Name}: a {request.Kind} port is no port of this datapath");
        MetadataTunnel? tunnel = TunnelDevices.TunnelOf(request);
        string name = request.Device;
        if (name.Length == 0 || Encoding.UTF8.GetByteCount(name) > LongestName)
            throw new DatapathException($"{_datapathName}: \"{name}\" is no name of a device: it has 1 to {LongestName} bytes");
        var attempt = new PortAttempt(name, request, tunnel, number);
        lock (_lock)
        {
            VportMessage? vport = Add(attempt);
            if (attempt.Errno != Errno.None)
                throw new DatapathException($"{_datapathName}: cannot add port {name}: {attempt.Error}", attempt.Errno);
            return vport is null ? attempt.AsWaiting() : Known(vport);
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
            if (Present(name) is not { } present)
                return false;
            Check(_vports.Remove(present.PortNo!.Value), $"remove port {name}");
            _seen.Forget(name);
            Check(_links.Find(name, out Link? device), $"look at device {name}");
            if (device?.Tunnel is { } tunnel && TunnelDevices.NameOf(tunnel) == name)
                Check(_links.Delete(device.Index), $"delete device {name}");
            return true;
        }
    }

    /// <inheritdoc/>
    public void Set(string name, DeviceSettings settings)
    {
        lock (_lock)
        {
            if (Present(name) is not { } present)
                throw new DatapathException($"{_datapathName}: there is no port {name}", Errno.NoDevice);
            Check(_links.Find(name, out Link? device), $"look at device {name}");
            if (device is null || !PortListing.IsBehind(present, device))
                throw new DatapathException($"{_datapathName}: port {name} has no device here", Errno.NoDevice);
            Check(_links.Set(device.Index, settings.IsUp, settings.Address, settings.Mtu), $"set device {name}: {settings}");
        }
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<int, DeviceCounters> CountDevices() => DeviceCounting.Of(_links);

    /// <inheritdoc/>
    public IReadOnlyList<DatapathPort> List()
    {
        lock (_lock)
            return Look();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _monitor?.Dispose();
        _vports.Dispose();
        _links.Dispose();
    }

    private List<DatapathPort> Look()
    {
        Check(_vports.Dump(out IReadOnlyList<VportMessage> vports), "list ports");
        Check(_links.List(out IReadOnlyList<Link> links), "list devices");
        return PortListing.Of(vports, links);
    }

    /// <summary>
    /// The vport of a name, for which the kernel is not asked for all of them. One whose device was renamed is found by the number that
    /// it was last seen with.
    /// </summary>
    private VportMessage? Present(string name)
    {
        VportMessage? vport = null;
        if (_seen.NumberOf(name) is { } number)
            Check(_vports.Find(number, out vport), $"look at port {name}");
        if (vport?.Name != name)
            Check(_vports.Find(name, out vport), $"look at port {name}");
        return vport;
    }

    /// <summary>
    /// A port that is there by what this class has done: no change, when the kernel tells of it. It may be gone again by now, which the
    /// kernel tells, too.
    /// </summary>
    private DatapathPort Known(VportMessage vport)
    {
        Check(_links.Find(vport.Name!, out Link? device), $"look at device {vport.Name}");
        DatapathPort port = PortListing.Of(vport, PortListing.IsBehind(vport, device) ? device : null);
        _seen.Note(port);
        return port;
    }

    /// <summary>
    /// Takes over an existing port, or adds one. Null when it is not there; errors are noted in <paramref name="attempt"/>.
    /// </summary>
    private VportMessage? Add(PortAttempt attempt)
    {
        NetlinkResult found = _links.Find(attempt.Name, out Link? device);
        if (!found.Succeeded)
        {
            attempt.Fails(found);
            return null;
        }

        if (Present(attempt.Name) is { } present)
        {
            Adopt(attempt, present, device);
            return attempt.Error.Length == 0 ? present : null;
        }

        if (attempt.Request.Kind == PortKind.System && device is null)
        {
            attempt.Waits("there is no such device", isDeviceMissing: true);
            return null;
        }

        return Create(attempt, device);
    }

    private void Adopt(PortAttempt attempt, VportMessage present, Link? device)
    {
        if (present.NetnsId is null && present.IfIndex is { } index && device is not null && index != device.Index)
        {
            // The device was deleted and made again before the datapath released the old one (ovs_dp_notify_wq), which it reports.
            attempt.Waits("its device was replaced");
            return;
        }

        OvsVportType type = PortListing.Of(present, device).Type;
        if (type != attempt.Type && attempt.Request.Kind != PortKind.System)
            attempt.Fails(new NetlinkResult(Errno.Exists), $"the datapath has a port of this name that is {type}");
        else if (type == OvsVportType.Internal && attempt.Request.Kind == PortKind.System)
            attempt.Fails(new NetlinkResult(Errno.Exists), "it is an internal port of the datapath, not a device");
        else if (attempt.Tunnel is not null && device?.Tunnel is { } tunnel && tunnel != attempt.Tunnel)
            attempt.Fails(new NetlinkResult(Errno.Exists), $"the device receives on UDP port {tunnel.UdpPort}");
        else
            Adopt(attempt, present);
    }

    /// <summary>Its upcalls may still go to who had it before.</summary>
    private void Adopt(PortAttempt attempt, VportMessage present)
    {
        if (present.UpcallPids is { } pids && pids.SequenceEqual(_upcallPids))
            return;
        NetlinkResult result = _vports.SetUpcallPids(present.PortNo!.Value, _upcallPids);
        if (!result.Succeeded)
            attempt.Fails(result);
    }

    private VportMessage? Create(PortAttempt attempt, Link? device)
    {
        if (attempt.Tunnel is not null)
        {
            NetlinkResult made = TunnelDevices.Ensure(_links, attempt.Tunnel);
            if (!made.Succeeded)
            {
                attempt.Fails(made);
                return null;
            }
        }

        OvsVportType type = attempt.Request.Kind == PortKind.Internal ? OvsVportType.Internal : OvsVportType.Netdev;
        NetlinkResult result = _vports.Add(attempt.Name, type, attempt.Number, _upcallPids, out VportMessage? added);
        if (result.Error == Errno.Busy && attempt.Number is not null)
            result = _vports.Add(attempt.Name, type, null, _upcallPids, out added);
        if (result.Succeeded)
            return added ?? Present(attempt.Name);

        if (result.Error == Errno.NoDevice && attempt.Request.Kind == PortKind.System)
            attempt.Waits("there is no such device");
        else if (result.Error == Errno.Busy && attempt.Request.Kind == PortKind.System)
            attempt.Waits(MasterOf(device) ?? "its device is in use");
        else
            attempt.Fails(result);
        if (attempt.Tunnel is not null && device is null && _links.Find(attempt.Name, out Link? leftover).Succeeded && leftover is not null)
            _links.Delete(leftover.Index);
        return null;
    }

    /// <summary>Why a device that exists may be in use.</summary>
    private string? MasterOf(Link? device)
    {
        if (device is not { MasterIndex: not 0 } || !_links.Find(device.MasterIndex, out Link? master).Succeeded)
            return null;
        return master is null ? null : $"it is a port of {master.Name}";
    }

    /// <summary>Whether a message about a device is a reason to look.</summary>
    internal bool IsOfInterest(Link link, bool deleted)
    {
        lock (_lock)
            return _seen.IsNews(link, deleted, _watched);
    }

    /// <summary>Whether a message about a vport is a reason to look. One that was added or removed here is none.</summary>
    internal bool IsOfInterest(VportMessage vport)
    {
        lock (_lock)
            return _seen.IsNews(vport);
    }

    /// <summary>Something of interest has changed: looks, and tells the listeners.</summary>
    internal void Follow()
    {
        // What happens to a device that is no port is not in the list of ports.
        if (Rescan() || IsAnyAwaited())
            Changed?.Invoke(this, EventArgs.Empty);
    }

    /// <summary>Whether any device that is watched is no port.</summary>
    private bool IsAnyAwaited()
    {
        lock (_lock)
            return !_seen.HasAll(_watched);
    }

    /// <summary>Whether the ports are others than before.</summary>
    private bool Rescan()
    {
        lock (_lock)
        {
            try
            {
                return _seen.Replace(Look());
            }
            catch (DatapathException)
            {
                // The datapath is gone: a caller that lists the ports now gets an error.
                _seen.Replace([]);
                return true;
            }
        }
    }

    private void Check(NetlinkResult result, string what)
    {
        if (!result.Succeeded)
            throw new DatapathException($"{_datapathName}: cannot {what}: {result}", result.Error);
    }
}
