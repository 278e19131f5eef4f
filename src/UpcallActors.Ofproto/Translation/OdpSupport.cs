using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto;

/// <summary>What translations need to know of the datapath beneath them.</summary>
internal sealed record OdpSupport
{
    /// <summary>A datapath that can do all that translations ever make use of.</summary>
    public static DatapathSupport Everything { get; } = new()
    {
        MaskedSet = true,
        Trunc = true,
        CloneAction = true,
        SampleNesting = 10,
        CtEventMask = true,
        CtClear = true,
        CheckPktLen = true,
        Recirc = true,
        CtState = true,
        CtZone = true,
        CtMark = true,
        CtLabel = true,
        CtStateNat = true,
        CtZeroSnat = true,
        CtOrigTuple = true,
        CtOrigTuple6 = true,
    };

    /// <summary>What translations make use of: what the datapath can do, or less.</summary>
    public DatapathSupport Features
    {
        get;
        init
        {
            field = value;
            KnowsAllFields = value is
            {
                Recirc: true, CtState: true, CtStateNat: true, CtZone: true, CtMark: true, CtLabel: true, CtOrigTuple: true,
                CtOrigTuple6: true,
            };
        }
    } = Everything;

    /// <summary>
    /// The Netlink port id that a userspace action of a packet from a datapath port names. With an upcall socket per CPU the kernel
    /// chooses the socket and wants the placeholder <see cref="uint.MaxValue"/> (dpif-netlink.c). Must be safe to call from any thread.
    /// </summary>
    public Func<uint, uint> UserspacePid { get; init; } = _ => uint.MaxValue;

    /// <summary>Whether a flow's key can have all fields.</summary>
    public bool KnowsAllFields { get; private init; } = true;

    /// <summary>Takes the fields out of a packet's key, or out of a mask, that a flow cannot have.</summary>
    /// <param name="isIpv6">Whether the packet is of IPv6.</param>
    /// <param name="key">The key or the mask.</param>
    public void Limit(bool isIpv6, ref FlowKey key)
    {
        if (KnowsAllFields)
            return;
        if (!Features.Recirc)
        {
            key.RecircId = 0;
            key.DpHash = 0;
        }

        if (!Features.CtState)
            key.CtState = CtState.None;
        else if (!Features.CtStateNat)
            key.CtState &= ~(CtState.SourceNat | CtState.DestinationNat);
        if (!Features.CtZone)
            key.CtZone = 0;
        if (!Features.CtMark)
            key.CtMark = 0;
        if (!Features.CtLabel)
            key.CtLabels = 0;
        if (!(isIpv6 ? Features.CtOrigTuple6 : Features.CtOrigTuple))
            XlateContext.ClearOriginalTuple(ref key);
    }
}
