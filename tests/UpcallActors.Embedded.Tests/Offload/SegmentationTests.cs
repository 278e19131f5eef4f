using System.Buffers.Binary;
using UpcallActors.Embedded.Tests.Conntrack;
using UpcallActors.Linux;
using UpcallActors.Packets;

namespace UpcallActors.Embedded.Tests.Offload;

public sealed class SegmentationTests
{
    private const byte CongestionWindowReduced = 0x80;
    private const byte All = Frames.Ack | Frames.Push | Frames.Fin | CongestionWindowReduced;

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.2", VirtioNetHeader.TcpIpv4)]
    [InlineData("fc00::1", "fc00::2", VirtioNetHeader.TcpIpv6)]
    public void TCP_is_cut_into_segments_that_a_sender_could_have_made(string source, string destination, byte kind)
    {
        byte[] frame = Frames.Tcp(source, 1, destination, 2, All, sequence: uint.MaxValue - 999, payload: 2500,
            options: [1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2]);
        int payload = frame.Length - 2500;
        VirtioNetHeader offload = OffloadedFrames.LeaveChecksum(frame, OffloadedFrames.TcpChecksum, kind, 1000);
        List<byte[]> segments = OffloadedFrames.Cut(frame, offload);

        segments.Select(segment => segment.Length - payload).ShouldBe([1000, 1000, 500]);
        segments.ShouldAllBe(segment => OffloadedFrames.IsRight(segment));
        segments.SelectMany(segment => segment[payload..]).ShouldBe(frame[payload..]);
        segments.Select(segment => BinaryPrimitives.ReadUInt32BigEndian(Frames.TransportOf(segment)[4..]))
            .ShouldBe([uint.MaxValue - 999, 0u, 1000u]);
        segments.Select(segment => Frames.TransportOf(segment)[13])
            .ShouldBe([(byte)(Frames.Ack | CongestionWindowReduced), Frames.Ack, (byte)(Frames.Ack | Frames.Push | Frames.Fin)]);
        if (kind == VirtioNetHeader.TcpIpv4)
            segments.Select(segment => BinaryPrimitives.ReadUInt16BigEndian(segment.AsSpan(18)))
                .ShouldBe([(ushort)0x1234, (ushort)0x1235, (ushort)0x1236]);
    }

    [Fact]
    public void A_sender_with_congestion_notification_is_cut_the_same()
    {
        byte[] frame = Frames.Tcp("10.0.0.1", 1, "10.0.0.2", 2, Frames.Ack, payload: 100);
        VirtioNetHeader offload = OffloadedFrames.LeaveChecksum(frame, OffloadedFrames.TcpChecksum,
            VirtioNetHeader.TcpIpv4 | VirtioNetHeader.EcnBit, 60);
        OffloadedFrames.Cut(frame, offload).Select(segment => segment.Length).ShouldBe([114, 94]);
    }

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.2")]
    [InlineData("fc00::1", "fc00::2")]
    public void UDP_is_cut_into_datagrams(string source, string destination)
    {
        byte[] frame = Frames.Udp(source, 1, destination, 2, payload: 2500);
        int payload = frame.Length - 2500;
        VirtioNetHeader offload = OffloadedFrames.LeaveChecksum(frame, OffloadedFrames.UdpChecksum, VirtioNetHeader.UdpDatagrams, 1200);
        List<byte[]> segments = OffloadedFrames.Cut(frame, offload);

        segments.Select(segment => (int)BinaryPrimitives.ReadUInt16BigEndian(Frames.TransportOf(segment)[4..])).ShouldBe([1208, 1208, 108]);
        segments.ShouldAllBe(segment => OffloadedFrames.IsRight(segment));
        segments.SelectMany(segment => segment[payload..]).ShouldBe(frame[payload..]);
    }

    [Fact]
    public void A_tag_in_front_is_on_every_segment()
    {
        byte[] plain = Frames.Tcp("10.0.0.1", 1, "10.0.0.2", 2, Frames.Ack, payload: 300);
        VirtioNetHeader offload = OffloadedFrames.LeaveChecksum(plain, OffloadedFrames.TcpChecksum, VirtioNetHeader.TcpIpv4, 200)
            .MovedBy(4);
        byte[] tagged = [.. plain[..12], 0x81, 0, 0, 5, .. plain[12..]];
        List<byte[]> segments = OffloadedFrames.Cut(tagged, offload);

        segments.Count.ShouldBe(2);
        segments.ShouldAllBe(segment => Convert.ToHexString(segment, 12, 4) == "81000005");
        segments.ShouldAllBe(segment => OffloadedFrames.IsRight(Untagged(segment)));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(8, true)]
    [InlineData(0, false)]
    public void TCP_inside_of_a_tunnel_is_cut_with_the_outer_headers_around_each_segment(int geneveOptions, bool checksum)
    {
        byte[] inner = Frames.Tcp("10.0.0.1", 1, "10.0.0.2", 2, Frames.Ack, payload: 1500);
        VirtioNetHeader offload = OffloadedFrames.LeaveChecksum(inner, OffloadedFrames.TcpChecksum, VirtioNetHeader.TcpIpv4, 700);
        byte[] tunnel = geneveOptions == 0
            ? [8, 0, 0, 0, 0, 0, 5, 0]
            : [(byte)(geneveOptions / 4), 0, 0x65, 0x58, 0, 0, 5, 0, .. new byte[geneveOptions]];
        byte[] datagram = [0, 1, 0x12, 0xb5, 0, 0, 0, 0, .. tunnel, .. inner];
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(4), (ushort)datagram.Length);
        byte[] frame = Frames.Ip("192.0.2.1", "192.0.2.2", 17, datagram, checksum ? 6 : null);
        int innerStart = frame.Length - inner.Length;
        List<byte[]> segments = OffloadedFrames.Cut(frame, offload.MovedBy(innerStart));

        segments.Count.ShouldBe(3);
        foreach (byte[] segment in segments)
        {
            OffloadedFrames.IsRight(segment.AsSpan(innerStart)).ShouldBeTrue();
            BinaryPrimitives.ReadUInt16BigEndian(segment.AsSpan(16)).ShouldBe((ushort)(segment.Length - 14));
            BinaryPrimitives.ReadUInt16BigEndian(segment.AsSpan(38)).ShouldBe((ushort)(segment.Length - 34));
            InternetChecksum.Compute(segment.AsSpan(14, 20)).ShouldBe((ushort)0);
            if (checksum)
                OffloadedFrames.IsRight(segment).ShouldBeTrue();
            else
                segment.AsSpan(40, 2).ToArray().ShouldBe([0, 0]);
        }
    }

    [Theory]
    [InlineData(3, OffloadError.UnknownSegmentation)]
    [InlineData(2, OffloadError.UnknownSegmentation)]
    [InlineData(0x7f, OffloadError.UnknownSegmentation)]
    [InlineData(VirtioNetHeader.UdpDatagrams, OffloadError.HeadersDisagree)]
    public void A_kind_that_is_unknown_or_not_the_frames_is_an_error(byte kind, object error)
    {
        byte[] frame = Frames.Tcp("10.0.0.1", 1, "10.0.0.2", 2, Frames.Ack, payload: 300);
        VirtioNetHeader offload = OffloadedFrames.LeaveChecksum(frame, OffloadedFrames.TcpChecksum, kind, 100);
        Segmentation.TryCreate(frame, offload, out _).ShouldBe((OffloadError)error);
    }

    [Fact]
    public void Headers_that_are_not_where_the_sender_says_are_an_error()
    {
        byte[] frame = Frames.Tcp("10.0.0.1", 1, "10.0.0.2", 2, Frames.Ack, payload: 300);
        VirtioNetHeader good = OffloadedFrames.LeaveChecksum(frame, OffloadedFrames.TcpChecksum, VirtioNetHeader.TcpIpv4, 100);
        Segmentation.TryCreate(frame, good with { SegmentSize = 0 }, out _).ShouldBe(OffloadError.HeadersDisagree);
        Segmentation.TryCreate(frame, good with { Flags = 0 }, out _).ShouldBe(OffloadError.HeadersDisagree);
        Segmentation.TryCreate(frame, good with { ChecksumStart = 60000 }, out _).ShouldBe(OffloadError.ChecksumOutside);
        Segmentation.TryCreate(frame, good with { ChecksumStart = 38 }, out _).ShouldBe(OffloadError.HeadersDisagree);
        Segmentation.TryCreate(frame.AsSpan(0, 54), good, out _).ShouldBe(OffloadError.HeadersDisagree);
        frame[46] = 0xf0;
        Segmentation.TryCreate(frame.AsSpan(0, 90), good, out _).ShouldBe(OffloadError.HeadersDisagree);
        frame[46] = 0x40;
        Segmentation.TryCreate(frame, good, out _).ShouldBe(OffloadError.HeadersDisagree);
    }

    [Fact]
    public void A_destination_too_small_gets_nothing()
    {
        byte[] frame = Frames.Tcp("10.0.0.1", 1, "10.0.0.2", 2, Frames.Ack, payload: 300);
        Segmentation.TryCreate(frame, OffloadedFrames.LeaveChecksum(frame, OffloadedFrames.TcpChecksum, VirtioNetHeader.TcpIpv4, 200),
            out Segmentation segments);
        segments.TryNext(new byte[segments.LongestSegment - 1], out _).ShouldBeFalse();
    }

    private static byte[] Untagged(byte[] frame) => [.. frame[..12], .. frame[16..]];
}
