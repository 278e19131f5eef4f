using System.Buffers.Binary;
using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <summary>
/// Where the headers of a frame to be cut lie: those of the transport that is cut, of the IP packet that it is in, and of the UDP tunnel
/// around that, if there is one (the host behind a port may have a VXLAN or Geneve device).
/// </summary>
internal readonly record struct EncapsulatedHeaders
{
    private const int TunnelHeaderLength = 8;

    public required int TransportOffset { get; init; }

    public required bool IsTcp { get; init; }

    /// <summary>The IP packet whose payload is cut.</summary>
    private IpPlace Inner { get; init; }

    /// <summary>The IP packet of the tunnel, and its UDP header; not there without tunnel.</summary>
    private (IpPlace Ip, int Udp)? Outer { get; init; }

    /// <summary>
    /// Finds the headers of a frame in which a transport header of
    /// <paramref name="protocol"/> is known to start at <paramref name="transportOffset"/>.
    /// </summary>
    public static bool TryFind(ReadOnlySpan<byte> frame, int transportOffset, byte protocol, out EncapsulatedHeaders headers)
    {
        headers = default;
        if (!TryRead(frame, 0, out byte outerProtocol, out int outerTransport, out IpPlace outer))
            return false;
        if (outerTransport == transportOffset && outerProtocol == protocol)
        {
            headers = new EncapsulatedHeaders { TransportOffset = transportOffset, IsTcp = protocol == IpProtocols.Tcp, Inner = outer };
            return true;
        }

        int tunnel = outerTransport + TransportExtraction.UdpHeaderLength;
        if (outerProtocol != IpProtocols.Udp || tunnel + TunnelHeaderLength > frame.Length)
            return false;

        // VXLAN's header has 8 bytes; Geneve's too, and options, whose length in words is in its first byte's low bits.
        int vxlan = tunnel + TunnelHeaderLength;
        int geneve = vxlan + ((frame[tunnel] & 0x3f) * 4);
        if (!IsInner(frame, vxlan, transportOffset, protocol, out IpPlace inner)
            && !IsInner(frame, geneve, transportOffset, protocol, out inner))
            return false;
        headers = new EncapsulatedHeaders
        {
            TransportOffset = transportOffset,
            IsTcp = protocol == IpProtocols.Tcp,
            Inner = inner,
            Outer = (outer, outerTransport),
        };
        return true;
    }

    /// <summary>Writes the lengths of a segment into its IP headers, numbers it, and computes what covers these.</summary>
    public void WriteLengths(Span<byte> segment, int index)
    {
        Inner.WriteLength(segment, index);
        if (Outer is not { } outer)
            return;
        outer.Ip.WriteLength(segment, index);
        Span<byte> udp = segment[outer.Udp..];
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], (ushort)udp.Length);
        if (BinaryPrimitives.ReadUInt16BigEndian(udp[6..]) == 0)
            return;
        BinaryPrimitives.WriteUInt16BigEndian(udp[6..], 0);
        ChecksumCompletion.Write(udp[6..], InternetChecksum.Compute(udp, outer.Ip.PseudoHeader(segment, IpProtocols.Udp, udp.Length)));
    }

    private static bool IsInner(ReadOnlySpan<byte> frame, int offset, int transportOffset, byte protocol, out IpPlace inner) =>
        TryRead(frame, offset, out byte found, out int transport, out inner) && found == protocol && transport == transportOffset;

    private static bool TryRead(ReadOnlySpan<byte> frame, int offset, out byte protocol, out int transportOffset, out IpPlace ip)
    {
        protocol = 0;
        transportOffset = 0;
        ip = default;
        var key = default(FlowKey);
        if (offset > frame.Length || !KeyExtraction.TryExtract(frame[offset..], ref key, out PacketLayout layout)
            || key.EthType is not (EtherTypes.Ipv4 or EtherTypes.Ipv6) || layout.TransportOffset == layout.NetworkOffset || key.NwFrag != 0)
            return false;
        protocol = key.NwProto;
        transportOffset = offset + layout.TransportOffset;
        ip = new IpPlace(offset + layout.NetworkOffset, key.EthType == EtherTypes.Ipv6);
        return true;
    }

    private readonly record struct IpPlace(int Offset, bool IsIpv6)
    {
        public void WriteLength(Span<byte> segment, int index)
        {
            Span<byte> ip = segment[Offset..];
            if (IsIpv6)
            {
                BinaryPrimitives.WriteUInt16BigEndian(ip[4..], (ushort)(ip.Length - Ipv6Extraction.HeaderLength));
                return;
            }

            BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)ip.Length);
            ushort identification = BinaryPrimitives.ReadUInt16BigEndian(ip[4..]);
            BinaryPrimitives.WriteUInt16BigEndian(ip[4..], (ushort)(identification + index));
            BinaryPrimitives.WriteUInt16BigEndian(ip[10..], 0);
            BinaryPrimitives.WriteUInt16BigEndian(ip[10..], InternetChecksum.Compute(ip[..((ip[0] & 0xf) * 4)]));
        }

        public ulong PseudoHeader(ReadOnlySpan<byte> segment, byte protocol, int length)
        {
            ReadOnlySpan<byte> ip = segment[Offset..];
            return IsIpv6
                ? InternetChecksum.PseudoHeader(ip.Slice(8, 16), ip.Slice(24, 16), protocol, length)
                : InternetChecksum.PseudoHeader(ip.Slice(12, 4), ip.Slice(16, 4), protocol, length);
        }
    }
}
