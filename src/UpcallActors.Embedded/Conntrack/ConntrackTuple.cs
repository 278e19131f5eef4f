using UpcallActors.Odp;

namespace UpcallActors.Embedded;

/// <summary>One direction of a connection (<c>nf_conntrack_tuple</c>).</summary>
/// <param name="Source">Source address; IPv4 in the low 32 bits.</param>
/// <param name="Destination">Destination address.</param>
/// <param name="SourcePort">Source port, or the id of ICMP and ICMPv6; 0 where the protocol has none.</param>
/// <param name="DestinationPort">Destination port, or type (high byte) and code of ICMP and ICMPv6.</param>
/// <param name="Protocol">IP protocol.</param>
/// <param name="IsIpv6">IP version.</param>
public readonly record struct ConntrackTuple(UInt128 Source, UInt128 Destination, ushort SourcePort, ushort DestinationPort, byte Protocol, bool IsIpv6)
{
    /// <summary>Whether ports are an ICMP id, type and code.</summary>
    internal bool IsIcmp => Protocol is IpProtocols.Icmp or IpProtocols.Icmpv6;

    /// <summary>What an answer looks like (<c>nf_ct_invert_tuple</c>). False for ICMP types that have no answer.</summary>
    internal bool TryInvert(out ConntrackTuple inverse)
    {
        inverse = new ConntrackTuple(Destination, Source, DestinationPort, SourcePort, Protocol, IsIpv6);
        if (!IsIcmp)
            return true;
        byte answer = AnswerType(Protocol, (byte)(DestinationPort >> 8), out bool known);
        inverse = inverse with { SourcePort = SourcePort, DestinationPort = (ushort)((answer << 8) | (DestinationPort & 0xff)) };
        return known;
    }

    /// <summary>Writes the key's <c>ct_orig_*</c> fields.</summary>
    internal void WriteOrigTo(ref FlowKey key)
    {
        key.CtOrigProto = Protocol;
        // __ovs_ct_update_key_orig_tp takes an id's connection by type and code, if the protocol is its family's own.
        bool typed = Protocol == (IsIpv6 ? IpProtocols.Icmpv6 : IpProtocols.Icmp);
        key.CtOrigTpSrc = typed ? (ushort)(DestinationPort >> 8) : SourcePort;
        key.CtOrigTpDst = typed ? (ushort)(DestinationPort & 0xff) : DestinationPort;
        if (IsIpv6)
        {
            key.CtOrigIpv6Src = Source;
            key.CtOrigIpv6Dst = Destination;
        }
        else
        {
            key.CtOrigIpv4Src = (uint)Source;
            key.CtOrigIpv4Dst = (uint)Destination;
        }
    }

    internal ulong Hash(SeededHash hash, ushort zone) => hash.Compute(
    [
        (ulong)(Source >> 64), (ulong)Source,
        (ulong)(Destination >> 64), (ulong)Destination,
        ((ulong)SourcePort << 48) | ((ulong)DestinationPort << 32) | ((ulong)zone << 16) | ((ulong)Protocol << 8) | (IsIpv6 ? 1UL : 0),
    ]);

    /// <summary>The hash of the sender's side alone (<c>hash_by_src</c>).</summary>
    internal ulong HashSource(SeededHash hash, ushort zone) => hash.Compute(
    [
        (ulong)(Source >> 64), (ulong)Source,
        ((ulong)SourcePort << 48) | ((ulong)zone << 16) | ((ulong)Protocol << 8) | (IsIpv6 ? 1UL : 0),
    ]);

    private static byte AnswerType(byte protocol, byte type, out bool known)
    {
        known = true;
        switch (protocol, type)
        {
            case (IpProtocols.Icmp, 8): return 0;
            case (IpProtocols.Icmp, 0): return 8;
            // Timestamp, information and address mask: request n, reply n + 1.
            case (IpProtocols.Icmp, 13 or 15 or 17): return (byte)(type + 1);
            case (IpProtocols.Icmp, 14 or 16 or 18): return (byte)(type - 1);
            // Echo and node information.
            case (IpProtocols.Icmpv6, 128 or 139): return (byte)(type + 1);
            case (IpProtocols.Icmpv6, 129 or 140): return (byte)(type - 1);
            default:
                known = false;
                return 0;
        }
    }
}
