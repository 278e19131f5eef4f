using System.Collections.Frozen;
using System.Text;
using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Kernel;

/// <summary>
/// The ports of a kernel datapath: vports over generic Netlink, tunnel devices over rtnetlink.
/// </summary>
public sealed class KernelPorts : IDatapathPorts
{
    /// <summary>Bytes of a device's name without the NUL (<c>IFNAMSIZ</c>).</summary>
    private const int LongestName = 15;

    private readonly Lock _lock = new();
    private readonly string _datapathName;
    private readonly IReadOnlyList<uint> _upcallPids;
    private readonly VportRequests _vports;
    private readonly HostLinks _links = new();
    private readonly PortMonitor _monitor;
    private IReadOnlySet<string> _watched = FrozenSet<string>.Empty;
    private List<DatapathPort> _seen = [];

    /// <summary>
    /// Begins to follow the ports of a datapath. Throws <see cref="DatapathException"/> when it is gone, and
    /// <see cref="System.ComponentModel.Win32Exception"/> if no socket can be opened.
    /// </summary>
    /// <param name="datapathName">For messages to people.</param>
    /// <param name="datapathIfIndex">Its <c>dp_ifindex</c>.</param>
    /// <param name="families">The module's families.</param>
    /// <param name="upcallPids">Where the ports that are added or taken over send upcalls: <see cref="KernelDatapath.UpcallPids"/>.</param>
    public KernelPorts(string datapathName, int datapathIfIndex, OvsKernelFamilies families, IReadOnlyList<uint> upcallPids)
    {
        _datapathName = datapathName;
        _upcallPids = upcallPids;
        _vports = new VportRequests(families.Ids.Vport, datapathIfIndex);
        _monitor = new PortMonitor(families.VportGroup, datapathIfIndex, IsOfInterest, Follow);
        try
        {
            _seen = WithoutStatistics(Look());
        }
        catch
        {
            Dispose();
            throw;
        }

        _monitor.Start();
    }

    /// <inheritdoc/>
    public event EventHandler? Changed;

    /// <inheritdoc/>
    public DatapathPort Add(PortRequest request, uint? number = null)
    {
        MetadataTunnel? tunnel = TunnelDevices.TunnelOf(request);
        string name = request.Device;
        if (name.Length == 0 || Encoding.UTF8.GetByteCount(name) > LongestName)
            throw new DatapathException($"{_datapathName}: \"{name}\" is no name of a device: it has 1 to {LongestName} bytes");
        var attempt = new PortAttempt(name, request, tunnel, number);
        lock (_lock)
        {
            Add(attempt, Vports());
            if (attempt.Errno != Errno.None)
                throw new DatapathException($"{_datapathName}: cannot add port {name}: {attempt.Error}", attempt.Errno);
            // It may be gone again by now.
            return attempt.Error.Length > 0 ? attempt.AsWaiting() : Look().Find(port => port.Name == name) ?? attempt.AsWaiting();
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
            if (Vports().FirstOrDefault(vport => vport.Name == name) is not { } present)
                return false;
            Check(_vports.Remove(present.PortNo!.Value), $"remove port {name}");
            Check(_links.Find(name, out Link? device), $"look at device {name}");
            if (device?.Tunnel is { } tunnel && TunnelDevices.NameOf(tunnel) == name)
                Check(_links.Delete(device.Index), $"delete device {name}");
            return true;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<DatapathPort> List()
    {
        lock (_lock)
            return Look();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _monitor.Dispose();
        _vports.Dispose();
        _links.Dispose();
    }

    /// <summary>Counters change with every packet, and are no change of the ports.</summary>
    private static List<DatapathPort> WithoutStatistics(List<DatapathPort> ports) =>
        [.. ports.Select(port => port with { Statistics = null })];

    private List<DatapathPort> Look()
    {
        IReadOnlyList<VportMessage> vports = Vports();
        Check(_links.List(out IReadOnlyList<Link> links), "list devices");
        return PortListing.Of(vports, links);
    }

    private IReadOnlyList<VportMessage> Vports()
    {
        Check(_vports.Dump(out IReadOnlyList<VportMessage> vports), "list ports");
        return vports;
    }

    /// <summary>Takes over an existing port, or adds one; errors are noted in <paramref name="attempt"/>.</summary>
    private void Add(PortAttempt attempt, IReadOnlyList<VportMessage> vports)
    {
        NetlinkResult found = _links.Find(attempt.Name, out Link? device);
        if (!found.Succeeded)
        {
            attempt.Fails(found);
            return;
        }

        if (vports.FirstOrDefault(vport => vport.Name == attempt.Name) is { } present)
        {
            Adopt(attempt, present, device);
            return;
        }

        if (attempt.Request.Kind == PortKind.System && device is null)
        {
            attempt.Waits("there is no such device");
            return;
        }

        Create(attempt, device);
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

    private void Create(PortAttempt attempt, Link? device)
    {
        if (attempt.Tunnel is not null)
        {
            NetlinkResult made = TunnelDevices.Ensure(_links, attempt.Tunnel);
            if (!made.Succeeded)
            {
                attempt.Fails(made);
                return;
            }
        }

        OvsVportType type = attempt.Request.Kind == PortKind.Internal ? OvsVportType.Internal : OvsVportType.Netdev;
        NetlinkResult result = _vports.Add(attempt.Name, type, attempt.Number, _upcallPids, out _);
        if (result.Error == Errno.Busy && attempt.Number is not null)
            result = _vports.Add(attempt.Name, type, null, _upcallPids, out _);
        if (result.Succeeded)
            return;

        if (result.Error == Errno.NoDevice && attempt.Request.Kind == PortKind.System)
            attempt.Waits("there is no such device");
        else if (result.Error == Errno.Busy && attempt.Request.Kind == PortKind.System)
            attempt.Waits(MasterOf(device) ?? "its device is in use");
        else
            attempt.Fails(result);
        if (attempt.Tunnel is not null && device is null && _links.Find(attempt.Name, out Link? leftover).Succeeded && leftover is not null)
            _links.Delete(leftover.Index);
    }

    /// <summary>Why a device that exists may be in use.</summary>
    private string? MasterOf(Link? device)
    {
        if (device is not { MasterIndex: not 0 } || !_links.List(out IReadOnlyList<Link> links).Succeeded)
            return null;
        return links.FirstOrDefault(link => link.Index == device.MasterIndex) is { } master ? $"it is a port of {master.Name}" : null;
    }

    private bool IsOfInterest(Link link, bool deleted)
    {
        lock (_lock)
        {
            DatapathPort? port = _seen.Find(port => port.IfIndex == link.Index);
            return port is null
                ? _watched.Contains(link.Name)
                : deleted || port.Name != link.Name || port.Mtu != link.Mtu || port.IsUp != link.IsUp || port.Address != link.Address;
        }
    }

    /// <summary>Something of interest has changed: looks, and tells whoever listens.</summary>
    private void Follow()
    {
        // What happens to a device that is no port is not in the list of ports.
        if (Rescan() || IsAnyAwaited())
            Changed?.Invoke(this, EventArgs.Empty);
    }

    /// <summary>Whether any device that is watched is no port.</summary>
    private bool IsAnyAwaited()
    {
        lock (_lock)
            return _watched.Count > 0 && !_watched.IsSubsetOf(_seen.Select(port => port.Name));
    }

    /// <summary>Whether the ports are others than before.</summary>
    private bool Rescan()
    {
        lock (_lock)
        {
            try
            {
                List<DatapathPort> seen = WithoutStatistics(Look());
                if (seen.SequenceEqual(_seen))
                    return false;
                _seen = seen;
            }
            catch (DatapathException)
            {
                // The datapath is gone: a caller that lists the ports now gets an error.
                _seen = [];
            }

            return true;
        }
    }

    private void Check(NetlinkResult result, string what)
    {
        if (!result.Succeeded)
            throw new DatapathException($"{_datapathName}: cannot {what}: {result}", result.Error);
    }
}
