using Akka.Actor;
using Akka.TestKit;
using UpcallActors.Embedded;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;

namespace UpcallActors.Pipeline.Tests;

/// <summary>
/// An embedded datapath with ports 101 to 103, a bridge br0 over them with ports 1 to 3, a pipeline, and a controller: what it gets has
/// been bytes of OpenFlow 1.3, and so has what it sends.
/// </summary>
internal sealed class ControllerSwitch : IAsyncDisposable
{
    private readonly EmbeddedDatapath _datapath = new(new EmbeddedDatapathOptions { RandomSeed = 1 });
    private readonly UpcallPipeline _pipeline;
    private readonly PortRecorder[] _outputs = [new(), new(), new()];

    public ControllerSwitch(ActorSystem system, TestProbe reader, string flows, int narrowMtu = EmbeddedPort.DefaultMtu)
    {
        FlowFile file = FlowSyntax.ParseFile(flows);
        file.Errors.ShouldBeEmpty();
        Tables.Apply([.. file.Changes]);
        var ports = new List<BridgePort>();
        for (uint port = 1; port <= 3; port++)
        {
            int mtu = port == 3 ? narrowMtu : EmbeddedPort.DefaultMtu;
            _datapath.AddPort(new EmbeddedPort(100 + port, $"p{port}", mtu: mtu, output: _outputs[port - 1]));
            ports.Add(new BridgePort(port, 100 + port, $"p{port}") { Mtu = mtu });
        }

        Factory = new OpenFlowTranslatorFactory([new Bridge("br0", FailMode.Secure, Tables, ports)]);
        _pipeline = UpcallPipeline.Start(system, _datapath, Factory, new UpcallPipelineSettings { Revalidation = null });
        _pipeline.Controllers.Attach(reader.Ref, "told");
        Sender = new PacketOutSender(Factory, _datapath, Time);
    }

    public FlowTables Tables { get; } = new();

    public ManualTime Time { get; } = new();

    public OpenFlowTranslatorFactory Factory { get; }

    public PacketOutSender Sender { get; }

    public bool FragmentsLongPackets { get; set; }

    public Bridge Bridge => Factory.Bridges[0];

    public DatapathCounters Counters => _datapath.Counters;

    /// <summary>Frames that a port has put out.</summary>
    public List<byte[]> Sent(int port) => _outputs[port - 1].Frames;

    /// <summary>Frames come in together; returns what the controller got of them.</summary>
    public async Task<List<PacketInMessage>> ReceiveAsync(uint port, params IEnumerable<byte[]> frames)
    {
        foreach (byte[] frame in frames)
        {
            _datapath.Receive(100 + port, frame);
            await IdleAsync();
        }

        return Taken();
    }

    /// <summary>The controller sends a packet; returns what it gets of that.</summary>
    public async Task<List<PacketInMessage>> PacketOutAsync(byte[] packet, string actions, uint inPort = OpenFlowPorts.None)
    {
        FlowChange flow = FlowSyntax.ParseFlow("ip,actions=" + actions);
        var metadata = new MatchBuilder();
        metadata.Set(MatchFields.Get("in_port"), inPort);
        var message = new PacketOutMessage { Metadata = metadata.Build(), Actions = flow.Actions!, Packet = [.. packet] };
        var sent = (PacketOutMessage)Trip(MessageType.PacketOut, message);
        Sender.Send(Bridge, OpenFlowVersion.V13, sent, FragmentsLongPackets).ShouldBeNull();
        await IdleAsync();
        return Taken();
    }

    /// <summary>The controller gives a packet back; returns what it gets of that.</summary>
    public async Task<List<PacketInMessage>> ResumeAsync(PacketInMessage paused)
    {
        Sender.Resume(Bridge, OpenFlowVersion.V13, (PacketInMessage)Trip(MessageType.Resume, paused)).ShouldBeNull();
        await IdleAsync();
        return Taken();
    }

    public async ValueTask DisposeAsync()
    {
        await IdleAsync();
        await _pipeline.DisposeAsync();
        PacketAccount.ShouldBalance(_pipeline.Counters);
        Sender.Dispose();
        _datapath.Dispose();
    }

    private Task IdleAsync() => Eventually.HoldsAsync(
        () =>
        {
            _pipeline.Completion.IsCompleted.ShouldBeFalse("the pipeline has ended");
            return _pipeline.Counters.Completed == _datapath.Counters.UpcallsQueued;
        },
        () => $"{_pipeline.Counters.Completed} of {_datapath.Counters.UpcallsQueued} upcalls are done");

    private List<PacketInMessage> Taken()
    {
        var messages = new List<PacketInMessage>();
        while (_pipeline.Controllers.TryTake(out QueuedUpcall upcall))
        {
            ControllerPacket.TryRead(upcall.Message, upcall.UpcallPid, Factory.Recirculations, out ControllerPacket? packet, out _)
                .ShouldBe(ControllerPacketError.None);
            Sender.Remember(packet!);
            PacketInMessage? message = PacketInEncoding.Encode(packet!, PacketInFormat.Nicira2, OpenFlowVersion.V13);
            messages.Add((PacketInMessage)Trip(MessageType.PacketIn2, message.ShouldNotBeNull()));
        }

        return messages;
    }

    private static OpenFlowMessage Trip(MessageType type, OpenFlowMessage message)
    {
        var writer = new WireWriter();
        OpenFlowCodec.Encode(writer, (byte)OpenFlowVersion.V13, 0, MessageForms.Find(type, OpenFlowVersion.V13)!, message);
        OpenFlowCodec.Decode(writer.Written, out DecodedMessage? decoded).ShouldBeNull();
        return decoded!.Body;
    }

    private sealed class PortRecorder : IPortOutput
    {
        public List<byte[]> Frames { get; } = [];

        public void Transmit(ReadOnlySpan<byte> frame, long microseconds) => Frames.Add(frame.ToArray());
    }
}
