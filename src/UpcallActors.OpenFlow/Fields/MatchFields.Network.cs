using UpcallActors.Packets;

namespace UpcallActors.OpenFlow;

internal static partial class MatchFields
{
    private static IEnumerable<MatchField> NetworkEntries() =>
    [
        new("ipv6_src", InKey(FlowKeyFields.Ipv6Src))
        {
            Prerequisite = FieldPrerequisite.Ipv6,
            Maskable = true,
            Writable = true,
            Syntax = FieldSyntax.Ipv6,
            Nxm = NxmNx("IPV6_SRC", 19, 16),
            Oxm = OxmOf("IPV6_SRC", 26, 16),
        },
        new("ipv6_dst", InKey(FlowKeyFields.Ipv6Dst))
        {
            Prerequisite = FieldPrerequisite.Ipv6,
            Maskable = true,
            Writable = true,
            Syntax = FieldSyntax.Ipv6,
            Nxm = NxmNx("IPV6_DST", 20, 16),
            Oxm = OxmOf("IPV6_DST", 27, 16),
        },
        new("ipv6_label", Part(FlowKeyFields.Ipv6Label, 0, 20))
        {
            Prerequisite = FieldPrerequisite.Ipv6,
            Maskable = true,
            Writable = true,
            Syntax = FieldSyntax.Hexadecimal,
            HexDigits = 5,
            Nxm = NxmNx("IPV6_LABEL", 27, 4),
            Oxm = OxmOf("IPV6_FLABEL", 28, 4),
        },
        new("ip_src", InKey(FlowKeyFields.Ipv4Src))
        {
            MatchName = "nw_src",
            Prerequisite = FieldPrerequisite.Ipv4,
            Maskable = true,
            Writable = true,
            Syntax = FieldSyntax.Ipv4,
            Nxm = NxmOf("IP_SRC", 7, 4),
            Oxm = OxmOf("IPV4_SRC", 11, 4),
        },
        new("ip_dst", InKey(FlowKeyFields.Ipv4Dst))
        {
            MatchName = "nw_dst",
            Prerequisite = FieldPrerequisite.Ipv4,
            Maskable = true,
            Writable = true,
            Syntax = FieldSyntax.Ipv4,
            Nxm = NxmOf("IP_DST", 8, 4),
            Oxm = OxmOf("IPV4_DST", 12, 4),
        },
        new("arp_spa", InKey(FlowKeyFields.Ipv4Src))
        {
            Prerequisite = FieldPrerequisite.Arp,
            Maskable = true,
            Writable = true,
            Syntax = FieldSyntax.Ipv4,
            Nxm = NxmOf("ARP_SPA", 16, 4),
            Oxm = OxmOf("ARP_SPA", 22, 4),
        },
        new("arp_tpa", InKey(FlowKeyFields.Ipv4Dst))
        {
            Prerequisite = FieldPrerequisite.Arp,
            Maskable = true,
            Writable = true,
            Syntax = FieldSyntax.Ipv4,
            Nxm = NxmOf("ARP_TPA", 17, 4),
            Oxm = OxmOf("ARP_TPA", 23, 4),
        },
        new("arp_op", InKey(FlowKeyFields.NwProto))
        {
            Prerequisite = FieldPrerequisite.Arp,
            Writable = true,
            Syntax = FieldSyntax.Decimal,
            Nxm = NxmOf("ARP_OP", 15, 2),
            Oxm = OxmOf("ARP_OP", 21, 2),
        },
        new("nw_proto", InKey(FlowKeyFields.NwProto))
        {
            Aliases = ["ip_proto"],
            Prerequisite = FieldPrerequisite.Ip,
            Syntax = FieldSyntax.Decimal,
            Nxm = NxmOf("IP_PROTO", 6, 1),
            Oxm = OxmOf("IP_PROTO", 10, 1),
        },
        new("arp_sha", InKey(FlowKeyFields.ArpSha))
        {
            Prerequisite = FieldPrerequisite.Arp,
            Maskable = true,
            Writable = true,
            Syntax = FieldSyntax.Ethernet,
            Nxm = NxmNx("ARP_SHA", 17, 6),
            Oxm = OxmOf("ARP_SHA", 24, 6),
        },
        new("arp_tha", InKey(FlowKeyFields.ArpTha))
        {
            Prerequisite = FieldPrerequisite.Arp,
            Maskable = true,
            Writable = true,
            Syntax = FieldSyntax.Ethernet,
            Nxm = NxmNx("ARP_THA", 18, 6),
            Oxm = OxmOf("ARP_THA", 25, 6),
        },

        // The whole octet in text and on the wire, but the ECN bits are not its own.
        new("nw_tos", InKey(FlowKeyFields.NwTos))
        {
            Bits = 0xfc,
            Prerequisite = FieldPrerequisite.Ip,
            Writable = true,
            Syntax = FieldSyntax.Decimal,
            Nxm = NxmOf("IP_TOS", 5, 1),
        },
        new("ip_dscp", Part(FlowKeyFields.NwTos, 2, 6))
        {
            Prerequisite = FieldPrerequisite.Ip,
            Writable = true,
            Syntax = FieldSyntax.Decimal,
            Oxm = OxmOf("IP_DSCP", 8, 1),
        },
        new("nw_ecn", Part(FlowKeyFields.NwTos, 0, 2))
        {
            Aliases = ["ip_ecn"],
            Prerequisite = FieldPrerequisite.Ip,
            Writable = true,
            Syntax = FieldSyntax.Decimal,
            Nxm = NxmNx("IP_ECN", 28, 1),
            Oxm = OxmOf("IP_ECN", 9, 1),
        },
        new("nw_ttl", InKey(FlowKeyFields.NwTtl))
        {
            Prerequisite = FieldPrerequisite.Ip,
            Writable = true,
            Syntax = FieldSyntax.Decimal,
            Nxm = NxmNx("IP_TTL", 29, 1),
        },
        new("ip_frag", Part(FlowKeyFields.NwFrag, 0, 2))
        {
            MatchName = "nw_frag",
            Prerequisite = FieldPrerequisite.Ip,
            Maskable = true,
            Syntax = FieldSyntax.Fragment,
            Nxm = NxmNx("IP_FRAG", 26, 1),
        },
    ];
}
