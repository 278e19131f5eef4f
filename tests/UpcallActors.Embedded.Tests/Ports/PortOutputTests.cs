using UpcallActors.Embedded.Tests.Actions;
using UpcallActors.Embedded.Tests.Requests;

namespace UpcallActors.Embedded.Tests.Ports;

/// <summary>Outputs of ports that do not keep their contract.</summary>
public sealed class PortOutputTests : IDisposable
{
    private const uint Port = 4;
    private readonly TestDatapath _datapath = new();
    private readonly BadOutput _output = new();

    public PortOutputTests() => _datapath.Datapath.AddPort(new EmbeddedPort(Port, "bad", output: _output));

    public void Dispose() => _datapath.Dispose();

    [Fact]
    public void An_output_that_calls_the_datapath_is_told_so_and_overwrites_nothing()
    {
        byte[] frame = TestFrames.Udp();
        byte[] other = TestFrames.Tcp();
        _datapath.PutFlow(frame, Attributes.Concat(ActionBytes.Output(Port), ActionBytes.Output(TestDatapath.PortB)));
        _output.OnTransmit = () => Should.Throw<InvalidOperationException>(() => _datapath.Datapath.Receive(TestDatapath.PortC, other));
        _datapath.Datapath.Receive(TestDatapath.PortA, frame);

        _output.Frames.ShouldBe(1);
        _datapath.B.Frames.ShouldHaveSingleItem().ShouldBe(frame);
    }

    [Fact]
    public void Outputs_that_throw_do_not_spoil_the_packets_that_follow()
    {
        byte[] frame = TestFrames.Udp();
        _datapath.PutFlow(frame, ActionBytes.Recirc(1));
        _datapath.PutFlow(frame, Attributes.Concat(ActionBytes.Output(Port), ActionBytes.Output(TestDatapath.PortB)), recircId: 1);
        _output.OnTransmit = () => throw new NotSupportedException();
        for (int packet = 0; packet < 6; packet++)
            Should.Throw<NotSupportedException>(() => _datapath.Datapath.Receive(TestDatapath.PortA, frame));

        _output.OnTransmit = null;
        _datapath.Datapath.Receive(TestDatapath.PortA, frame);
        _datapath.B.Frames.ShouldHaveSingleItem().ShouldBe(frame);
        _datapath.Counters.Dropped(DropReason.RecursionLimit).ShouldBe(0);
    }

    private sealed class BadOutput : IPortOutput
    {
        public Action? OnTransmit { get; set; }

        public int Frames { get; private set; }

        public void Transmit(ReadOnlySpan<byte> frame, long microseconds)
        {
            Frames++;
            OnTransmit?.Invoke();
        }
    }
}
