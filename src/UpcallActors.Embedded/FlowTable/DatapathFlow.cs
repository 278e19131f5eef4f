using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <summary>A flow of the datapath (<c>struct sw_flow</c>): masked key, mask, actions and what it has seen.</summary>
internal sealed class DatapathFlow
{
    /// <summary>The next flow in its mask's bucket; a field, so that a chain can be cut by reference.</summary>
    public DatapathFlow? NextInMask;

    private readonly FlowKey _key;
    private readonly FlowKey _unmaskedKey;

    public DatapathFlow(in FlowKey key, MaskedFlows mask, UInt128? ufid, byte[] actions)
    {
        _key = FlowTable.Masked(key, mask.Mask);
        _unmaskedKey = key;
        Mask = mask;
        Ufid = ufid;
        Actions = actions;
    }

    /// <summary>The key with the mask applied.</summary>
    public ref readonly FlowKey Key => ref _key;

    /// <summary>The key as it was given; what identifies a flow that has no UFID.</summary>
    public ref readonly FlowKey UnmaskedKey => ref _unmaskedKey;

    /// <summary>The mask and its flows.</summary>
    public MaskedFlows Mask { get; }

    /// <summary>The unique flow identifier, if the flow was given one.</summary>
    public UInt128? Ufid { get; }

    /// <summary>The validated actions.</summary>
    public byte[] Actions { get; set; }

    public uint MaskedHash { get; set; }

    public ulong Packets { get; private set; }

    public ulong Bytes { get; private set; }

    /// <summary>TCP flags seen, the lower 8.</summary>
    public byte TcpFlags { get; private set; }

    /// <summary>When it was last used, milliseconds of the datapath's clock; −1 for never.</summary>
    public long Used { get; private set; } = -1;

    /// <summary>Accounts for a packet (<c>ovs_flow_stats_update</c>).</summary>
    public void Update(int bytes, ushort tcpFlags, long now)
    {
        Packets++;
        Bytes += (ulong)bytes;
        TcpFlags |= (byte)tcpFlags;
        Used = now;
    }

    /// <summary>Forgets what it has seen (<c>ovs_flow_stats_clear</c>).</summary>
    public void Clear()
    {
        Packets = 0;
        Bytes = 0;
        TcpFlags = 0;
        Used = -1;
    }
}
