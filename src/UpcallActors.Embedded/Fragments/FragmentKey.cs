using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <summary>What fragments of one datagram have in common (<c>frag_v4_compare_key</c>, <c>frag_v6_compare_key</c>).</summary>
/// <param name="Source">Source address; IPv4 in the low 32 bits.</param>
/// <param name="Destination">Destination address.</param>
/// <param name="Identification">Of the IP or fragment header.</param>
/// <param name="User">Zone, and the protocol of IPv4.</param>
/// <param name="InPort">Input port where IPv6 scopes by it, else 0.</param>
internal readonly record struct FragmentKey(UInt128 Source, UInt128 Destination, uint Identification, uint User, uint InPort)
{
    internal ulong Hash(KeyedHash hash) => hash.Compute(
    [
        (ulong)(Source >> 64), (ulong)Source,
        (ulong)(Destination >> 64), (ulong)Destination,
        ((ulong)Identification << 32) | User,
        InPort,
    ]);
}
