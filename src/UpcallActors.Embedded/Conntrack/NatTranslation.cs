using System.Buffers.Binary;

using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <summary>Rewrites addresses and ports in packets, checksums included (<c>nf_nat_proto.c</c>).</summary>
internal static class NatTranslation
{
    private const int TcpChecksum = 16;
    private const int UdpChecksum = 6;
    private const int IcmpChecksum = 2;
    private const int NoChecksum = int.MaxValue - 2;
    private const int SctpHeaderLength = 12;
    private const int IcmpErrorHeader = 8;
    private const byte IcmpRedirect = 5;

    /// <summary>Whether ports of a protocol are translated. DCCP's are not: only its addresses.</summary>
    internal static bool TranslatesPorts(byte protocol) =>
        protocol is IpProtocols.Tcp or IpProtocols.Udp or IpProtocols.UdpLite or IpProtocols.Sctp;

    /// <summary>Translates one side of a packet of a connection, if the connection has that translation (<c>nf_nat_packet</c>).</summary>
    internal static bool TryTranslate(ref TrackedPacket packet, bool source)
    {
        Connection connection = packet.Connection!;
        if (!connection.Has(StatusOf(source, packet.IsReply)))
            return true;
        ref readonly ConntrackTuple answer = ref connection.Tuple(1 - packet.Direction);
        if (!answer.TryInvert(out ConntrackTuple target))
            return false;
        Rewrite(packet.Ip, packet.TransportOffset, in target, source);
        return true;
    }

    /// <summary>
    /// Translates an ICMP error: the packet it quotes back to what its sender sent, and itself as an answer
    /// (<c>nf_nat_icmp_reply_translation</c>, <c>nf_nat_icmpv6_reply_translation</c>).
    /// </summary>
    internal static bool TryTranslateError(ref TrackedPacket packet, bool source)
    {
        Connection connection = packet.Connection!;
        if (packet.Transport.Length < IcmpErrorHeader || !packet.HasValidChecksum())
            return false;
        bool isRedirect = packet.Transport[0] == (packet.Tuple.IsIpv6 ? NeighbourDiscovery.Redirect : IcmpRedirect);
        if (isRedirect
            && (connection.IsTranslated || !connection.Has(ConnectionStatus.SourceNatDone | ConnectionStatus.DestinationNatDone)))
            return false;
        if (!connection.Has(StatusOf(source, packet.IsReply)))
            return true;

        ref readonly ConntrackTuple other = ref connection.Tuple(1 - packet.Direction);
        Span<byte> quoted = packet.Transport[IcmpErrorHeader..];
        if (!other.TryInvert(out ConntrackTuple target) || !TrackedPacket.TryRead(quoted, packet.Tuple.IsIpv6, out TrackedPacket inner))
            return false;
        Rewrite(quoted, inner.TransportOffset, in other, !source);
        RewriteAddress(packet.Ip, in target, source);
        WriteIcmpChecksum(ref packet);
        return true;
    }

    private static ConnectionStatus StatusOf(bool source, bool isReply) =>
        source != isReply ? ConnectionStatus.SourceNat : ConnectionStatus.DestinationNat;

    private static void WriteIcmpChecksum(ref TrackedPacket packet)
    {
        Span<byte> icmp = packet.Transport;
        icmp.Slice(IcmpChecksum, 2).Clear();
        ulong sum = packet.Tuple.IsIpv6
            ? InternetChecksum.PseudoHeader(packet.Ip.Slice(8, 16), packet.Ip.Slice(24, 16), IpProtocols.Icmpv6, icmp.Length)
            : 0;
        BinaryPrimitives.WriteUInt16BigEndian(icmp[IcmpChecksum..], InternetChecksum.Compute(icmp, sum));
    }

    private static void Rewrite(Span<byte> ip, int transportOffset, in ConntrackTuple target, bool source)
    {
        Span<byte> address = AddressOf(ip, target.IsIpv6, source);
        Span<byte> before = stackalloc byte[16];
        before = before[..address.Length];
        address.CopyTo(before);
        RewriteAddress(ip, in target, source);
        RewriteTransport(ip[transportOffset..], in target, source, before, address);
    }

    private static void RewriteAddress(Span<byte> ip, in ConntrackTuple target, bool source)
    {
        Span<byte> address = AddressOf(ip, target.IsIpv6, source);
        UInt128 value = source ? target.Source : target.Destination;
        if (target.IsIpv6)
        {
            BinaryPrimitives.WriteUInt128BigEndian(address, value);
            return;
        }

        Span<byte> before = stackalloc byte[4];
        address.CopyTo(before);
        BinaryPrimitives.WriteUInt32BigEndian(address, (uint)value);
        UpdateChecksum(ip[10..], before, address);
    }

    private static Span<byte> AddressOf(Span<byte> ip, bool isIpv6, bool source) => (isIpv6, source) switch
    {
        (true, true) => ip.Slice(8, 16),
        (true, false) => ip.Slice(24, 16),
        (false, true) => ip.Slice(12, 4),
        (false, false) => ip.Slice(16, 4),
    };

    /// <summary>A quoted packet may end anywhere behind its ports: what is not there is not updated.</summary>
    private static void RewriteTransport(Span<byte> transport, in ConntrackTuple target, bool source, ReadOnlySpan<byte> addressBefore,
        ReadOnlySpan<byte> addressAfter)
    {
        switch (target.Protocol)
        {
            case IpProtocols.Tcp:
                RewritePort(transport, TcpChecksum, in target, source, addressBefore, addressAfter);
                break;
            case IpProtocols.Sctp:
                RewritePort(transport, NoChecksum, in target, source, addressBefore, addressAfter);
                // The checksum covers the whole packet, so it cannot be checked for a quoted packet that was cut.
                if (transport.Length >= SctpHeaderLength)
                    SctpChecksum.Write(transport, SctpChecksum.Compute(transport));
                break;
            case IpProtocols.UdpLite:
                RewritePort(transport, UdpChecksum, in target, source, addressBefore, addressAfter);
                break;
            case IpProtocols.Udp:
                bool hasChecksum = transport.Length >= UdpChecksum + 2 && (transport[UdpChecksum] | transport[UdpChecksum + 1]) != 0;
                RewritePort(transport, hasChecksum ? UdpChecksum : NoChecksum, in target, source, addressBefore, addressAfter);
                // 0 would say "no checksum".
                if (hasChecksum && (transport[UdpChecksum] | transport[UdpChecksum + 1]) == 0)
                    BinaryPrimitives.WriteUInt16BigEndian(transport[UdpChecksum..], ushort.MaxValue);
                break;
            case IpProtocols.Icmp when HasId(transport):
                RewriteId(transport, target.SourcePort);
                break;
            case IpProtocols.Icmpv6:
                UpdateChecksum(transport[IcmpChecksum..], addressBefore, addressAfter);
                if (transport[0] is 128 or 129)
                    RewriteId(transport, target.SourcePort);
                break;
        }
    }

    private static bool HasId(ReadOnlySpan<byte> icmp) => icmp[0] is 0 or 8 or (>= 13 and <= 18);

    private static void RewriteId(Span<byte> icmp, ushort id)
    {
        Span<byte> before = stackalloc byte[2];
        icmp.Slice(4, 2).CopyTo(before);
        BinaryPrimitives.WriteUInt16BigEndian(icmp[4..], id);
        UpdateChecksum(icmp[IcmpChecksum..], before, icmp.Slice(4, 2));
    }

    private static void RewritePort(Span<byte> transport, int checksum, in ConntrackTuple target, bool source,
        ReadOnlySpan<byte> addressBefore, ReadOnlySpan<byte> addressAfter)
    {
        Span<byte> port = transport.Slice(source ? 0 : 2, 2);
        Span<byte> before = stackalloc byte[2];
        port.CopyTo(before);
        BinaryPrimitives.WriteUInt16BigEndian(port, source ? target.SourcePort : target.DestinationPort);
        if (transport.Length < checksum + 2)
            return;
        UpdateChecksum(transport[checksum..], addressBefore, addressAfter);
        UpdateChecksum(transport[checksum..], before, port);
    }

    private static void UpdateChecksum(Span<byte> field, ReadOnlySpan<byte> before, ReadOnlySpan<byte> after) =>
        BinaryPrimitives.WriteUInt16BigEndian(field, InternetChecksum.Update(BinaryPrimitives.ReadUInt16BigEndian(field), before, after));
}
