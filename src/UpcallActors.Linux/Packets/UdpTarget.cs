namespace UpcallActors.Linux;

/// <summary>Where a tunnel's datagram goes, and what its IP and UDP headers say.</summary>
/// <param name="IsIpv6">IP version.</param>
/// <param name="Source">The local address, 0 for the route's choice; IPv4 in the low 32 bits.</param>
/// <param name="Destination">Where it goes.</param>
/// <param name="Port">To which UDP port.</param>
/// <param name="Tos">ToS or traffic class.</param>
/// <param name="Ttl">TTL or hop limit; 0 for the system's choice.</param>
/// <param name="DontFragment">IPv4: neither this host nor a router may cut it.</param>
/// <param name="Checksum">Whether UDP's checksum is computed; without, the field is 0.</param>
internal readonly record struct UdpTarget(bool IsIpv6, UInt128 Source, UInt128 Destination, ushort Port, byte Tos, byte Ttl,
    bool DontFragment, bool Checksum);
