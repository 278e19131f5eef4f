using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <summary>What connection tracking asks of a tuple.</summary>
internal static class ConntrackTupleOperations
{
    /// <summary>What an answer looks like (<c>nf_ct_invert_tuple</c>). False for ICMP types that have no answer.</summary>
    internal static bool TryInvert(this in ConntrackTuple tuple, out ConntrackTuple inverse)
    {
        inverse = new ConntrackTuple(tuple.Destination, tuple.Source, tuple.DestinationPort, tuple.SourcePort, tuple.Protocol,
            tuple.IsIpv6);
        if (!tuple.IsIcmp)
            return true;
        byte answer = AnswerType(tuple.Protocol, (byte)(tuple.DestinationPort >> 8), out bool known);
        inverse = inverse with
        {
            SourcePort = tuple.SourcePort,
            DestinationPort = (ushort)((answer << 8) | (tuple.DestinationPort & 0xff)),
        };
        return known;
    }

    /// <summary>Writes the key's <c>ct_orig_*</c> fields.</summary>
    internal static void WriteOrigTo(this in ConntrackTuple tuple, ref FlowKey key)
    {
        key.CtOrigProto = tuple.Protocol;
        // __ovs_ct_update_key_orig_tp takes an id's connection by type and code, if the protocol is its family's own.
        bool typed = tuple.Protocol == (tuple.IsIpv6 ? IpProtocols.Icmpv6 : IpProtocols.Icmp);
        key.CtOrigTpSrc = typed ? (ushort)(tuple.DestinationPort >> 8) : tuple.SourcePort;
        key.CtOrigTpDst = typed ? (ushort)(tuple.DestinationPort & 0xff) : tuple.DestinationPort;
        if (tuple.IsIpv6)
        {
            key.CtOrigIpv6Src = tuple.Source;
            key.CtOrigIpv6Dst = tuple.Destination;
        }
        else
        {
            key.CtOrigIpv4Src = (uint)tuple.Source;
            key.CtOrigIpv4Dst = (uint)tuple.Destination;
        }
    }

    internal static ulong Hash(this in ConntrackTuple tuple, KeyedHash hash, ushort zone) => hash.Compute(
    [
        (ulong)(tuple.Source >> 64), (ulong)tuple.Source,
        (ulong)(tuple.Destination >> 64), (ulong)tuple.Destination,
        ((ulong)tuple.SourcePort << 48) | ((ulong)tuple.DestinationPort << 32) | ((ulong)zone << 16) | ((ulong)tuple.Protocol << 8)
            | (tuple.IsIpv6 ? 1UL : 0),
    ]);

    /// <summary>The hash of the sender's side alone (<c>hash_by_src</c>).</summary>
    internal static ulong HashSource(this in ConntrackTuple tuple, KeyedHash hash, ushort zone) => hash.Compute(
    [
        (ulong)(tuple.Source >> 64), (ulong)tuple.Source,
        ((ulong)tuple.SourcePort << 48) | ((ulong)zone << 16) | ((ulong)tuple.Protocol << 8) | (tuple.IsIpv6 ? 1UL : 0),
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
