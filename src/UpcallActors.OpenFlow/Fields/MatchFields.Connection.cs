using UpcallActors.Packets;

namespace UpcallActors.OpenFlow;

internal static partial class MatchFields
{
    private static IEnumerable<MatchField> ConnectionEntries() =>
    [
        new("ct_state", InKey(FlowKeyFields.CtState))
        {
            Bits = 0xff,
            Maskable = true,
            IsAlwaysMasked = true,
            Syntax = FieldSyntax.CtState,
            Nxm = NxmNx("CT_STATE", 105, 4),
        },
        new("ct_zone", InKey(FlowKeyFields.CtZone)) { Syntax = FieldSyntax.Decimal, Nxm = NxmNx("CT_ZONE", 106, 2) },
        new("ct_mark", InKey(FlowKeyFields.CtMark))
        {
            Maskable = true,
            Writable = true,
            Syntax = FieldSyntax.Hexadecimal,
            Nxm = NxmNx("CT_MARK", 107, 4),
        },
        new("ct_label", InKey(FlowKeyFields.CtLabels))
        {
            Maskable = true,
            Writable = true,
            Syntax = FieldSyntax.Hexadecimal,
            Nxm = NxmNx("CT_LABEL", 108, 16),
        },
        new("ct_nw_src", InKey(FlowKeyFields.CtOrigIpv4Src))
        {
            Prerequisite = FieldPrerequisite.Connection,
            Maskable = true,
            Syntax = FieldSyntax.Ipv4,
            Nxm = NxmNx("CT_NW_SRC", 120, 4),
        },
        new("ct_ipv6_src", InKey(FlowKeyFields.CtOrigIpv6Src))
        {
            Prerequisite = FieldPrerequisite.Connection,
            Maskable = true,
            Syntax = FieldSyntax.Ipv6,
            Nxm = NxmNx("CT_IPV6_SRC", 122, 16),
        },
        new("ct_nw_dst", InKey(FlowKeyFields.CtOrigIpv4Dst))
        {
            Prerequisite = FieldPrerequisite.Connection,
            Maskable = true,
            Syntax = FieldSyntax.Ipv4,
            Nxm = NxmNx("CT_NW_DST", 121, 4),
        },
        new("ct_ipv6_dst", InKey(FlowKeyFields.CtOrigIpv6Dst))
        {
            Prerequisite = FieldPrerequisite.Connection,
            Maskable = true,
            Syntax = FieldSyntax.Ipv6,
            Nxm = NxmNx("CT_IPV6_DST", 123, 16),
        },
        new("ct_nw_proto", InKey(FlowKeyFields.CtOrigProto))
        {
            Prerequisite = FieldPrerequisite.Connection,
            Syntax = FieldSyntax.Decimal,
            Nxm = NxmNx("CT_NW_PROTO", 119, 1),
        },
        new("ct_tp_src", InKey(FlowKeyFields.CtOrigTpSrc))
        {
            Prerequisite = FieldPrerequisite.Connection,
            Maskable = true,
            Syntax = FieldSyntax.Decimal,
            Nxm = NxmNx("CT_TP_SRC", 124, 2),
        },
        new("ct_tp_dst", InKey(FlowKeyFields.CtOrigTpDst))
        {
            Prerequisite = FieldPrerequisite.Connection,
            Maskable = true,
            Syntax = FieldSyntax.Decimal,
            Nxm = NxmNx("CT_TP_DST", 125, 2),
        },
    ];
}
