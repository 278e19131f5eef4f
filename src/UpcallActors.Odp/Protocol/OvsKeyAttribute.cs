namespace UpcallActors.Odp;

/// <summary>Attributes of flow keys and masks (<c>OVS_KEY_ATTR_*</c>), from <c>include/uapi/linux/openvswitch.h</c>.</summary>
internal static class OvsKeyAttribute
{
    /// <summary>Nested: what a VLAN tag encapsulates.</summary>
    public const ushort Encap = 1;

    /// <summary>u32: <c>skb-&gt;priority</c>.</summary>
    public const ushort Priority = 2;

    /// <summary>u32: datapath port.</summary>
    public const ushort InPort = 3;

    /// <summary>12 bytes: source, destination.</summary>
    public const ushort Ethernet = 4;

    /// <summary>u16 in network order: TCI with bit 12 set.</summary>
    public const ushort Vlan = 5;

    /// <summary>u16 in network order.</summary>
    public const ushort EtherType = 6;

    /// <summary>12 bytes: source, destination, protocol, ToS, TTL, fragment type.</summary>
    public const ushort Ipv4 = 7;

    /// <summary>40 bytes: source, destination, label, protocol, class, hop limit, fragment type.</summary>
    public const ushort Ipv6 = 8;

    /// <summary>4 bytes: ports in network order.</summary>
    public const ushort Tcp = 9;

    /// <summary>4 bytes: ports in network order.</summary>
    public const ushort Udp = 10;

    /// <summary>2 bytes: type, code.</summary>
    public const ushort Icmp = 11;

    /// <summary>2 bytes: type, code.</summary>
    public const ushort Icmpv6 = 12;

    /// <summary>24 bytes: sender and target IPv4, operation, sender and target Ethernet, padding.</summary>
    public const ushort Arp = 13;

    /// <summary>28 bytes: target, source and target link-layer option.</summary>
    public const ushort Nd = 14;

    /// <summary>u32: <c>skb-&gt;mark</c>.</summary>
    public const ushort SkbMark = 15;

    /// <summary>Nested <see cref="OvsTunnelKeyAttribute"/>.</summary>
    public const ushort Tunnel = 16;

    /// <summary>4 bytes: ports in network order.</summary>
    public const ushort Sctp = 17;

    /// <summary>u16 in network order, 12 bits.</summary>
    public const ushort TcpFlags = 18;

    /// <summary>u32: result of the HASH action.</summary>
    public const ushort DpHash = 19;

    /// <summary>u32: recirculation id.</summary>
    public const ushort RecircId = 20;

    /// <summary>Label stack entries in network order.</summary>
    public const ushort Mpls = 21;

    /// <summary>u32 of <see cref="Packets.CtState"/>.</summary>
    public const ushort CtState = 22;

    /// <summary>u16 in host order.</summary>
    public const ushort CtZone = 23;

    /// <summary>u32.</summary>
    public const ushort CtMark = 24;

    /// <summary>16 bytes.</summary>
    public const ushort CtLabels = 25;

    /// <summary>16 bytes: source, destination, ports, protocol, padding.</summary>
    public const ushort CtOrigTupleIpv4 = 26;

    /// <summary>40 bytes: source, destination, ports, protocol, padding.</summary>
    public const ushort CtOrigTupleIpv6 = 27;

    /// <summary>Nested <see cref="OvsNshKeyAttribute"/>.</summary>
    public const ushort Nsh = 28;

    /// <summary>u32 in network order; userspace only.</summary>
    public const ushort PacketType = 29;

    /// <summary>8 bytes: reserved u32 and option type; userspace only.</summary>
    public const ushort NdExtensions = 30;

    /// <summary>u16 in host order: extension headers seen (Linux 5.18).</summary>
    public const ushort Ipv6ExtHdrs = 32;
}
