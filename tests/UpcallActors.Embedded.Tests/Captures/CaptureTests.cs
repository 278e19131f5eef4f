using System.Buffers.Binary;
using UpcallActors.Embedded.Tests.Actions;
using UpcallActors.Embedded.Tests.Requests;
using UpcallActors.Packets;

namespace UpcallActors.Embedded.Tests.Captures;

/// <summary>Capture files as input and output of ports.</summary>
public sealed class CaptureTests
{
    [Fact]
    public void Frames_of_all_ports_come_in_recorded_order_and_only_those_the_host_sent()
    {
        using var datapath = new TestDatapath();
        byte[] frame = TestFrames.Udp();
        datapath.PutFlow(frame, ActionBytes.Output(TestDatapath.PortC), TestDatapath.PortA);
        datapath.PutFlow(frame, ActionBytes.Output(TestDatapath.PortC), TestDatapath.PortB);
        CapturedFrame At(long time, ushort port, ulong source = TestFrames.HostA)
        {
            byte[] data = TestFrames.Udp(port);
            BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(8), (uint)source);
            return new CapturedFrame(time, data);
        }

        Run(
            datapath,
            [
                new CaptureInput(TestDatapath.PortA, [At(30, 3), At(10, 1), At(20, 99, TestFrames.HostB), At(50, 5), At(50, 6)],
                    TestFrames.HostA),
                new CaptureInput(TestDatapath.PortB, [At(20, 2), At(40, 4), At(50, 7)], TestFrames.HostA),
            ],
            []);

        datapath.C.Frames.Select(sent => sent[35]).ShouldBe(new byte[] { 1, 2, 3, 4, 5, 6, 7 }.Select(port => port));
        datapath.Datapath.Clock.Microseconds.ShouldBe(50);
    }

    [Fact]
    public void The_flow_table_is_emptied_at_its_times_before_a_frame_of_the_same_time()
    {
        using var datapath = new TestDatapath();
        byte[] frame = TestFrames.Udp();
        datapath.PutFlow(frame, ActionBytes.Output(TestDatapath.PortC));
        Run(datapath, [new CaptureInput(TestDatapath.PortA, [new CapturedFrame(1, frame), new CapturedFrame(2, frame)], TestFrames.HostA)],
            [2]);

        (datapath.Counters.Hits, datapath.Counters.Misses).ShouldBe((1L, 1L));
    }

    [Fact]
    public void The_slow_path_is_waited_for_after_every_frame()
    {
        using var datapath = new TestDatapath();
        byte[] frame = TestFrames.Udp();
        int waits = 0;
        var replay = new CaptureReplay(datapath.Datapath,
            [new CaptureInput(TestDatapath.PortA, [new CapturedFrame(1, frame), new CapturedFrame(2, frame)], TestFrames.HostA)], []);
        Task run = replay.RunAsync(ReplayPace.WhenIdle, Idle, TimeProvider.System, CancellationToken.None);

        run.IsCompletedSuccessfully.ShouldBeTrue();
        waits.ShouldBe(3);

        ValueTask Idle(CancellationToken cancellation)
        {
            replay.Played.ShouldBe(Math.Min(++waits, 2));
            datapath.Upcalls().Count.ShouldBe(waits <= 2 ? 1 : 0);
            return ValueTask.CompletedTask;
        }
    }

    [Fact]
    public async Task A_cancelled_replay_stops()
    {
        using var datapath = new TestDatapath();
        using var stop = new CancellationTokenSource();
        var replay = new CaptureReplay(datapath.Datapath, [new CaptureInput(TestDatapath.PortA,
            [new CapturedFrame(1, TestFrames.Udp()), new CapturedFrame(2, TestFrames.Udp())], TestFrames.HostA)], []);
        await Should.ThrowAsync<OperationCanceledException>(replay.RunAsync(ReplayPace.WhenIdle, async _ => await stop.CancelAsync(),
            TimeProvider.System, stop.Token));
        replay.Played.ShouldBe(1);
    }

    [Fact]
    public void In_recorded_time_a_frame_waits_for_its_time()
    {
        using var datapath = new TestDatapath();
        var time = new SteppedTime();
        var replay = new CaptureReplay(datapath.Datapath, [new CaptureInput(TestDatapath.PortA,
            [new CapturedFrame(0, TestFrames.Udp()), new CapturedFrame(1_500_000, TestFrames.Udp())], TestFrames.HostA)], []);
        Task run = replay.RunAsync(ReplayPace.Recorded, _ => ValueTask.CompletedTask, time, CancellationToken.None);

        replay.Played.ShouldBe(1);
        run.IsCompleted.ShouldBeFalse();
        time.Waiting.ShouldBe(TimeSpan.FromSeconds(1.5));
    }

    [Fact]
    public void In_recorded_time_a_gap_longer_than_any_timer_is_waited_for_and_a_purge_before_the_first_frame_is_not()
    {
        using var datapath = new TestDatapath();
        var time = new SteppedTime();
        const long Years = 3 * 365L * 86_400_000_000;
        var replay = new CaptureReplay(
            datapath.Datapath,
            [new CaptureInput(TestDatapath.PortA,
                [new CapturedFrame(Years, TestFrames.Udp()), new CapturedFrame(2 * Years, TestFrames.Udp())], TestFrames.HostA)],
            [1]);
        Task run = replay.RunAsync(ReplayPace.Recorded, _ => ValueTask.CompletedTask, time, CancellationToken.None);

        replay.Played.ShouldBe(1);
        run.IsCompleted.ShouldBeFalse();
        time.Waiting.ShouldBe(TimeSpan.FromDays(1));
    }

    [Fact]
    public void In_recorded_time_the_last_frame_is_the_end_whatever_purges_come_later()
    {
        using var datapath = new TestDatapath();
        var replay = new CaptureReplay(datapath.Datapath,
            [new CaptureInput(TestDatapath.PortA, [new CapturedFrame(5, TestFrames.Udp())], TestFrames.HostA)], [long.MaxValue]);
        replay.RunAsync(ReplayPace.Recorded, _ => ValueTask.CompletedTask, new SteppedTime(),
            CancellationToken.None).IsCompletedSuccessfully.ShouldBeTrue();
        replay.Played.ShouldBe(1);
    }

    [Fact]
    public void A_file_that_ends_within_a_record_is_read_up_to_there_with_a_warning()
    {
        byte[] one = File(PcapLinkType.Ethernet, TestFrames.Udp());
        byte[] two = [.. one, .. one[24..]];
        for (int length = one.Length + 1; length < two.Length; length++)
        {
            CaptureContent content = CaptureFile.Read(two.AsMemory(0, length), "x.pcap");
            content.Frames.ShouldHaveSingleItem().Record.ShouldBe(1);
            content.Warnings.ShouldBe(["x.pcap: record 2: the file ends within it, and is read up to there"]);
        }

        CaptureFile.Read(two, "x.pcap").Warnings.ShouldBeEmpty();
        CaptureFile.Read(one.AsMemory(0, 30), "x.pcap").Frames.ShouldBeEmpty();
    }

    [Fact]
    public void Frames_that_were_cut_when_captured_are_told_and_not_sent()
    {
        byte[] file = File(PcapLinkType.Ethernet, TestFrames.Udp());
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(24 + 12), 1000);
        CapturedFrame cut = CaptureFile.Read(file, "x.pcap").Frames.ShouldHaveSingleItem();
        cut.Missing.ShouldBe(1000 - cut.Data.Length);
        using var datapath = new TestDatapath();
        Should.Throw<CaptureException>(
            () => new CaptureReplay(datapath.Datapath, [new CaptureInput(TestDatapath.PortA, [cut], TestFrames.HostA)], []))
            .Message.ShouldBe("record 1 of port 1: cut to 74 of 1000 bytes when it was captured");
        new CaptureReplay(datapath.Datapath, [new CaptureInput(TestDatapath.PortA, [cut], TestFrames.HostB)], []).FrameCount.ShouldBe(0);
    }

    [Fact]
    public void Several_stations_behind_one_port_all_send()
    {
        byte[] other = TestFrames.Udp();
        other[11] = 0x77;
        CapturedFrame[] frames = [new(1, TestFrames.Udp()), new(2, other), new(3, other)];
        using var datapath = new TestDatapath();
        int Sent(params ulong[] stations) =>
            new CaptureReplay(
                datapath.Datapath, [new CaptureInput(TestDatapath.PortA, frames, new HashSet<ulong>(stations))], []).FrameCount;
        Sent(TestFrames.HostA).ShouldBe(1);
        Sent(TestFrames.HostA, 0x0200_0000_0077).ShouldBe(3);
        Sent().ShouldBe(3);
    }

    [Fact]
    public void What_a_port_puts_out_is_a_capture_again()
    {
        using var file = new MemoryStream();
        using var datapath = new EmbeddedDatapath(new EmbeddedDatapathOptions { Clock = DatapathClock.Settable() });
        var port = new EmbeddedPort(1, "out", output: new CaptureOutput(file));
        byte[] frame = TestFrames.Udp();
        port.Output.ShouldNotBeNull().Transmit(frame, 1_795_346_914_670_955);

        CapturedFrame read = CaptureFile.Read(file.ToArray(), "out").Frames.Single();
        read.Microseconds.ShouldBe(1_795_346_914_670_955);
        read.Data.ToArray().ShouldBe(frame);
    }

    [Fact]
    public void A_stream_that_fails_ends_the_file_and_not_the_datapath()
    {
        var stream = new MemoryStream(new byte[100]);
        var output = new CaptureOutput(new FullDisk(stream));
        output.Transmit(TestFrames.Udp(payload: 200), 1);
        output.Transmit(TestFrames.Udp(), 2);
        output.Failure.ShouldNotBeNull();
        output.NotWritten.ShouldBe(2);
    }

    public static TheoryData<string, byte[]> BrokenFiles()
    {
        byte[] good = File(PcapLinkType.Ethernet, TestFrames.Udp());
        byte[] Changed(int offset, uint value)
        {
            byte[] file = [.. good];
            BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(offset), value);
            return file;
        }

        return new TheoryData<string, byte[]>
        {
            { "x.pcap: not a pcap or pcapng file (HeaderTruncated)", [] },
            { "x.pcap: not a pcap or pcapng file (UnknownMagic)", Changed(0, 0x12345678) },
            { "x.pcap: not a pcap or pcapng file (UnknownVersion)", Changed(4, 0x00040001) },
            { "x.pcap: record 1: of link type 253 (Netlink): left out. A port needs Ethernet frames",
                File(PcapLinkType.Netlink, new byte[60]) },
            { "x.pcap: record 1: of link type 4711: left out. A port needs Ethernet frames", File((PcapLinkType)4711, new byte[60]) },
            { "x.pcap: record 1: the file is damaged from here on (RecordTooLong)", Changed(24 + 8, uint.MaxValue) },
            { "x.pcap: record 1: too short for an Ethernet frame: left out", File(PcapLinkType.Ethernet, new byte[13]) },
        };
    }

    [Theory]
    [MemberData(nameof(BrokenFiles))]
    public void A_file_that_cannot_serve_is_refused_with_its_name_and_the_reason(string message, byte[] file) =>
        Should.Throw<CaptureException>(() => CaptureFile.Read(file, "x.pcap")).Message.ShouldStartWith(message);

    [Fact]
    public void A_second_run_plays_all_again_and_the_datapath_s_clock_goes_on()
    {
        using var datapath = new TestDatapath(new EmbeddedDatapathOptions { Clock = DatapathClock.Settable() });
        var replay = new CaptureReplay(datapath.Datapath, [new CaptureInput(TestDatapath.PortA,
            [new CapturedFrame(1_000_000, TestFrames.Udp()), new CapturedFrame(4_000_000, TestFrames.Udp())], TestFrames.HostA)], []);
        Func<ValueTask> idle = () => ValueTask.CompletedTask;

        replay.RunAsync(ReplayPace.WhenIdle, _ => idle(), TimeProvider.System, CancellationToken.None).IsCompletedSuccessfully
            .ShouldBeTrue();
        datapath.Datapath.Milliseconds.ShouldBe(4_000);
        var times = new List<long>();
        idle = () =>
        {
            times.Add(datapath.Datapath.Milliseconds);
            return ValueTask.CompletedTask;
        };
        replay.RunAsync(ReplayPace.WhenIdle, _ => idle(), TimeProvider.System, CancellationToken.None).IsCompletedSuccessfully
            .ShouldBeTrue();

        times.ShouldBe([5_000, 8_000, 8_000]);
        replay.Played.ShouldBe(2 * replay.FrameCount);
    }

    private static byte[] File(PcapLinkType type, byte[] record)
    {
        using var stream = new MemoryStream();
        new PcapWriter(stream, type).Write(1_000_000, record);
        return stream.ToArray();
    }

    private static void Run(TestDatapath datapath, CaptureInput[] inputs, long[] purges)
    {
        var replay = new CaptureReplay(datapath.Datapath, inputs, purges);
        replay.RunAsync(ReplayPace.WhenIdle, _ => ValueTask.CompletedTask, TimeProvider.System,
            CancellationToken.None).IsCompletedSuccessfully.ShouldBeTrue();
        replay.Played.ShouldBe(replay.FrameCount);
    }

    /// <summary>Time that stands still, and tells how long somebody means to wait.</summary>
    private sealed class SteppedTime : TimeProvider
    {
        public TimeSpan Waiting { get; private set; }

        public override long GetTimestamp() => 0;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Waiting = dueTime;
            return new Timer();
        }

        private sealed class Timer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }

    /// <summary>A stream without room for what is written behind the file header.</summary>
    private sealed class FullDisk(Stream inner) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => inner.Length;

        public override long Position { get => inner.Position; set => inner.Position = value; }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count)
        {
            if (inner.Position + count > inner.Length)
                throw new IOException("No space left on device");
            inner.Write(buffer, offset, count);
        }

        public override void Write(ReadOnlySpan<byte> buffer) => Write(buffer.ToArray(), 0, buffer.Length);
    }
}
