using System.Buffers.Binary;

namespace UpcallActors.Linux;

/// <summary>
/// What the sender of a frame left to its network device to do: <c>struct virtio_net_hdr</c> from
/// <c>include/uapi/linux/virtio_net.h</c>, which packet sockets put in front of a frame (<c>PACKET_VNET_HDR</c>), in host byte order.
/// </summary>
/// <param name="Flags"><see cref="NeedsChecksum"/> and bits that say the checksum was verified.</param>
/// <param name="Segmentation">How the frame is to be cut, one of the constants here; <see cref="EcnBit"/> may be set beside it.</param>
/// <param name="SegmentSize">Bytes of payload of each piece.</param>
/// <param name="ChecksumStart">Where the checksum's coverage begins, from the frame's first byte; it ends with the frame.</param>
/// <param name="ChecksumOffset">Where from there its 16 bits are; they hold the pseudo header's sum, not inverted.</param>
internal readonly record struct VirtioNetHeader(byte Flags, byte Segmentation, ushort SegmentSize, ushort ChecksumStart,
    ushort ChecksumOffset)
{
    /// <summary>Bytes of the structure.</summary>
    public const int Length = 10;

    /// <summary>In <see cref="Flags"/>: a checksum is to be completed (<c>VIRTIO_NET_HDR_F_NEEDS_CSUM</c>).</summary>
    public const byte NeedsChecksum = 1;

    /// <summary>The frame is whole (<c>VIRTIO_NET_HDR_GSO_NONE</c>).</summary>
    public const byte Whole = 0;

    /// <summary>TCP over IPv4 (<c>VIRTIO_NET_HDR_GSO_TCPV4</c>).</summary>
    public const byte TcpIpv4 = 1;

    /// <summary>TCP over IPv6 (<c>VIRTIO_NET_HDR_GSO_TCPV6</c>).</summary>
    public const byte TcpIpv6 = 4;

    /// <summary>UDP datagrams of equal length, the last one maybe shorter (<c>VIRTIO_NET_HDR_GSO_UDP_L4</c>).</summary>
    public const byte UdpDatagrams = 5;

    /// <summary>Beside TCP: the sender uses explicit congestion notification (<c>VIRTIO_NET_HDR_GSO_ECN</c>).</summary>
    public const byte EcnBit = 0x80;

    /// <summary>Reads the structure from its <see cref="Length"/> bytes.</summary>
    public static VirtioNetHeader Read(ReadOnlySpan<byte> header) => new(
        header[0],
        header[1],
        BinaryPrimitives.ReadUInt16LittleEndian(header[4..]),
        BinaryPrimitives.ReadUInt16LittleEndian(header[6..]),
        BinaryPrimitives.ReadUInt16LittleEndian(header[8..]));

    /// <summary>The same for a frame into whose headers <paramref name="bytes"/> were put, in front of what the checksum covers.</summary>
    public VirtioNetHeader MovedBy(int bytes) =>
        (Flags & NeedsChecksum) == 0 ? this : this with { ChecksumStart = (ushort)(ChecksumStart + bytes) };
}
