namespace UpcallActors.OpenFlow;

/// <summary>
/// What a packet must be for a field to exist in it. The order counts: from <see cref="Arp"/> on the Ethernet type is looked at, from
/// <see cref="Tcp"/> on the IP protocol too, from <see cref="NeighbourDiscovery"/> on the ICMP type.
/// </summary>
internal enum FieldPrerequisite
{
    /// <summary>Exists always.</summary>
    None,

    /// <summary>A VLAN tag.</summary>
    Vlan,

    /// <summary>A packet that conntrack knows a connection for.</summary>
    Connection,

    /// <summary>ARP or RARP.</summary>
    Arp,

    /// <summary>IPv4.</summary>
    Ipv4,

    /// <summary>IPv6.</summary>
    Ipv6,

    /// <summary>IPv4 or IPv6.</summary>
    Ip,

    /// <summary>TCP over IPv4 or IPv6, later fragments apart: they have no such header.</summary>
    Tcp,

    /// <summary>UDP over IPv4 or IPv6, later fragments apart: they have no such header.</summary>
    Udp,

    /// <summary>SCTP over IPv4 or IPv6, later fragments apart: they have no such header.</summary>
    Sctp,

    /// <summary>ICMP over IPv4.</summary>
    Icmpv4,

    /// <summary>ICMPv6 over IPv6.</summary>
    Icmpv6,

    /// <summary>A neighbour solicitation or advertisement.</summary>
    NeighbourDiscovery,

    /// <summary>A neighbour solicitation.</summary>
    NeighbourSolicitation,

    /// <summary>A neighbour advertisement.</summary>
    NeighbourAdvertisement,
}
