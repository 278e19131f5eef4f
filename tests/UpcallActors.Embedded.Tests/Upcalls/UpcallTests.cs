using UpcallActors.Embedded.Tests.Actions;
using UpcallActors.Embedded.Tests.Replays;
using UpcallActors.Embedded.Tests.Requests;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Embedded.Tests.Upcalls;

/// <summary>Upcall messages and the queues they wait in.</summary>
public sealed class UpcallTests : IDisposable
{
    private readonly TestDatapath _datapath = new();

    public void Dispose() => _datapath.Dispose();

    [Fact]
    public void An_ACTION_upcall_has_its_attributes_in_the_kernels_order_and_the_packet_last_unpadded()
    {
        byte[] frame = TestFrames.Udp(payload: 33);
        byte[] actions = Attributes.Concat(ActionBytes.Trunc(61), ActionBytes.Userspace([1, 2, 3], withActions: true),
            ActionBytes.Output(2));
        _datapath.Execute(frame, actions, mru: 1400).ShouldBe(0);

        byte[] upcall = _datapath.Upcalls().Single();
        ushort[] types = [.. TypesOf(upcall)];
        types.ShouldBe([OvsPacketAttribute.Key, OvsPacketAttribute.UserData, OvsPacketAttribute.Actions, OvsPacketAttribute.Mru,
            OvsPacketAttribute.Len, OvsPacketAttribute.Hash, OvsPacketAttribute.Packet]);
        PacketMessage.TryParse(upcall, out PacketMessage message).ShouldBe(OdpParseError.None);
        message.Command.ShouldBe(PacketCommand.Action);
        message.Packet.Of(upcall).ToArray().ShouldBe(frame[..61]);
        message.OriginalLength.ShouldBe((uint)frame.Length);
        message.UserData.Of(upcall).ToArray().ShouldBe([1, 2, 3]);
        message.Actions.Of(upcall).ToArray().ShouldBe(actions);
        message.Origin.Mru.ShouldBe((ushort)1400);
        (upcall.Length % 4).ShouldNotBe(0);
    }

    [Fact]
    public void What_an_EXECUTE_brought_goes_on_with_the_packet_to_the_next_upcall()
    {
        byte[] frame = TestFrames.Udp();
        _datapath.Datapath.Receive(1, frame);
        byte[] first = _datapath.Upcalls().Single();
        PacketMessage.TryParse(first, out PacketMessage before).ShouldBe(OdpParseError.None);
        byte[] execute = UpcallTurning.ToExecute(first, ActionBytes.Recirc(77));
        _datapath.Requests.Send(execute).ShouldBeEmpty();

        byte[] second = _datapath.Upcalls().Single();
        PacketMessage.TryParse(second, out PacketMessage after).ShouldBe(OdpParseError.None);
        after.Origin.Hash.ShouldBe(before.Origin.Hash);
        after.Origin.Hash.ShouldNotBe(0UL);
        OvsFlowKeyReader.TryRead(after.Key.Of(second), out FlowKey key).ShouldBe(OdpParseError.None);
        key.RecircId.ShouldBe(77u);
    }

    [Fact]
    public void An_upcall_turned_in_place_executes_the_actions_appended_not_its_own()
    {
        byte[] frame = TestFrames.Udp();
        _datapath.PutFlow(frame, Attributes.Concat(ActionBytes.Userspace([9], withActions: true), ActionBytes.Output(3)));
        _datapath.Datapath.Receive(1, frame);
        _datapath.Requests.Send(UpcallTurning.ToExecute(_datapath.Upcalls().Single(), ActionBytes.Output(2))).ShouldBeEmpty();

        _datapath.B.Frames.Count.ShouldBe(1);
        _datapath.C.Frames.Count.ShouldBe(1);
    }

    [Fact]
    public void A_failed_EXECUTE_is_answered_by_36_bytes_and_the_next_message_is_handled()
    {
        byte[] frame = TestFrames.Udp();
        _datapath.Datapath.Receive(1, frame);
        byte[] bad = UpcallTurning.ToExecute(_datapath.Upcalls().Single(), ActionBytes.Trunc(1));
        _datapath.Datapath.Receive(1, frame);
        byte[] good = UpcallTurning.ToExecute(_datapath.Upcalls().Single(), ActionBytes.Output(2));
        List<byte[]> answers = _datapath.Requests.Send([.. bad, .. good]);

        answers.Single().Length.ShouldBe(36);
        BitConverter.ToInt32(answers.Single(), NetlinkMessage.HeaderLength).ShouldBe(-22);
        _datapath.B.Frames.Count.ShouldBe(1);
    }

    [Fact]
    public void A_full_queue_loses_upcalls_counts_them_and_recovers()
    {
        using var small = new TestDatapath(new EmbeddedDatapathOptions { UpcallQueueBytes = 128 << 10 });
        byte[] frame = TestFrames.Udp(payload: 1400);
        for (int packet = 0; packet < 1000; packet++)
            small.Datapath.Receive(1, frame);

        int queued = small.Upcalls().Count;
        queued.ShouldBeInRange(30, 90);
        small.Source(0).Dropped.ShouldBe((ulong)(1000 - queued));
        small.Counters.Lost.ShouldBe(1000 - queued);
        small.Counters.Dropped(DropReason.UpcallQueueFull).ShouldBe(1000 - queued);
        small.Counters.UpcallsQueued.ShouldBe(queued);
        small.Datapath.Receive(1, frame);
        small.Upcalls().Count.ShouldBe(1);
    }

    [Fact]
    public void Upcalls_come_out_in_order_and_whole_however_the_queue_wraps()
    {
        using var small = new TestDatapath(new EmbeddedDatapathOptions { UpcallQueueBytes = 128 << 10 });
        using var slots = new MessageSlots(3);
        var random = new Random(5);
        int sent = 0;
        int received = 0;
        for (int round = 0; round < 3000; round++)
        {
            for (int burst = random.Next(6); burst > 0; burst--)
                small.Datapath.Receive(1, TestFrames.Udp(source: (ushort)sent++, payload: random.Next(9000)));
            int count = small.Source(0).Receive(slots, 0, random.Next(1, 4));
            for (int slot = 0; slot < count; slot++)
                received += CheckNumber(slots.Message(slot), ref _lastNumber);
        }

        received.ShouldBeGreaterThan(1000);
        small.Source(0).Dropped.ShouldBeGreaterThan(0UL);
    }

    [Fact]
    public void The_descriptor_is_readable_exactly_while_upcalls_wait()
    {
        IsReadable().ShouldBeFalse();
        _datapath.Datapath.Receive(1, TestFrames.Udp());
        _datapath.Datapath.Receive(1, TestFrames.Udp());
        IsReadable().ShouldBeTrue();
        _datapath.Upcalls().Count.ShouldBe(2);
        IsReadable().ShouldBeFalse();

        bool IsReadable() => Readiness.Wait(_datapath.Source(0).Descriptor, -1, 0).First;
    }

    [Fact]
    public void A_flow_has_one_handler_and_flows_are_spread_over_all()
    {
        using var four = new TestDatapath(new EmbeddedDatapathOptions { HandlerCount = 4 });
        for (ushort source = 0; source < 200; source++)
        {
            four.Datapath.Receive(1, TestFrames.Udp(source));
            four.Datapath.Receive(1, TestFrames.Udp(source, payload: 99));
        }

        for (int handler = 0; handler < 4; handler++)
        {
            ushort[] sources = [.. four.Upcalls(handler).Select(SourcePortOf)];
            sources.Length.ShouldBeGreaterThan(20);
            sources.GroupBy(source => source).ShouldAllBe(group => group.Count() == 2);
        }
    }

    [Fact]
    public void The_upcall_pid_of_an_EXECUTE_says_where_its_recirculated_upcall_goes()
    {
        using var four = new TestDatapath(new EmbeddedDatapathOptions { HandlerCount = 4 });
        byte[] frame = TestFrames.Udp();
        for (int handler = 0; handler < 4; handler++)
        {
            byte[] attributes = Attributes.Build((ref NetlinkWriter writer) =>
            {
                writer.Put(OvsPacketAttribute.Packet, frame);
                writer.Put(OvsPacketAttribute.Key, TestDatapath.Key(frame));
                writer.Put(OvsPacketAttribute.Actions, ActionBytes.Recirc(3));
                writer.PutU32(OvsPacketAttribute.UpcallPid, four.Source(handler).UpcallPid);
            });
            four.Requests.Request(four.Datapath.Families.Packet, (byte)PacketCommand.Execute, attributes).ShouldBe(0);
            four.Upcalls(handler).Count.ShouldBe(1);
        }
    }

    [Fact]
    public void The_longest_packet_that_an_attribute_holds_comes_up_and_a_longer_one_is_lost()
    {
        byte[] longest = TestFrames.Udp(payload: 65_531 - 42);
        _datapath.Datapath.Receive(1, longest);
        byte[] upcall = _datapath.Upcalls().Single();
        PacketMessage.TryParse(upcall, out PacketMessage message).ShouldBe(OdpParseError.None);
        message.Packet.Length.ShouldBe(longest.Length);
        _datapath.Datapath.Receive(1, [.. longest, 0]);
        _datapath.Upcalls().ShouldBeEmpty();
        _datapath.Counters.Lost.ShouldBe(1);
    }

    private int _lastNumber = -1;

    private static int CheckNumber(ReadOnlySpan<byte> upcall, ref int last)
    {
        PacketMessage.TryParse(upcall, out PacketMessage message).ShouldBe(OdpParseError.None);
        ReadOnlySpan<byte> frame = message.Packet.Of(upcall);
        TestFrames.HasValidChecksums(frame).ShouldBeTrue();
        int number = (frame[34] << 8) | frame[35];
        number.ShouldBeGreaterThan(last);
        last = number;
        return 1;
    }

    private static ushort SourcePortOf(byte[] upcall)
    {
        PacketMessage.TryParse(upcall, out PacketMessage message).ShouldBe(OdpParseError.None);
        OvsFlowKeyReader.TryRead(message.Key.Of(upcall), out FlowKey key).ShouldBe(OdpParseError.None);
        return key.TpSrc;
    }

    private static List<ushort> TypesOf(byte[] upcall)
    {
        var types = new List<ushort>();
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(upcall.AsSpan(OvsHeader.AttributesOffset)))
            types.Add(attribute.Type);
        return types;
    }
}
