using System.Buffers.Binary;
using UpcallActors.Embedded.Tests.Conntrack;
using UpcallActors.Linux;
using UpcallActors.Packets;

namespace UpcallActors.Embedded.Tests.Offload;

/// <summary>Frames as a host hands them to a device that computes checksums and cuts segments.</summary>
internal static class OffloadedFrames
{
    public const int TcpChecksum = 16;
    public const int UdpChecksum = 6;

    /// <summary>What the sender of a finished frame would have left undone: the checksum's field holds the pseudo header's sum.</summary>
    public static VirtioNetHeader LeaveChecksum(byte[] frame, int checksumOffset, byte segmentation = VirtioNetHeader.Whole,
        ushort segmentSize = 0)
    {
        bool isIpv6 = Frames.EtherTypeOf(frame) == 0x86dd;
        int start = Frames.NetworkOffset + (isIpv6 ? 40 : 20);
        ReadOnlySpan<byte> ip = frame.AsSpan(Frames.NetworkOffset);
        byte protocol = isIpv6 ? ip[6] : ip[9];
        ulong sum = isIpv6
            ? InternetChecksum.PseudoHeader(ip.Slice(8, 16), ip.Slice(24, 16), protocol, frame.Length - start)
            : InternetChecksum.PseudoHeader(ip.Slice(12, 4), ip.Slice(16, 4), protocol, frame.Length - start);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(start + checksumOffset), InternetChecksum.Fold(sum));
        return new VirtioNetHeader(VirtioNetHeader.NeedsChecksum, segmentation, segmentSize, (ushort)start, (ushort)checksumOffset);
    }

    /// <summary>Cuts a frame that can be cut.</summary>
    public static List<byte[]> Cut(byte[] frame, VirtioNetHeader offload)
    {
        Segmentation.TryCreate(frame, offload, out Segmentation segments).ShouldBe(OffloadError.None);
        byte[] room = new byte[segments.LongestSegment];
        var cut = new List<byte[]>();
        while (segments.TryNext(room, out int length))
            cut.Add(room[..length]);
        return cut;
    }

    /// <summary>Whether a frame's IPv4 header, if it has one, and the transport in it have right checksums and lengths.</summary>
    public static bool IsRight(ReadOnlySpan<byte> frame)
    {
        ReadOnlySpan<byte> ip = frame[Frames.NetworkOffset..];
        if (BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) == 0x86dd)
        {
            ReadOnlySpan<byte> transport = ip[40..];
            return BinaryPrimitives.ReadUInt16BigEndian(ip[4..]) == transport.Length
                && InternetChecksum.Compute(transport,
                    InternetChecksum.PseudoHeader(ip.Slice(8, 16), ip.Slice(24, 16), ip[6], transport.Length)) == 0;
        }

        ReadOnlySpan<byte> segment = ip[20..];
        return BinaryPrimitives.ReadUInt16BigEndian(ip[2..]) == ip.Length
            && InternetChecksum.Compute(ip[..20]) == 0
            && InternetChecksum.Compute(segment,
                InternetChecksum.PseudoHeader(ip.Slice(12, 4), ip.Slice(16, 4), ip[9], segment.Length)) == 0;
    }
}
