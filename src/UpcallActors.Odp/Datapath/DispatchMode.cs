namespace UpcallActors.Odp;

/// <summary>How a datapath spreads upcalls over its handlers.</summary>
public enum DispatchMode
{
    /// <summary>By a hash of the packet's headers.</summary>
    ByFlow,

    /// <summary>By the CPU that the packet is on (<c>OVS_DP_F_DISPATCH_UPCALL_PER_CPU</c>).</summary>
    PerCpu,

    /// <summary>Each port has its own port ids, of which the packet's hash chooses one (<c>ovs_vport_find_upcall_portid</c>).</summary>
    PerVport,
}

/// <summary>The modes in words.</summary>
internal static class DispatchModeWords
{
    /// <summary>The mode in the words of the configuration and of <c>dpif-netlink/dispatch-mode</c>: <c>per-cpu</c>.</summary>
    public static string Words(this DispatchMode mode) => mode switch
    {
        DispatchMode.PerCpu => "per-cpu",
        DispatchMode.PerVport => "per-vport",
        _ => "by flow",
    };
}
