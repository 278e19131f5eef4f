using System.Buffers.Binary;

using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <summary>A packet on its way through the tracker: its IP bytes, its tuple, and its connection once found.</summary>
internal ref struct TrackedPacket
{
    /// <summary>The IP packet, cut to the length its header gives.</summary>
    internal Span<byte> Ip;

    /// <summary>Where the upper layer starts in <see cref="Ip"/>.</summary>
    internal int TransportOffset;

    internal ConntrackTuple Tuple;

    /// <summary>Null while unknown, and of a packet that cannot be tracked.</summary>
    internal Connection? Connection;

    internal PacketRelation Relation;

    internal readonly Span<byte> Transport => Ip[TransportOffset..];

    internal readonly byte Protocol => Tuple.Protocol;

    internal readonly bool IsReply => Relation is PacketRelation.EstablishedReply or PacketRelation.RelatedReply;

    internal readonly int Direction => IsReply ? Embedded.Connection.Reply : Embedded.Connection.Original;

    /// <summary>Whether the packet is an ICMP error about its connection.</summary>
    internal readonly bool IsRelated => Relation is PacketRelation.Related or PacketRelation.RelatedReply;

    /// <summary>
    /// Finds upper layer and tuple (<c>get_l4proto</c>, <c>nf_ct_get_tuple</c>). False for what has none: a later fragment, a
    /// truncated header. The length in the header plays no part, so that this serves for a packet quoted in an ICMP error too.
    /// </summary>
    internal static bool TryRead(Span<byte> ip, bool isIpv6, out TrackedPacket packet)
    {
        packet = default;
        int offset;
        byte protocol;
        if (isIpv6)
        {
            if (ip.Length < Ipv6Header.Length || ip[0] >> 4 != 6)
                return false;
            offset = Ipv6Header.Length;
            protocol = ip[6];
            if (!Ipv6Header.TrySkipExtensions(ip, ref offset, ref protocol, out ushort fragmentOffset) || fragmentOffset != 0)
                return false;
        }
        else
        {
            if (!Ipv4Header.TryGetLength(ip, out offset) || (BinaryPrimitives.ReadUInt16BigEndian(ip[6..]) & Ipv4Header.OffsetMask) != 0)
                return false;
            protocol = ip[9];
        }

        if (offset > ip.Length || !TryReadPorts(ip[offset..], protocol, out ushort source, out ushort destination))
            return false;
        packet.Ip = ip;
        packet.TransportOffset = offset;
        packet.Tuple = isIpv6
            ? new ConntrackTuple(BinaryPrimitives.ReadUInt128BigEndian(ip[8..]), BinaryPrimitives.ReadUInt128BigEndian(ip[24..]), source,
                destination, protocol, true)
            : new ConntrackTuple(BinaryPrimitives.ReadUInt32BigEndian(ip[12..]), BinaryPrimitives.ReadUInt32BigEndian(ip[16..]), source,
                destination, protocol, false);
        return true;
    }

    /// <summary>Bytes of the IP packet by its header, or all there are if that says more.</summary>
    internal static int LengthOf(ReadOnlySpan<byte> ip, ushort etherType)
    {
        int length = etherType switch
        {
            EtherTypes.Ipv4 when ip.Length >= Ipv4Header.MinimumLength => BinaryPrimitives.ReadUInt16BigEndian(ip[2..]),
            EtherTypes.Ipv6 when ip.Length >= Ipv6Header.Length => Ipv6Header.Length + BinaryPrimitives.ReadUInt16BigEndian(ip[4..]),
            _ => ip.Length,
        };
        return Math.Min(length, ip.Length);
    }

    /// <summary>Whether the upper layer's checksum is right, or need not be (UDP without one).</summary>
    internal readonly bool HasValidChecksum()
    {
        ReadOnlySpan<byte> transport = Transport;
        ulong sum = 0;
        switch (Protocol)
        {
            case IpProtocols.Icmp:
                break;
            case IpProtocols.Udp when transport.Length >= 8 && transport[6] == 0 && transport[7] == 0:
                return true;
            default:
                (int source, int destination, int length) = Tuple.IsIpv6 ? (8, 24, 16) : (12, 16, 4);
                sum = InternetChecksum.PseudoHeader(Ip.Slice(source, length), Ip.Slice(destination, length), Protocol, transport.Length);
                break;
        }

        // nf_ip_checksum sums up from the IPv4 header on: a wrong checksum there shows too. nf_ip6_checksum leaves the header out.
        if (!Tuple.IsIpv6)
            sum = InternetChecksum.Sum(Ip[..TransportOffset], sum);
        return InternetChecksum.Compute(transport, sum) == 0;
    }

    private static bool TryReadPorts(ReadOnlySpan<byte> transport, byte protocol, out ushort source, out ushort destination)
    {
        source = destination = 0;
        switch (protocol)
        {
            case IpProtocols.Tcp or IpProtocols.Udp or IpProtocols.UdpLite or IpProtocols.Sctp or IpProtocols.Dccp:
                if (transport.Length < 4)
                    return false;
                source = BinaryPrimitives.ReadUInt16BigEndian(transport);
                destination = BinaryPrimitives.ReadUInt16BigEndian(transport[2..]);
                return true;
            case IpProtocols.Icmp or IpProtocols.Icmpv6:
                if (transport.Length < 8)
                    return false;
                source = BinaryPrimitives.ReadUInt16BigEndian(transport[4..]);
                destination = BinaryPrimitives.ReadUInt16BigEndian(transport);
                return true;
            default:
                return true;
        }
    }
}
