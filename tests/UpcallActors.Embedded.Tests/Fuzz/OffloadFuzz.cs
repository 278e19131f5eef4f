using UpcallActors.Embedded.Tests.Conntrack;
using UpcallActors.Embedded.Tests.Offload;
using UpcallActors.Linux;
using UpcallActors.Packets;

namespace UpcallActors.Embedded.Tests.Fuzz;

/// <summary>
/// Fuzz targets of what live ports receive. Input: 10 bytes of what a sender
/// left to its device, and a frame; or a VXLAN datagram behind a ToS.
/// </summary>
public class OffloadFuzz
{
    private static readonly byte[] s_room = new byte[70_000];

    internal static void Offloaded(ReadOnlySpan<byte> input)
    {
        if (input.Length < VirtioNetHeader.Length)
            return;
        VirtioNetHeader offload = VirtioNetHeader.Read(input);
        ReadOnlySpan<byte> frame = input[VirtioNetHeader.Length..];
        if (Segmentation.TryCreate(frame, offload, out Segmentation segments) == OffloadError.None)
        {
            int headers = segments.LongestSegment - Math.Min(offload.SegmentSize, frame.Length);
            int total = 0;
            while (segments.TryNext(s_room, out int length))
            {
                length.ShouldBeLessThanOrEqualTo(segments.LongestSegment);
                total += length;
            }

            total.ShouldBeGreaterThanOrEqualTo(frame.Length);
            headers.ShouldBeLessThan(frame.Length);
        }

        byte[] copy = frame.ToArray();
        if (ChecksumCompletion.Complete(copy, offload) != OffloadError.None)
            copy.ShouldBe(frame.ToArray());
    }

    internal static void Vxlan(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty || !VxlanHeader.TryRead(input[1..], out uint identifier, out ReadOnlySpan<byte> frame))
            return;
        identifier.ShouldBeLessThan(1u << 24);
        byte[] inner = frame.ToArray();
        (TunnelCongestion.Encapsulate(input[0], inner) & 0xfc).ShouldBe(input[0] & 0xfc);
        TunnelCongestion.TryDecapsulate(input[0], inner);
        inner.Length.ShouldBe(frame.Length);
    }

    [Fact]
    public void Offloaded_frames_survive_mutation() => SeededMutations.Run(Offloaded, OffloadCorpus());

    [Fact]
    public void Vxlan_datagrams_survive_mutation() => SeededMutations.Run(Vxlan, VxlanCorpus());

    internal static List<byte[]> VxlanCorpus() =>
    [
        [3, 8, 0, 0, 0, 0, 0, 5, 0, .. Frames.Udp("10.0.0.1", 1, "10.0.0.2", 2)],
        [1, 8, 0, 0, 0, 0, 0, 5, 0, .. Frames.Udp("fc00::1", 1, "fc00::2", 2)],
        [2, 8, 0, 0, 0, 0, 0, 5, 0, .. Frames.Udp("10.0.0.1", 1, "10.0.0.2", 2)[..12], 0x81, 0, 0, 1, 0x81, 0, 0, 2, 8, 0, 0x45],
    ];

    internal static List<byte[]> OffloadCorpus()
    {
        var corpus = new List<byte[]>();
        foreach ((string a, string b, byte tcp) in ((string, string, byte)[])[("10.0.0.1", "10.0.0.2", VirtioNetHeader.TcpIpv4),
            ("fc00::1", "fc00::2", VirtioNetHeader.TcpIpv6)])
        {
            corpus.Add(Sent(Frames.Tcp(a, 1, b, 2, Frames.Ack, payload: 700), OffloadedFrames.TcpChecksum, tcp, 100));
            corpus.Add(Sent(Frames.Udp(a, 1, b, 2, payload: 700), OffloadedFrames.UdpChecksum, VirtioNetHeader.UdpDatagrams, 100));
            corpus.Add(Sent(Frames.Udp(a, 1, b, 2), OffloadedFrames.UdpChecksum, VirtioNetHeader.Whole, 0));
        }

        byte[] inner = Frames.Tcp("10.0.0.1", 1, "10.0.0.2", 2, Frames.Ack, payload: 600);
        byte[] outer = Frames.Ip("192.0.2.1", "192.0.2.2", 17, [0, 1, 0x12, 0xb5, 0, 0, 0, 1, 8, 0, 0, 0, 0, 0, 5, 0, .. inner]);
        corpus.Add([1, 1, 0, 0, 100, 0, 84, 0, 16, 0, .. outer]);
        return corpus;
    }

    private static byte[] Sent(byte[] frame, int checksumOffset, byte kind, ushort size)
    {
        VirtioNetHeader offload = OffloadedFrames.LeaveChecksum(frame, checksumOffset, kind, size);
        return [offload.Flags, kind, 0, 0, (byte)size, 0, (byte)offload.ChecksumStart, 0, (byte)checksumOffset, 0, .. frame];
    }
}
