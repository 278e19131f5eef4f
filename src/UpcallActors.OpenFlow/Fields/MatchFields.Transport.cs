using UpcallActors.Packets;

namespace UpcallActors.OpenFlow;

internal static partial class MatchFields
{
    private static IEnumerable<MatchField> TransportEntries() =>
    [
        // An ICMP type or code is the low octet of what is a port for the others.
        new("icmp_type", Part(FlowKeyFields.TpSrc, 0, 8))
        {
            Prerequisite = FieldPrerequisite.Icmpv4,
            Writable = true,
            Syntax = FieldSyntax.Decimal,
            Nxm = NxmOf("ICMP_TYPE", 13, 1),
            Oxm = OxmOf("ICMPV4_TYPE", 19, 1),
        },
        new("icmp_code", Part(FlowKeyFields.TpDst, 0, 8))
        {
            Prerequisite = FieldPrerequisite.Icmpv4,
            Writable = true,
            Syntax = FieldSyntax.Decimal,
            Nxm = NxmOf("ICMP_CODE", 14, 1),
            Oxm = OxmOf("ICMPV4_CODE", 20, 1),
        },
        new("icmpv6_type", Part(FlowKeyFields.TpSrc, 0, 8))
        {
            MatchName = "icmp_type",
            Prerequisite = FieldPrerequisite.Icmpv6,
            Writable = true,
            Syntax = FieldSyntax.Decimal,
            Nxm = NxmNx("ICMPV6_TYPE", 21, 1),
            Oxm = OxmOf("ICMPV6_TYPE", 29, 1),
        },
        new("icmpv6_code", Part(FlowKeyFields.TpDst, 0, 8))
        {
            MatchName = "icmp_code",
            Prerequisite = FieldPrerequisite.Icmpv6,
            Writable = true,
            Syntax = FieldSyntax.Decimal,
            Nxm = NxmNx("ICMPV6_CODE", 22, 1),
            Oxm = OxmOf("ICMPV6_CODE", 30, 1),
        },
        new("nd_target", InKey(FlowKeyFields.NdTarget))
        {
            Prerequisite = FieldPrerequisite.NeighbourDiscovery,
            Maskable = true,
            Writable = true,
            Syntax = FieldSyntax.Ipv6,
            Nxm = NxmNx("ND_TARGET", 23, 16),
            Oxm = OxmOf("IPV6_ND_TARGET", 31, 16),
        },
        new("nd_sll", InKey(FlowKeyFields.ArpSha))
        {
            Prerequisite = FieldPrerequisite.NeighbourSolicitation,
            Maskable = true,
            Writable = true,
            Syntax = FieldSyntax.Ethernet,
            Nxm = NxmNx("ND_SLL", 24, 6),
            Oxm = OxmOf("IPV6_ND_SLL", 32, 6),
        },
        new("nd_tll", InKey(FlowKeyFields.ArpTha))
        {
            Prerequisite = FieldPrerequisite.NeighbourAdvertisement,
            Maskable = true,
            Writable = true,
            Syntax = FieldSyntax.Ethernet,
            Nxm = NxmNx("ND_TLL", 25, 6),
            Oxm = OxmOf("IPV6_ND_TLL", 33, 6),
        },
        new("tcp_src", InKey(FlowKeyFields.TpSrc))
        {
            MatchName = "tp_src",
            Prerequisite = FieldPrerequisite.Tcp,
            Maskable = true,
            Writable = true,
            Syntax = FieldSyntax.Decimal,
            Nxm = NxmOf("TCP_SRC", 9, 2),
            Oxm = OxmOf("TCP_SRC", 13, 2),
        },
        new("tcp_dst", InKey(FlowKeyFields.TpDst))
        {
            MatchName = "tp_dst",
            Prerequisite = FieldPrerequisite.Tcp,
            Maskable = true,
            Writable = true,
            Syntax = FieldSyntax.Decimal,
            Nxm = NxmOf("TCP_DST", 10, 2),
            Oxm = OxmOf("TCP_DST", 14, 2),
        },
        new("udp_src", InKey(FlowKeyFields.TpSrc))
        {
            MatchName = "tp_src",
            Prerequisite = FieldPrerequisite.Udp,
            Maskable = true,
            Writable = true,
            Syntax = FieldSyntax.Decimal,
            Nxm = NxmOf("UDP_SRC", 11, 2),
            Oxm = OxmOf("UDP_SRC", 15, 2),
        },
        new("udp_dst", InKey(FlowKeyFields.TpDst))
        {
            MatchName = "tp_dst",
            Prerequisite = FieldPrerequisite.Udp,
            Maskable = true,
            Writable = true,
            Syntax = FieldSyntax.Decimal,
            Nxm = NxmOf("UDP_DST", 12, 2),
            Oxm = OxmOf("UDP_DST", 16, 2),
        },
        new("sctp_src", InKey(FlowKeyFields.TpSrc))
        {
            MatchName = "tp_src",
            Prerequisite = FieldPrerequisite.Sctp,
            Maskable = true,
            Writable = true,
            Syntax = FieldSyntax.Decimal,
            Oxm = OxmOf("SCTP_SRC", 17, 2),
        },
        new("sctp_dst", InKey(FlowKeyFields.TpDst))
        {
            MatchName = "tp_dst",
            Prerequisite = FieldPrerequisite.Sctp,
            Maskable = true,
            Writable = true,
            Syntax = FieldSyntax.Decimal,
            Oxm = OxmOf("SCTP_DST", 18, 2),
        },
        new("tcp_flags", Part(FlowKeyFields.TcpFlags, 0, 12))
        {
            Prerequisite = FieldPrerequisite.Tcp,
            Maskable = true,
            Syntax = FieldSyntax.TcpFlags,
            Nxm = NxmNx("TCP_FLAGS", 34, 2),
            Oxm = OxmOf("TCP_FLAGS", 42, 2),
            OxmSince = OpenFlowVersion.V15,
            OxmExtension = new FieldHeader("ONFOXM_ET_TCP_FLAGS", FieldHeader.ExperimenterClass, 42, 2)
            {
                Experimenter = Experimenters.Onf,
            },
        },
    ];
}
