namespace UpcallActors.Odp.Text;

/// <summary>A field of a key attribute: its name, where it lies, how it is written.</summary>
internal readonly record struct StructField(string Name, int Offset, OdpFieldSyntax Syntax);

/// <summary>A key attribute whose payload is a structure of fields. One table for formatting and parsing.</summary>
internal sealed record StructAttribute(ushort Type, string Name, int Length, StructField[] Fields)
{
    private static readonly StructField[] Ports = [new("src", 0, OdpFieldSyntax.U16), new("dst", 2, OdpFieldSyntax.U16)];
    private static readonly StructField[] TypeAndCode = [new("type", 0, OdpFieldSyntax.U8), new("code", 1, OdpFieldSyntax.U8)];

    internal static readonly StructAttribute[] All =
    [
        new(OvsKeyAttribute.Ethernet, "eth", 12, [new("src", 0, OdpFieldSyntax.Mac), new("dst", 6, OdpFieldSyntax.Mac)]),
        new(OvsKeyAttribute.Ipv4, "ipv4", 12,
        [
            new("src", 0, OdpFieldSyntax.Ipv4), new("dst", 4, OdpFieldSyntax.Ipv4), new("proto", 8, OdpFieldSyntax.U8),
            new("tos", 9, OdpFieldSyntax.U8Hex), new("ttl", 10, OdpFieldSyntax.U8), new("frag", 11, OdpFieldSyntax.Fragment),
        ]),
        new(OvsKeyAttribute.Ipv6, "ipv6", 40,
        [
            new("src", 0, OdpFieldSyntax.Ipv6), new("dst", 16, OdpFieldSyntax.Ipv6), new("label", 32, OdpFieldSyntax.Label),
            new("proto", 36, OdpFieldSyntax.U8),
            new("tclass", 37, OdpFieldSyntax.U8Hex), new("hlimit", 38, OdpFieldSyntax.U8), new("frag", 39, OdpFieldSyntax.Fragment),
        ]),
        new(OvsKeyAttribute.Tcp, "tcp", 4, Ports),
        new(OvsKeyAttribute.Udp, "udp", 4, Ports),
        new(OvsKeyAttribute.Sctp, "sctp", 4, Ports),
        new(OvsKeyAttribute.Icmp, "icmp", 2, TypeAndCode),
        new(OvsKeyAttribute.Icmpv6, "icmpv6", 2, TypeAndCode),
        new(OvsKeyAttribute.Arp, "arp", 24,
        [
            new("sip", 0, OdpFieldSyntax.Ipv4), new("tip", 4, OdpFieldSyntax.Ipv4), new("op", 8, OdpFieldSyntax.U16),
            new("sha", 10, OdpFieldSyntax.Mac), new("tha", 16, OdpFieldSyntax.Mac),
        ]),
        new(OvsKeyAttribute.Nd, "nd", 28,
            [new("target", 0, OdpFieldSyntax.Ipv6), new("sll", 16, OdpFieldSyntax.Mac), new("tll", 22, OdpFieldSyntax.Mac)]),
        new(OvsKeyAttribute.NdExtensions, "nd_ext", 8,
            [new("nd_reserved", 0, OdpFieldSyntax.U32Hex), new("nd_options_type", 4, OdpFieldSyntax.U8)]),
        new(OvsKeyAttribute.CtOrigTupleIpv4, "ct_tuple4", 16,
        [
            new("src", 0, OdpFieldSyntax.Ipv4), new("dst", 4, OdpFieldSyntax.Ipv4), new("proto", 12, OdpFieldSyntax.U8),
            new("tp_src", 8, OdpFieldSyntax.U16), new("tp_dst", 10, OdpFieldSyntax.U16),
        ]),
        new(OvsKeyAttribute.CtOrigTupleIpv6, "ct_tuple6", 40,
        [
            new("src", 0, OdpFieldSyntax.Ipv6), new("dst", 16, OdpFieldSyntax.Ipv6), new("proto", 36, OdpFieldSyntax.U8),
            new("src_port", 32, OdpFieldSyntax.U16), new("dst_port", 34, OdpFieldSyntax.U16),
        ]),
        new(OvsKeyAttribute.PacketType, "packet_type", 4, [new("ns", 0, OdpFieldSyntax.U16), new("id", 2, OdpFieldSyntax.U16Hex)]),
    ];

    internal static StructAttribute? Of(ushort type) => Array.Find(All, attribute => attribute.Type == type);

    internal static StructAttribute? Of(string name) => Array.Find(All, attribute => attribute.Name == name);
}
