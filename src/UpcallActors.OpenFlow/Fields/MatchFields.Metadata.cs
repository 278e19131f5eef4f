using UpcallActors.Packets;

namespace UpcallActors.OpenFlow;

internal static partial class MatchFields
{
    private static IEnumerable<MatchField> MetadataEntries() =>
    [
        new("pkt_mark", InKey(FlowKeyFields.SkbMark))
        {
            Maskable = true,
            Writable = true,
            Syntax = FieldSyntax.Hexadecimal,
            Nxm = NxmNx("PKT_MARK", 33, 4),
        },
        new("recirc_id", InKey(FlowKeyFields.RecircId)) { Syntax = FieldSyntax.Hexadecimal, Nxm = NxmNx("RECIRC_ID", 36, 4) },
        new("dp_hash", InKey(FlowKeyFields.DpHash)) { Maskable = true, Syntax = FieldSyntax.Hexadecimal, Nxm = NxmNx("DP_HASH", 35, 4) },
        new("conj_id", new FieldLocation(9, 32, 32)) { Syntax = FieldSyntax.Decimal, Nxm = NxmNx("CONJ_ID", 37, 4) },
        new("skb_priority", InKey(FlowKeyFields.SkbPriority)) { Syntax = FieldSyntax.Hexadecimal },
    ];

    private static FieldLocation InKey(FieldLocation location) => location with { Word = (byte)(location.Word + Flow.KeyStart) };

    private static FieldLocation Part(FieldLocation location, int shift, int width) =>
        new((byte)(location.Word + Flow.KeyStart), (byte)(location.Shift + shift), (byte)width);
}
