using UpcallActors.Packets;

namespace UpcallActors.Odp;

/// <summary>One direction of a connection (<c>nf_conntrack_tuple</c>).</summary>
/// <param name="Source">Source address; IPv4 in the low 32 bits.</param>
/// <param name="Destination">Destination address.</param>
/// <param name="SourcePort">Source port, or the id of ICMP and ICMPv6; 0 where the protocol has none.</param>
/// <param name="DestinationPort">Destination port, or type (high byte) and code of ICMP and ICMPv6.</param>
/// <param name="Protocol">IP protocol.</param>
/// <param name="IsIpv6">IP version.</param>
public readonly record struct ConntrackTuple(UInt128 Source, UInt128 Destination, ushort SourcePort, ushort DestinationPort, byte Protocol,
    bool IsIpv6)
{
    /// <summary>Whether ports are an ICMP id, type and code.</summary>
    public bool IsIcmp => Protocol is IpProtocols.Icmp or IpProtocols.Icmpv6;
}
