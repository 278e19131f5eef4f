namespace UpcallActors.OpenFlow;

/// <summary>A flow's flags in the versions, each of which added some (<c>ofputil_decode_flow_mod_flags</c>).</summary>
internal static class FlowFlagsCodec
{
    /// <summary><c>OFPFF10_EMERG</c>, whose bit 1.2 gave to another flag.</summary>
    public const ushort Emergency = 4;

    private const FlowFlags OldFlags = FlowFlags.SendFlowRemoved | FlowFlags.CheckOverlap;

    /// <summary>Reads flags; those that the version has not are refused, and so is a flow for emergencies by who reads it.</summary>
    public static OpenFlowError? Decode(OpenFlowVersion version, ushort raw, out FlowFlags flags)
    {
        flags = (FlowFlags)raw & Known(version);
        ushort known = (ushort)((ushort)Known(version) | (version == OpenFlowVersion.V10 ? Emergency : 0));
        return (raw & ~known) != 0 ? FlowModFailed.BadFlags : null;
    }

    /// <summary>The bits of the flags that a version has.</summary>
    public static ushort Encode(OpenFlowVersion version, FlowFlags flags) => (ushort)(flags & Known(version));

    private static FlowFlags Known(OpenFlowVersion version) => version switch
    {
        <= OpenFlowVersion.V11 => OldFlags,
        OpenFlowVersion.V12 => OldFlags | FlowFlags.ResetCounts,
        _ => OldFlags | FlowFlags.ResetCounts | FlowFlags.NoPacketCounts | FlowFlags.NoByteCounts,
    };
}
