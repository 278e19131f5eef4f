using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Kernel;

/// <summary>Tells the kernel where upcalls go: by CPU in one array, or by vport in one array each.</summary>
internal sealed class UpcallRegistration
{
    private readonly DatapathRequests _datapaths;
    private readonly VportRequests _vports;
    private readonly string _name;
    private readonly OvsDatapathFeatures _features;
    private readonly uint[] _handlers;
    private readonly uint[] _perCpu;

    /// <param name="datapaths">Requests to datapaths.</param>
    /// <param name="vports">Requests to this datapath's vports.</param>
    /// <param name="name">The datapath.</param>
    /// <param name="features">What was agreed on; goes along with each change.</param>
    /// <param name="handlers">The handlers' port ids.</param>
    /// <param name="cpus">One above the highest CPU id.</param>
    public UpcallRegistration(DatapathRequests datapaths, VportRequests vports, string name, OvsDatapathFeatures features,
        uint[] handlers, int cpus)
    {
        _datapaths = datapaths;
        _vports = vports;
        _name = name;
        _features = features;
        _handlers = handlers;
        IsPerCpu = features.HasFlag(OvsDatapathFeatures.DispatchUpcallPerCpu);
        _perCpu = IsPerCpu ? RoundRobin(handlers, cpus) : [];
        VportPids = IsPerCpu ? [0] : handlers[..Math.Min(handlers.Length, Math.Max(cpus, 1))];
    }

    /// <summary>Whether the kernel chooses the handler by the CPU.</summary>
    public bool IsPerCpu { get; }

    /// <summary>
    /// The port ids for a vport: 0, or those of all handlers, of which the kernel chooses one by the packet's hash. More than there can be
    /// CPUs are refused (<c>ovs_vport_set_upcall_portids</c>).
    /// </summary>
    public IReadOnlyList<uint> VportPids { get; }

    /// <summary>
    /// Tells the kernel all of it. Without the vports, for ports that are there already would otherwise go on sending to where an earlier
    /// daemon listened.
    /// </summary>
    public NetlinkResult Register()
    {
        NetlinkResult result = _datapaths.Set(_name, _features, _perCpu);
        if (!result.Succeeded || IsPerCpu)
            return result;
        result = _vports.Dump(out IReadOnlyList<VportMessage> vports);
        foreach (VportMessage vport in vports)
        {
            NetlinkResult set = _vports.SetUpcallPids(vport.PortNo!.Value, VportPids);

            // A port that has gone since the dump needs no port id.
            if (!set.Succeeded && set.Error != Errno.NoDevice)
                result = set;
        }

        return result;
    }

    /// <summary>
    /// Another process that gets the upcalls of <paramref name="datapath"/>, as the kernel reports it now: one that runs and has set its
    /// own port ids. Null if there is none, or if the port ids are stale.
    /// </summary>
    public UpcallOwner? FindOtherOwner(DatapathMessage datapath) => UpcallOwner.Find(CurrentPids(datapath, _vports).Except(_handlers));

    /// <summary>
    /// Whether <paramref name="datapath"/> as the kernel reports it now sends upcalls to us: those of every
    /// CPU; or those of a port at least, for ports that others have added send theirs where those others said.
    /// </summary>
    public bool IsIn(DatapathMessage datapath)
    {
        uint[] pids = [.. CurrentPids(datapath, _vports)];
        return IsPerCpu ? pids.Length > 0 && pids.All(_handlers.Contains) : pids.Any(_handlers.Contains);
    }

    /// <summary>Where the kernel sends the upcalls of a datapath that it reported.</summary>
    public static IEnumerable<uint> CurrentPids(DatapathMessage datapath, VportRequests vports)
    {
        if (datapath.UserFeatures?.HasFlag(OvsDatapathFeatures.DispatchUpcallPerCpu) == true)
            return datapath.PerCpuPids;
        vports.Dump(out IReadOnlyList<VportMessage> ports);
        return ports.SelectMany(vport => vport.UpcallPids ?? []);
    }

    /// <summary>Handlers in turn for each CPU id.</summary>
    internal static uint[] RoundRobin(uint[] handlers, int cpus)
    {
        uint[] pids = new uint[Math.Max(cpus, 1)];
        for (int cpu = 0; cpu < pids.Length; cpu++)
            pids[cpu] = handlers[cpu % handlers.Length];
        return pids;
    }
}
