using System.Buffers.Binary;
using UpcallActors.Linux;
using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <summary>
/// Frames of more than 64 KiB as a Linux host with BIG TCP shows them to who captures there. No upcall carries one: the kernel cuts it
/// first (<c>queue_gso_packets</c>), by a segment size that a capture does not have. So it is cut as its device would do it, to frames of
/// the port's MTU.
/// </summary>
internal static class BigTcp
{
    /// <summary>Bytes of the longest frame that is taken whole.</summary>
    public const int LongestWhole = UpcallDispatch.LongestPacket;

    private const int ChecksumOffset = 16;

    /// <summary>
    /// Makes of a frame, which it changes, what <see cref="Segmentation"/> takes. <see cref="OffloadError.HeadersDisagree"/> when it is no
    /// TCP, or its headers leave no room for data in <paramref name="mtu"/> bytes.
    /// </summary>
    public static OffloadError TryCut(Span<byte> frame, int mtu, out Segmentation segments)
    {
        segments = default;
        frame = JumboHeader.Remove(frame);
        var key = default(FlowKey);
        if (!KeyExtraction.TryExtract(frame, ref key, out PacketLayout layout) || key.NwProto != IpProtocols.Tcp || key.NwFrag != 0
            || key.EthType is not (EtherTypes.Ipv4 or EtherTypes.Ipv6)
                || layout.TransportOffset + TransportExtraction.TcpHeaderLength > frame.Length)
            return OffloadError.HeadersDisagree;
        Span<byte> tcp = frame[layout.TransportOffset..];
        int headers = layout.TransportOffset - layout.NetworkOffset + ((tcp[12] >> 4) * 4);
        int size = Math.Min(mtu, LongestWhole - layout.NetworkOffset) - headers;
        if (size <= 0)
            return OffloadError.HeadersDisagree;

        // As a sender leaves it: the sum of the pseudo header, with the whole length in it.
        ReadOnlySpan<byte> ip = frame[layout.NetworkOffset..];
        bool isIpv6 = key.EthType == EtherTypes.Ipv6;
        ulong pseudo = isIpv6
            ? InternetChecksum.PseudoHeader(ip.Slice(8, 16), ip.Slice(24, 16), IpProtocols.Tcp, (ushort)tcp.Length)
            : InternetChecksum.PseudoHeader(ip.Slice(12, 4), ip.Slice(16, 4), IpProtocols.Tcp, (ushort)tcp.Length);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[ChecksumOffset..], InternetChecksum.Fold(pseudo));
        var offload = new VirtioNetHeader(
            VirtioNetHeader.NeedsChecksum, isIpv6 ? VirtioNetHeader.TcpIpv6 : VirtioNetHeader.TcpIpv4, (ushort)size,
                (ushort)layout.TransportOffset, ChecksumOffset);
        return Segmentation.TryCreate(frame, offload, out segments);
    }
}
