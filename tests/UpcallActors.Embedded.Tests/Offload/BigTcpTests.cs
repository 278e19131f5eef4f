using System.Buffers.Binary;
using UpcallActors.Embedded.Tests.Requests;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Embedded.Tests.Offload;

/// <summary>Frames of more than 64 KiB, as hosts with BIG TCP show them to captures, are cut as a network device cuts them.</summary>
public sealed class BigTcpTests : IDisposable
{
    private const int Mtu = 1500;
    private readonly TestDatapath _datapath = new();

    public void Dispose() => _datapath.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_comes_out_is_the_stream_in_valid_segments(bool isIpv6)
    {
        byte[] payload = new byte[70_000];
        new Random(1).NextBytes(payload);
        byte[] big = isIpv6 ? Ipv6(payload) : Ipv4(payload);
        _datapath.PutFlow(big, Actions.ActionBytes.Output(TestDatapath.PortB));
        var replay =
            new CaptureReplay(
            _datapath.Datapath, [new CaptureInput(TestDatapath.PortA, [new CapturedFrame(5, big)], TestFrames.HostA) { Mtu = Mtu }], []);
        await replay.RunAsync(ReplayPace.WhenIdle, _ => ValueTask.CompletedTask, TimeProvider.System, CancellationToken.None);

        var stream = new List<byte>();
        foreach (byte[] frame in _datapath.B.Frames)
        {
            int tcp = isIpv6 ? 54 : 34;
            (frame.Length - 14).ShouldBeLessThanOrEqualTo(Mtu);
            if (isIpv6)
            {
                frame[20].ShouldBe((byte)6);
                BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(18)).ShouldBe((ushort)(frame.Length - 54));
            }
            else
            {
                BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(16)).ShouldBe((ushort)(frame.Length - 14));
                InternetChecksum.Compute(frame.AsSpan(14, 20)).ShouldBe((ushort)0);
            }

            ulong pseudo = isIpv6
                ? InternetChecksum.PseudoHeader(frame.AsSpan(22, 16), frame.AsSpan(38, 16), 6, frame.Length - tcp)
                : InternetChecksum.PseudoHeader(frame.AsSpan(26, 4), frame.AsSpan(30, 4), 6, frame.Length - tcp);
            InternetChecksum.Compute(frame.AsSpan(tcp), pseudo).ShouldBe((ushort)0);
            BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(tcp + 4)).ShouldBe(1000u + (uint)stream.Count);
            stream.AddRange(frame[(tcp + 20)..]);
        }

        stream.ToArray().ShouldBe(payload);
        replay.FrameCount.ShouldBe(_datapath.B.Frames.Count);
    }

    [Fact]
    public async Task A_frame_that_no_device_would_cut_is_dropped_by_its_cause()
    {
        byte[] big = Ipv4(new byte[70_000]);
        big[23] = 17;
        new CapturedFrame(5, big).IsTooLong(Mtu).ShouldBeTrue();
        new CapturedFrame(5, Ipv4(new byte[70_000])).IsTooLong(Mtu).ShouldBeFalse();
        new CapturedFrame(5, big.AsMemory(0, 1000)).IsTooLong(Mtu).ShouldBeFalse();
        var replay =
            new CaptureReplay(
            _datapath.Datapath,
            [new CaptureInput(
            TestDatapath.PortA, [new CapturedFrame(5, big), new CapturedFrame(6, big.AsMemory(0, 65_550))], TestFrames.HostA)], []);
        await replay.RunAsync(ReplayPace.WhenIdle, _ => ValueTask.CompletedTask, TimeProvider.System, CancellationToken.None);
        _datapath.Counters.Dropped(DropReason.FrameTooLong).ShouldBe(1);
        _datapath.Counters.Dropped(DropReason.UpcallTooLong).ShouldBe(1);
        _datapath.Counters.Lost.ShouldBe(1);
    }

    [Fact]
    public void Every_cause_of_a_drop_has_a_name_and_words_of_its_own()
    {
        IReadOnlyList<DatapathDrop> drops = _datapath.Datapath.Drops;
        drops.Count.ShouldBe(Enum.GetValues<DropReason>().Length);
        drops.Select(drop => drop.Cause).ShouldBeUnique();
        drops.Select(drop => drop.Description).ShouldBeUnique();
        drops.ShouldAllBe(drop => drop.Packets == 0);
        _datapath.Datapath.Receive(99, TestFrames.Udp());
        _datapath.Datapath.Drops.Single(drop => drop.Packets > 0)
            .ShouldBe(new DatapathDrop("unknown_input_port", "from a port that does not exist", 1));
    }

    private static byte[] Ipv4(byte[] payload)
    {
        byte[] ip = [0x45, 0, 0, 0, 0, 7, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
        return [.. TestFrames.Udp()[..14], .. ip, .. Tcp(), .. payload];
    }

    /// <summary>With the hop-by-hop header that says how long it is.</summary>
    private static byte[] Ipv6(byte[] payload)
    {
        byte[] frame = TestFrames.UdpOverIpv6();
        frame[18] = frame[19] = 0;
        frame[20] = 0;
        byte[] jumbo = [6, 0, 0xc2, 4, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt32BigEndian(jumbo.AsSpan(4), (uint)(payload.Length + 28));
        return [.. frame[..54], .. jumbo, .. Tcp(), .. payload];
    }

    private static byte[] Tcp()
    {
        byte[] tcp = new byte[20];
        BinaryPrimitives.WriteUInt16BigEndian(tcp, 40000);
        BinaryPrimitives.WriteUInt16BigEndian(tcp.AsSpan(2), 5201);
        BinaryPrimitives.WriteUInt32BigEndian(tcp.AsSpan(4), 1000);
        tcp[12] = 0x50;
        tcp[13] = 0x10;
        return tcp;
    }
}
