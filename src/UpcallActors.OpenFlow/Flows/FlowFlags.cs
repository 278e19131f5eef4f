namespace UpcallActors.OpenFlow;

/// <summary>What a flow says of itself besides match and actions (<c>OFPFF_*</c>, with their numbers there).</summary>
[Flags]
public enum FlowFlags : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A controller wants a message when the flow goes. Kept and shown; there is no controller to tell.</summary>
    SendFlowRemoved = 1,

    /// <summary>The flow is refused if another of the same priority can match the same packet (<c>OFPFMFC_OVERLAP</c>).</summary>
    CheckOverlap = 2,

    /// <summary>A flow that is modified, or in whose place another is added, starts to count anew.</summary>
    ResetCounts = 4,

    /// <summary>Packets need not be counted. Kept and shown; they are counted even so, as Open vSwitch does.</summary>
    NoPacketCounts = 8,

    /// <summary>Bytes need not be counted. Kept and shown; they are counted even so, as Open vSwitch does.</summary>
    NoByteCounts = 16,
}
