using UpcallActors.Embedded.Tests.Actions;
using UpcallActors.Embedded.Tests.Requests;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Embedded.Tests.Upcalls;

/// <summary>A packet costs no managed memory once pools are filled.</summary>
public sealed class AllocationTests
{
    private const int WarmUp = 200;
    private const int Rounds = 500;
    private const int Measurements = 5;
    private const int AllRounds = WarmUp + (Rounds * Measurements);

    [Fact]
    public void A_packet_that_hits_a_flow_allocates_nothing()
    {
        using var datapath = new EmbeddedDatapath(new EmbeddedDatapathOptions());
        using var requests = new Replays.RequestSender(datapath);
        datapath.AddPort(new EmbeddedPort(1, "a"));
        datapath.AddPort(new EmbeddedPort(2, "b"));
        byte[] frame = TestFrames.Udp(payload: 1000);
        byte[] actions = Attributes.Concat(
            ActionBytes.Set(OvsKeyAttribute.Udp, [0, 1, 0, 2]), ActionBytes.PushVlan(7), ActionBytes.Clone(ActionBytes.Output(2)),
            ActionBytes.PopVlan(),
            ActionBytes.Ct(1, commit: true), ActionBytes.Recirc(1));
        foreach (uint recircId in new uint[] { 0, 1 })
        {
            byte[] flow = TestDatapath.Flow(TestDatapath.Key(frame, 1, recircId), recircId == 0 ? null : TestDatapath.PortMask(),
                recircId == 0 ? actions : ActionBytes.Output(2));
            requests.Request(datapath.Families.Flow, OvsCommand.New, NetlinkFlags.Create, flow, out _).ShouldBe(0);
        }

        AllocatedBy(() => datapath.Receive(1, frame)).ShouldBe(0);
        datapath.Counters.Hits.ShouldBe(AllRounds * 2);
    }

    [Fact]
    public void A_frame_cut_into_segments_that_go_into_a_tunnel_allocates_nothing()
    {
        using var datapath = new EmbeddedDatapath(new EmbeddedDatapathOptions());
        using var requests = new Replays.RequestSender(datapath);
        datapath.AddPort(new EmbeddedPort(1, "a"));
        var tunnel = new CountingTunnel();
        datapath.AddPort(new EmbeddedPort(2, "b", tunnel: tunnel));
        byte[] frame = Conntrack.Frames.Tcp("10.0.0.1", 1, "10.0.0.2", 2, Conntrack.Frames.Ack, payload: 5000);
        VirtioNetHeader offload = Offload.OffloadedFrames.LeaveChecksum(frame, Offload.OffloadedFrames.TcpChecksum,
            VirtioNetHeader.TcpIpv4, 1000);
        byte[] setTunnel = Attributes.Build(
            (ref NetlinkWriter writer) => OvsFlowKeyWriter.WriteTunnelAttributes(new FlowKey { TunIpv4Dst = 1, TunTtl = 64 }, ref writer));
        byte[] flow = TestDatapath.Flow(TestDatapath.Key(frame), TestDatapath.PortMask(),
            Attributes.Concat(ActionBytes.Set(OvsKeyAttribute.Tunnel, setTunnel), ActionBytes.Output(2)));
        requests.Request(datapath.Families.Flow, OvsCommand.New, NetlinkFlags.Create, flow, out _).ShouldBe(0);
        var batch = new FrameBatch();

        AllocatedBy(Round).ShouldBe(0);
        tunnel.Frames.ShouldBe(AllRounds * 5);

        void Round()
        {
            Segmentation.TryCreate(frame, offload, out Segmentation segments);
            while (segments.TryNext(batch.Reserve(segments.LongestSegment), out int length))
                batch.Commit(1, length);
            datapath.Receive(batch);
            batch.Clear();
        }
    }

    [Fact]
    public void An_upcall_and_its_EXECUTE_allocate_nothing()
    {
        using var datapath = new EmbeddedDatapath(new EmbeddedDatapathOptions());
        datapath.AddPort(new EmbeddedPort(1, "a"));
        datapath.AddPort(new EmbeddedPort(2, "b"));
        using IUpcallSource source = datapath.OpenUpcalls(0);
        using IRequestChannel channel = datapath.OpenRequests();
        using var slots = new MessageSlots(1);
        using var appended = new NativeRegion(64);
        var writer = new NetlinkWriter(appended.Slice(0, 64));
        writer.Put(OvsPacketAttribute.Actions, ActionBytes.Output(2));
        int actionsLength = writer.Length;
        var vector = new SendVector(4);
        byte[] frame = TestFrames.Udp(payload: 1001);
        byte[] answer = new byte[4096];

        AllocatedBy(Round).ShouldBe(0);
        datapath.Counters.Executes.ShouldBe(AllRounds);

        void Round()
        {
            datapath.Receive(1, frame);
            source.Receive(slots, 0, 1);
            int length = NetlinkAlignment.Align(slots.Message(0).Length);
            Span<byte> slot = slots.Slot(0);
            slot[GenericNetlinkHeader.CommandOffset] = (byte)PacketCommand.Execute;
            slot[NetlinkMessage.FlagsOffset] = (byte)NetlinkFlags.Request;
            BitConverter.TryWriteBytes(slot, length + actionsLength);
            vector.Clear();
            vector.Append(slots.Region, 0, length);
            vector.Append(appended, 0, actionsLength);
            channel.Send(vector);
            channel.Receive(answer);
        }
    }

    /// <summary>
    /// The least of several measurements: what a packet costs shows in each, what the runtime does once (compiling a method
    /// anew, say) in one alone.
    /// </summary>
    private static long AllocatedBy(Action round)
    {
        for (int index = 0; index < WarmUp; index++)
            round();
        long least = long.MaxValue;
        for (int measurement = 0; measurement < Measurements; measurement++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int index = 0; index < Rounds; index++)
                round();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }

    private sealed class CountingTunnel : ITunnelOutput
    {
        public int Frames { get; private set; }

        public void Transmit(ReadOnlySpan<byte> frame, in FlowKey tunnel, uint hash) => Frames++;

        public bool TryFillEgress(ref FlowKey tunnel, uint hash) => false;
    }
}
