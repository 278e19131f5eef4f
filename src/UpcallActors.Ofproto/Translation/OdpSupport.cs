namespace UpcallActors.Ofproto;

/// <summary>What translations need to know of the datapath beneath them.</summary>
internal sealed record OdpSupport
{
    /// <summary>Whether a flow can choose its actions by the packet's length (<c>OVS_ACTION_ATTR_CHECK_PKT_LEN</c>).</summary>
    public bool CheckPktLen { get; init; } = true;

    /// <summary>
    /// The Netlink port id that a userspace action of a packet from a datapath port names. With an upcall socket per CPU the kernel
    /// chooses the socket and wants the placeholder <see cref="uint.MaxValue"/> (dpif-netlink.c). Must be safe to call from any thread.
    /// </summary>
    public Func<uint, uint> UserspacePid { get; init; } = _ => uint.MaxValue;
}
