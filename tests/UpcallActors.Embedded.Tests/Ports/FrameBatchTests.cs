using UpcallActors.Embedded.Tests.Actions;
using UpcallActors.Embedded.Tests.Requests;

namespace UpcallActors.Embedded.Tests.Ports;

public sealed class FrameBatchTests : IDisposable
{
    private const uint Port = 4;
    private readonly TestDatapath _datapath = new();
    private readonly CollectingOutput _output = new();

    public FrameBatchTests() => _datapath.Datapath.AddPort(new EmbeddedPort(Port, "collecting", output: _output));

    public void Dispose() => _datapath.Dispose();

    [Fact]
    public void Frames_of_a_batch_go_through_in_order_and_their_output_is_flushed_once_behind_them()
    {
        byte[] udp = TestFrames.Udp();
        byte[] tcp = TestFrames.Tcp();
        _datapath.PutFlow(udp, ActionBytes.Output(Port));
        _datapath.PutFlow(udp, ActionBytes.Output(Port), port: TestDatapath.PortB);
        var batch = new FrameBatch();
        Add(batch, TestDatapath.PortA, udp);
        Add(batch, TestDatapath.PortB, tcp);
        Add(batch, TestDatapath.PortA, tcp);
        _datapath.Datapath.Receive(batch);

        _output.Flushed.ShouldHaveSingleItem().ShouldBe([udp, tcp, tcp]);
        _datapath.Counters.Hits.ShouldBe(3);
        batch.Clear();
        _datapath.Datapath.Receive(batch);
        _output.Flushed.Count.ShouldBe(1);
    }

    [Fact]
    public void Outputs_are_flushed_behind_a_single_frame_and_behind_the_requests_of_one_send()
    {
        byte[] udp = TestFrames.Udp();
        _datapath.PutFlow(udp, ActionBytes.Output(Port));
        _datapath.Datapath.Receive(TestDatapath.PortA, udp);
        _output.Flushed.ShouldHaveSingleItem().ShouldBe([udp]);
        _datapath.Execute(udp, Attributes.Concat(ActionBytes.Output(Port), ActionBytes.Output(Port))).ShouldBe(0);
        _output.Flushed.Count.ShouldBe(2);
        _output.Flushed[1].ShouldBe([udp, udp]);
    }

    [Fact]
    public void A_batch_takes_so_many_frames_and_bytes_and_no_more()
    {
        var batch = new FrameBatch(frames: 2, bytes: 100);
        batch.Reserve(101).IsEmpty.ShouldBeTrue();
        batch.Reserve(100).Length.ShouldBe(100);
        batch.Commit(1, 60);
        batch.Reserve(41).IsEmpty.ShouldBeTrue();
        Should.Throw<ArgumentOutOfRangeException>(() => batch.Commit(1, 41));
        batch.Reserve(20).Length.ShouldBe(20);
        batch.Commit(1, 20);
        batch.Reserve(1).IsEmpty.ShouldBeTrue();
        batch.Count.ShouldBe(2);
        batch.Clear();
        batch.Reserve(100).Length.ShouldBe(100);
    }

    [Fact]
    public void A_port_taken_out_has_been_flushed_and_gets_nothing_more()
    {
        byte[] udp = TestFrames.Udp();
        _datapath.PutFlow(udp, ActionBytes.Output(Port));
        EmbeddedPort port = _datapath.Datapath.Ports.Single(port => port.Number == Port);
        _datapath.Datapath.RemovePort(port).ShouldBeTrue();
        _datapath.Datapath.RemovePort(port).ShouldBeFalse();
        _datapath.Datapath.Receive(TestDatapath.PortA, udp);
        _output.Flushed.ShouldBeEmpty();
        _datapath.Counters.Dropped(DropReason.UnknownPort).ShouldBe(1);
    }

    [Fact]
    public void A_ports_MTU_can_change()
    {
        byte[] udp = TestFrames.Udp(payload: 1000);
        _datapath.PutFlow(udp, ActionBytes.Output(Port));
        EmbeddedPort port = _datapath.Datapath.Ports.Single(port => port.Number == Port);
        port.Mtu = 1000;
        _datapath.Datapath.Receive(TestDatapath.PortA, udp);
        _output.Flushed.ShouldBeEmpty();
        port.Mtu = 1028;
        _datapath.Datapath.Receive(TestDatapath.PortA, udp);
        _output.Flushed.Count.ShouldBe(1);
        Should.Throw<ArgumentOutOfRangeException>(() => port.Mtu = 0);
    }

    private static void Add(FrameBatch batch, uint port, byte[] frame)
    {
        frame.CopyTo(batch.Reserve(frame.Length));
        batch.Commit(port, frame.Length);
    }

    private sealed class CollectingOutput : IPortOutput
    {
        private readonly List<byte[]> _waiting = [];

        public List<byte[][]> Flushed { get; } = [];

        public void Transmit(ReadOnlySpan<byte> frame, long microseconds) => _waiting.Add(frame.ToArray());

        public void Flush()
        {
            Flushed.Add([.. _waiting]);
            _waiting.Clear();
        }
    }
}
