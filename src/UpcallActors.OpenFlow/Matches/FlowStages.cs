using UpcallActors.Packets;

namespace UpcallActors.OpenFlow;

/// <summary>
/// The order in which a lookup reads a flow: metadata, L2, L3, L4. Where a stage fails, the later ones were not looked at and stay wild.
/// The stages are Open vSwitch's (<c>flow_segment_u64s</c>), so that megaflows are as wide as its own; the words of <see cref="FlowKey"/>
/// that lie in another part of its <c>struct flow</c> are moved to that part's stage.
/// </summary>
internal static class FlowStages
{
    /// <summary>Stages of a lookup.</summary>
    public const int Count = 4;

    private const byte L2 = 1;
    private const byte L3 = 2;
    private const byte L4 = 3;

    private static readonly byte[] _stages = MakeStages();

    /// <summary>The stage a word of <see cref="Flow"/> is read in.</summary>
    public static int Of(int word) => _stages[word];

    private static byte[] MakeStages()
    {
        byte[] stages = new byte[Flow.WordCount];
        Fill(FlowKey.L2Start, FlowKey.L3Start, L2);
        Fill(FlowKey.L3Start, FlowKey.L4Start, L3);
        Fill(FlowKey.L4Start, FlowKey.WordCount, L4);

        // struct flow keeps the addresses of the connection's original direction
        // beside the packet's own, and all of ARP, ND, NSH and TCP flags in L4.
        Fill(FlowKeyFields.CtOrigIpv4Src.Word, FlowKeyFields.CtOrigIpv4Src.Word + 1, L3);
        Fill(FlowKeyFields.CtOrigIpv6Src.Word, FlowKeyFields.CtOrigIpv6Dst.Word + 2, L3);
        Fill(FlowKeyFields.ArpSha.Word, FlowKey.L4Start, L4);
        return stages;

        void Fill(int from, int to, byte stage) => stages.AsSpan(Flow.KeyStart + from, to - from).Fill(stage);
    }
}
