using UpcallActors.Packets;

namespace UpcallActors.OpenFlow;

/// <summary>Whether a <see cref="FieldPrerequisite"/> holds.</summary>
internal static class FieldPrerequisites
{
    internal const ushort EtherTypeIpv4 = 0x0800;
    internal const ushort EtherTypeArp = 0x0806;
    internal const ushort EtherTypeRarp = 0x8035;
    internal const ushort EtherTypeIpv6 = 0x86dd;
    internal const byte ProtocolIcmp = 1;
    internal const byte ProtocolTcp = 6;
    internal const byte ProtocolUdp = 17;
    internal const byte ProtocolIcmpv6 = 58;
    internal const byte ProtocolSctp = 132;
    private const ushort VlanPresent = 0x1000;
    private const ushort NdSolicit = 135;
    private const ushort NdAdvert = 136;
    private const ushort EtherTypeAll = 0xffff;

    // States in which conntrack has a connection to show (ovs is_ct_valid): a complete key has one of the first three.
    private const CtState ConnectionOfPacket = CtState.New | CtState.Established | CtState.Reply;
    private const CtState ConnectionOfMatch = ConnectionOfPacket | CtState.Related | CtState.SourceNat | CtState.DestinationNat;

    /// <summary>Whether it holds for a packet.</summary>
    public static bool Holds(this FieldPrerequisite prerequisite, in Flow flow) => prerequisite switch
    {
        FieldPrerequisite.None => true,
        FieldPrerequisite.Vlan => (flow.Key.VlanTci & VlanPresent) != 0,
        FieldPrerequisite.Connection => (flow.Key.CtState & ConnectionOfPacket) != 0,
        _ => HoldsByType(prerequisite, flow),
    };

    /// <summary>Whether every packet that agrees with <paramref name="value"/> under <paramref name="mask"/> meets it.</summary>
    public static bool HoldsForMatch(this FieldPrerequisite prerequisite, in Flow value, in Flow mask)
    {
        switch (prerequisite)
        {
            case FieldPrerequisite.None:
                return true;
            case FieldPrerequisite.Vlan:
                return (mask.Key.VlanTci & value.Key.VlanTci & VlanPresent) != 0;
            case FieldPrerequisite.Connection:
                CtState state = value.Key.CtState & mask.Key.CtState;
                bool notInvalid = (state & CtState.Tracked) != 0 && (mask.Key.CtState & CtState.Invalid) != 0
                    && (state & CtState.Invalid) == 0;
                return (state & ConnectionOfMatch) != 0 || notInvalid;
        }
        if (mask.Key.EthType != EtherTypeAll)
            return false;
        bool needsProtocol = prerequisite >= FieldPrerequisite.Tcp;
        bool needsType = prerequisite >= FieldPrerequisite.NeighbourDiscovery;
        return (!needsProtocol || mask.Key.NwProto == byte.MaxValue)
            && (!needsType || (mask.Key.TpSrc & byte.MaxValue) == byte.MaxValue)
            && HoldsByType(prerequisite, value);
    }

    /// <summary>What has to be in a match for it to hold.</summary>
    internal static string Describe(this FieldPrerequisite prerequisite) => prerequisite switch
    {
        FieldPrerequisite.Vlan => "a VLAN (vlan_tci=0x1000/0x1000)",
        FieldPrerequisite.Arp => "arp",
        FieldPrerequisite.Ipv4 => "ip",
        FieldPrerequisite.Ipv6 => "ipv6",
        FieldPrerequisite.Ip => "ip or ipv6",
        FieldPrerequisite.Tcp => "tcp or tcp6",
        FieldPrerequisite.Udp => "udp or udp6",
        FieldPrerequisite.Sctp => "sctp or sctp6",
        FieldPrerequisite.Icmpv4 => "icmp",
        FieldPrerequisite.Icmpv6 => "icmp6",
        FieldPrerequisite.Connection => "a tracked connection (ct_state=+trk+est)",
        FieldPrerequisite.NeighbourSolicitation => "icmp6,icmp_type=135",
        FieldPrerequisite.NeighbourAdvertisement => "icmp6,icmp_type=136",
        _ => "icmp6,icmp_type=135 or 136",
    };

    /// <summary>
    /// Marks what <see cref="Holds"/> looks at. Ethernet type and kind of
    /// fragment are always part of a megaflow, so they are not marked here.
    /// </summary>
    public static void MarkUsed(this FieldPrerequisite prerequisite, ref Flow wildcards)
    {
        if (prerequisite == FieldPrerequisite.Vlan)
            wildcards.Key.VlanTci |= VlanPresent;
        else if (prerequisite == FieldPrerequisite.Connection)
            wildcards.Key.CtState |= ConnectionOfPacket;
        else if (prerequisite >= FieldPrerequisite.Tcp)
            wildcards.Key.NwProto = byte.MaxValue;
        if (prerequisite >= FieldPrerequisite.NeighbourDiscovery)
            wildcards.Key.TpSrc |= byte.MaxValue;
    }

    private static bool HoldsByType(FieldPrerequisite prerequisite, in Flow flow)
    {
        ushort type = flow.Key.EthType;
        byte protocol = flow.Key.NwProto;
        bool ip = type is EtherTypeIpv4 or EtherTypeIpv6;
        bool hasPorts = ip && (flow.Key.NwFrag & FlowKey.FragLater) == 0;
        bool icmpv6 = type == EtherTypeIpv6 && protocol == ProtocolIcmpv6;
        return prerequisite switch
        {
            FieldPrerequisite.Arp => type is EtherTypeArp or EtherTypeRarp,
            FieldPrerequisite.Ipv4 => type == EtherTypeIpv4,
            FieldPrerequisite.Ipv6 => type == EtherTypeIpv6,
            FieldPrerequisite.Ip => ip,
            FieldPrerequisite.Tcp => hasPorts && protocol == ProtocolTcp,
            FieldPrerequisite.Udp => hasPorts && protocol == ProtocolUdp,
            FieldPrerequisite.Sctp => hasPorts && protocol == ProtocolSctp,
            FieldPrerequisite.Icmpv4 => type == EtherTypeIpv4 && protocol == ProtocolIcmp,
            FieldPrerequisite.Icmpv6 => icmpv6,
            FieldPrerequisite.NeighbourDiscovery => icmpv6 && flow.Key.TpSrc is (NdSolicit or NdAdvert),
            FieldPrerequisite.NeighbourSolicitation => icmpv6 && flow.Key.TpSrc == NdSolicit,
            FieldPrerequisite.NeighbourAdvertisement => icmpv6 && flow.Key.TpSrc == NdAdvert,
            _ => false,
        };
    }
}
