using UpcallActors.Embedded.Tests.Actions;
using UpcallActors.Embedded.Tests.Requests;
using UpcallActors.Linux;

namespace UpcallActors.Embedded.Tests.Ports;

/// <summary>The thread that takes frames of devices.</summary>
public sealed class PortReceiverTests : IDisposable
{
    private readonly TestDatapath _datapath = new();

    public void Dispose() => _datapath.Dispose();

    [Fact]
    public async Task A_device_that_fails_now_and_then_is_received_from_all_the_same()
    {
        using var failures = new UnattendedFailures();
        using var port = new FlakyPort { Port = _datapath.Datapath.Ports.Single(port => port.Number == TestDatapath.PortA) };
        using var receiver = new PortReceiver(_datapath.Datapath, 1, keepsTime: false);

        receiver.Add(port);
        await Eventually.HoldsAsync(() => _datapath.Counters.Misses == 3);

        failures.Of(port.Failure).ShouldBe(3);
        receiver.Remove(port).ShouldBeTrue();
    }

    [Fact]
    public void A_frame_that_the_datapath_fails_over_costs_itself_and_not_those_behind_it()
    {
        using var failures = new UnattendedFailures();
        var output = new FlakyOutput();
        _datapath.Datapath.AddPort(new EmbeddedPort(9, "flaky", output: output));
        byte[] udp = TestFrames.Udp();
        _datapath.PutFlow(udp, ActionBytes.Output(9));
        var intake = new FrameIntake(_datapath.Datapath);
        for (int frame = 0; frame < 3; frame++)
        {
            udp.CopyTo(intake.Reserve(udp.Length));
            intake.Batch.Commit(TestDatapath.PortA, udp.Length);
        }

        intake.Submit();
        intake.Submit();

        output.Frames.ShouldBe(3);
        failures.Of(output.Failure).ShouldBe(1);
        _datapath.Counters.Dropped(DropReason.Failed).ShouldBe(1);
        _datapath.Counters.Hits.ShouldBe(3);
    }

    /// <summary>Always has a frame, and fails each other time.</summary>
    private sealed class FlakyPort : LivePort
    {
        private readonly EventFd _readable = new();
        private int _calls;

        public FlakyPort() => _readable.Signal();

        public InvalidOperationException Failure { get; } = new("device");

        public override int DescriptorCount => 1;

        public override int Descriptor(int index) => _readable.Descriptor;

        public override bool Receive(int index, FrameIntake intake)
        {
            if (_calls++ % 2 == 0)
                throw Failure;
            byte[] udp = TestFrames.Udp();
            udp.CopyTo(intake.Reserve(udp.Length));
            intake.Batch.Commit(Port.Number, udp.Length);
            if (_calls == 6)
                _readable.Reset();
            return true;
        }

        public override void Dispose() => _readable.Dispose();
    }

    private sealed class FlakyOutput : IPortOutput
    {
        public InvalidOperationException Failure { get; } = new("output");

        public int Frames { get; private set; }

        public void Transmit(ReadOnlySpan<byte> frame, long microseconds)
        {
            if (Frames++ == 1)
                throw Failure;
        }
    }
}
