using System.Buffers.Binary;
using UpcallActors.Linux;
using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <summary>
/// Cuts a frame that its sender left to its network device to cut into the frames that go on the wire, checksums included, as
/// <c>skb_gso_segment</c> does (<c>tcp_gso_segment</c>, <c>__udp_gso_segment</c>, and around them <c>inet_gso_segment</c>,
/// <c>ipv6_gso_segment</c>, <c>skb_udp_tunnel_segment</c>). Borrows the frame; each segment goes into memory of the caller.
/// </summary>
internal ref struct Segmentation
{
    private const int TcpFlagsOffset = 13;
    private const byte Fin = 0x01;
    private const byte Push = 0x08;
    private const byte CongestionWindowReduced = 0x80;
    private const int TcpChecksumOffset = 16;
    private const int UdpChecksumOffset = 6;

    private readonly ReadOnlySpan<byte> _frame;
    private readonly EncapsulatedHeaders _headers;
    private readonly int _headerLength;
    private readonly int _segmentSize;
    private int _done;
    private int _index;

    private Segmentation(ReadOnlySpan<byte> frame, EncapsulatedHeaders headers, int headerLength, int segmentSize)
    {
        _frame = frame;
        _headers = headers;
        _headerLength = headerLength;
        _segmentSize = segmentSize;
        _done = headerLength;
    }

    /// <summary>Bytes of the longest segment.</summary>
    public readonly int LongestSegment => Math.Min(_headerLength + _segmentSize, _frame.Length);

    /// <summary>Looks at a frame, from its Ethernet header on, whose <paramref name="offload"/> says that it must be cut.</summary>
    public static OffloadError TryCreate(ReadOnlySpan<byte> frame, scoped in VirtioNetHeader offload, out Segmentation segments)
    {
        segments = default;
        byte kind = (byte)(offload.Segmentation & ~VirtioNetHeader.EcnBit);
        if (kind is not (VirtioNetHeader.TcpIpv4 or VirtioNetHeader.TcpIpv6 or VirtioNetHeader.UdpDatagrams))
            return OffloadError.UnknownSegmentation;

        // The kernel never leaves the cut to others without the checksums, which the cut changes.
        int start = offload.ChecksumStart;
        bool isTcp = kind != VirtioNetHeader.UdpDatagrams;
        if ((offload.Flags & VirtioNetHeader.NeedsChecksum) == 0 || offload.SegmentSize == 0
            || offload.ChecksumOffset != (isTcp ? TcpChecksumOffset : UdpChecksumOffset))
            return OffloadError.HeadersDisagree;
        int transportLength = isTcp ? TransportExtraction.TcpHeaderLength : TransportExtraction.UdpHeaderLength;
        if (start + transportLength > frame.Length)
            return OffloadError.ChecksumOutside;
        if (isTcp)
            transportLength = (frame[start + 12] >> 4) * 4;
        int headerLength = start + transportLength;
        if (transportLength < TransportExtraction.UdpHeaderLength || (isTcp && transportLength < TransportExtraction.TcpHeaderLength)
            || headerLength >= frame.Length)
            return OffloadError.HeadersDisagree;
        if (!EncapsulatedHeaders.TryFind(frame, start, isTcp ? IpProtocols.Tcp : IpProtocols.Udp, out EncapsulatedHeaders headers))
            return OffloadError.HeadersDisagree;
        segments = new Segmentation(frame, headers, headerLength, offload.SegmentSize);
        return OffloadError.None;
    }

    /// <summary>
    /// Writes the next segment; false when all are written, or when the destination is too small (it never is with room for
    /// <see cref="LongestSegment"/>).
    /// </summary>
    public bool TryNext(Span<byte> destination, out int length)
    {
        int payload = Math.Min(_segmentSize, _frame.Length - _done);
        length = _headerLength + payload;
        if (payload == 0 || destination.Length < length)
            return false;
        Span<byte> segment = destination[..length];
        _frame[.._headerLength].CopyTo(segment);
        _frame.Slice(_done, payload).CopyTo(segment[_headerLength..]);
        WriteTransport(segment);
        _headers.WriteLengths(segment, _index);
        _done += payload;
        _index++;
        return true;
    }

    private readonly void WriteTransport(Span<byte> segment)
    {
        int start = _headers.TransportOffset;
        Span<byte> transport = segment[start..];
        int checksumOffset = UdpChecksumOffset;
        if (_headers.IsTcp)
        {
            checksumOffset = TcpChecksumOffset;
            uint sequence = BinaryPrimitives.ReadUInt32BigEndian(transport[4..]);
            BinaryPrimitives.WriteUInt32BigEndian(transport[4..], sequence + (uint)(_done - _headerLength));
            bool last = _done + segment.Length - _headerLength == _frame.Length;
            if (!last)
                transport[TcpFlagsOffset] &= unchecked((byte)~(Fin | Push));
            if (_index > 0)
                transport[TcpFlagsOffset] &= unchecked((byte)~CongestionWindowReduced);
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(transport[4..], (ushort)transport.Length);
        }

        // The field holds the pseudo header's sum with the whole frame's length in it.
        Span<byte> field = transport[checksumOffset..];
        ulong pseudo = (ulong)BinaryPrimitives.ReadUInt16BigEndian(field) + (ushort)~(_frame.Length - start) + (ulong)transport.Length;
        BinaryPrimitives.WriteUInt16BigEndian(field, 0);
        ChecksumCompletion.Write(field, InternetChecksum.Compute(transport, pseudo));
    }
}
