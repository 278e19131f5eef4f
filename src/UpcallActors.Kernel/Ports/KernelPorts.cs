using System.Text;
using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Kernel;

/// <summary>
/// The ports of a kernel datapath: vports over generic Netlink, tunnel devices over rtnetlink. A port that was
/// asked for is added again whenever it is missing and its device is there, with the number it had if that is free.
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
    private readonly Dictionary<string, WantedPort> _wanted = new(StringComparer.Ordinal);

    /// <summary>Names of devices with refused ports: the caller wants to hear when they change.</summary>
    private readonly HashSet<string> _refused = new(StringComparer.Ordinal);
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
    public DatapathPort Add(PortRequest request)
    {
        MetadataTunnel? tunnel = TunnelDevices.TunnelOf(request);
        string name = tunnel is not null ? TunnelDevices.NameOf(tunnel) : request.Interface ?? request.Name;
        if (name.Length == 0 || Encoding.UTF8.GetByteCount(name) > LongestName)
            throw new DatapathException($"{_datapathName}: \"{name}\" is no name of a device: it has 1 to {LongestName} bytes");
        lock (_lock)
        {
            if (_wanted.TryGetValue(name, out WantedPort? wanted) && (wanted.Request.Kind != request.Kind || wanted.Tunnel != tunnel))
                throw new DatapathException($"{_datapathName}: {name} is asked for as {wanted.Request.Kind} and as {request.Kind}");
            wanted ??= new WantedPort(name, request, tunnel);
            Add(wanted, Vports());
            if (wanted.Errno != Errno.None)
            {
                // A tunnel's device is made and deleted for the attempt: what the kernel tells of it is our own doing.
                if (tunnel is null)
                    _refused.Add(name);
                throw new DatapathException($"{_datapathName}: cannot add port {name}: {wanted.Error}", wanted.Errno);
            }

            _refused.Remove(name);
            _wanted[name] = wanted;
            return Look().First(port => port.Name == name);
        }
    }

    /// <inheritdoc/>
    public bool Remove(string name)
    {
        lock (_lock)
        {
            bool wasWanted = _wanted.Remove(name);
            _refused.Remove(name);
            if (Vports().FirstOrDefault(vport => vport.Name == name) is not { } present)
                return wasWanted;
            Check(_vports.Remove(present.PortNo!.Value), $"remove port {name}");
            Check(_links.Find(name, out Link? device), $"look at device {name}");
            if (device?.Tunnel is { } tunnel && TunnelDevices.NameOf(tunnel) == name)
                Check(_links.Delete(device.Index), $"delete device {name}");
            return true;
        }
    }

    /// <inheritdoc/>
    public void Retry()
    {
        if (Rescan())
            Changed?.Invoke(this, EventArgs.Empty);
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

    private List<DatapathPort> Look() => Look(Vports());

    private List<DatapathPort> Look(IReadOnlyList<VportMessage> vports)
    {
        Check(_links.List(out IReadOnlyList<Link> links), "list devices");
        HashSet<string> present = [.. vports.Select(vport => vport.Name!)];
        return PortListing.Of(vports, links, _wanted.Values.Where(port => !present.Contains(port.Name)).Select(port => port.AsWaiting()));
    }

    private IReadOnlyList<VportMessage> Vports()
    {
        Check(_vports.Dump(out IReadOnlyList<VportMessage> vports), "list ports");
        return vports;
    }

    /// <summary>Takes over an existing port, or adds one; errors are noted in <paramref name="wanted"/>.</summary>
    private void Add(WantedPort wanted, IReadOnlyList<VportMessage> vports)
    {
        wanted.Waits("");
        NetlinkResult found = _links.Find(wanted.Name, out Link? device);
        if (!found.Succeeded)
        {
            wanted.Fails(found);
            return;
        }

        if (vports.FirstOrDefault(vport => vport.Name == wanted.Name) is { } present)
        {
            Adopt(wanted, present, device);
            return;
        }

        if (wanted.Request.Kind == PortKind.System && device is null)
        {
            wanted.Waits("there is no such device");
            return;
        }

        Create(wanted, device);
    }

    private void Adopt(WantedPort wanted, VportMessage present, Link? device)
    {
        if (present.NetnsId is null && present.IfIndex is { } index && device is not null && index != device.Index)
        {
            // The device was deleted and made again before the datapath released the old one (ovs_dp_notify_wq), which it reports.
            wanted.Waits("its device was replaced");
            return;
        }

        OvsVportType type = PortListing.Of(present, device).Type;
        if (type != wanted.Type && wanted.Request.Kind != PortKind.System)
            wanted.Fails(new NetlinkResult(Errno.Exists), $"the datapath has a port of this name that is {type}");
        else if (type == OvsVportType.Internal && wanted.Request.Kind == PortKind.System)
            wanted.Fails(new NetlinkResult(Errno.Exists), "it is an internal port of the datapath, not a device");
        else if (wanted.Tunnel is not null && device?.Tunnel is { } tunnel && tunnel != wanted.Tunnel)
            wanted.Fails(new NetlinkResult(Errno.Exists), $"the device receives on UDP port {tunnel.UdpPort}");
        else
            Adopt(wanted, present);
    }

    /// <summary>Its upcalls may still go to who had it before.</summary>
    private void Adopt(WantedPort wanted, VportMessage present)
    {
        wanted.Number = present.PortNo;
        if (present.UpcallPids is { } pids && pids.SequenceEqual(_upcallPids))
            return;
        NetlinkResult result = _vports.SetUpcallPids(present.PortNo!.Value, _upcallPids);
        if (!result.Succeeded)
            wanted.Fails(result);
    }

    private void Create(WantedPort wanted, Link? device)
    {
        if (wanted.Tunnel is not null)
        {
            NetlinkResult made = TunnelDevices.Ensure(_links, wanted.Tunnel);
            if (!made.Succeeded)
            {
                wanted.Fails(made);
                return;
            }
        }

        OvsVportType type = wanted.Request.Kind == PortKind.Internal ? OvsVportType.Internal : OvsVportType.Netdev;
        NetlinkResult result = _vports.Add(wanted.Name, type, wanted.Number, _upcallPids, out VportMessage? added);
        if (result.Error == Errno.Busy && wanted.Number is not null)
            result = _vports.Add(wanted.Name, type, null, _upcallPids, out added);
        if (result.Succeeded)
        {
            wanted.Number = added?.PortNo;
            return;
        }

        if (result.Error == Errno.NoDevice && wanted.Request.Kind == PortKind.System)
            wanted.Waits("there is no such device");
        else if (result.Error == Errno.Busy && wanted.Request.Kind == PortKind.System)
            wanted.Waits(MasterOf(device) ?? "its device is in use");
        else
            wanted.Fails(result);
        if (wanted.Tunnel is not null && device is null && _links.Find(wanted.Name, out Link? leftover).Succeeded && leftover is not null)
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
                ? _wanted.ContainsKey(link.Name) || _refused.Contains(link.Name)
                : deleted || port.Name != link.Name || port.Mtu != link.Mtu || port.IsUp != link.IsUp || port.Address != link.Address;
        }
    }

    /// <summary>Something has changed: reads the ports, adds missing ones, and notifies the listeners.</summary>
    private void Follow()
    {
        // Refused ports are not listed; the caller asks again.
        if (Rescan() || IsAnyRefused())
            Changed?.Invoke(this, EventArgs.Empty);
    }

    private bool IsAnyRefused()
    {
        lock (_lock)
            return _refused.Count > 0;
    }

    /// <summary>Whether the ports are others than before.</summary>
    private bool Rescan()
    {
        lock (_lock)
        {
            try
            {
                IReadOnlyList<VportMessage> vports = Vports();
                List<DatapathPort> seen = WithoutStatistics(AddMissing(vports) ? Look() : Look(vports));
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

    /// <summary>Whether any port was missing.</summary>
    private bool AddMissing(IReadOnlyList<VportMessage> vports)
    {
        HashSet<string> present = [.. vports.Select(vport => vport.Name!)];
        bool wasAnyMissing = false;
        foreach (WantedPort wanted in _wanted.Values.Where(wanted => !present.Contains(wanted.Name)))
        {
            wasAnyMissing = true;
            if (wanted.Attempts.TryTake(Environment.TickCount64))
                Add(wanted, vports);
        }

        return wasAnyMissing;
    }

    private void Check(NetlinkResult result, string what)
    {
        if (!result.Succeeded)
            throw new DatapathException($"{_datapathName}: cannot {what}: {result}", result.Error);
    }
}
