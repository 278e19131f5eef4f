using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto.Tests;

/// <summary>What an upcall of a controller's action says.</summary>
public class ControllerPacketTests
{
    private static readonly byte[] _frame = [.. Enumerable.Range(0, 60).Select(number => (byte)number)];

    [Fact]
    public void It_says_what_the_pipeline_knew_at_the_action_and_what_the_datapath_wants_back()
    {
        var bridge = new TestSwitch(
            "actions=load:7->NXM_NX_REG3[],resubmit(,4)\n"
            + "table=4,cookie=0xabc,priority=9,tcp,actions=controller(max_len=128,id=3,reason=invalid_ttl,userdata=01.02)");
        ControllerPacket packet = Read(bridge, Packets.Tcp(), new PacketOrigin(1500, 0x1_0000_0002, 0)).ShouldNotBeNull();

        packet.Bridge.ShouldBe("br0");
        packet.Packet.ShouldBe(_frame);
        packet.InPort.ShouldBe(1u);
        packet.Table.ShouldBe((byte)4);
        packet.Cookie.ShouldBe(0xabcu);
        packet.Reason.ShouldBe(ControllerReason.InvalidTtl);
        packet.ControllerId.ShouldBe((ushort)3);
        packet.MaximumLength.ShouldBe((ushort)128);
        packet.UserData.ShouldBe([(byte)1, (byte)2]);
        packet.Origin.ShouldBe(new PacketOrigin(1500, 0x1_0000_0002, 44));
        packet.Paused.ShouldBeNull();
        packet.Flow.Key.TpDst.ShouldBe((ushort)80);
        MatchFields.Get("reg3").Read(packet.Flow).ShouldBe((UInt128)7);
    }

    [Fact]
    public void A_packet_that_met_only_the_table_miss_flow_is_a_miss()
    {
        Read(new TestSwitch("priority=0,actions=controller"), Packets.Tcp())!.Reason.ShouldBe(ControllerReason.ExplicitMiss);
        Read(new TestSwitch("priority=1,actions=controller"), Packets.Tcp())!.Reason.ShouldBe(ControllerReason.Action);
        Read(new TestSwitch("priority=0,actions=controller"), Packets.Tcp())!.IsMiss.ShouldBeTrue();
    }

    [Fact]
    public void A_connection_that_this_switch_did_not_look_up_is_not_told_of()
    {
        FlowKey tracked = Packets.Tcp();
        tracked.CtState = CtState.Tracked | CtState.New;
        tracked.CtMark = 5;
        ControllerPacket packet = Read(new TestSwitch("actions=controller"), tracked)!;
        packet.Flow.Key.CtState.ShouldBe(CtState.None);
        packet.Flow.Key.CtMark.ShouldBe(0u);
    }

    [Fact]
    public void An_upcall_that_is_none_for_controllers_or_whose_state_is_not_known_says_why()
    {
        var bridge = new TestSwitch("actions=controller");
        byte[] message = UpcallOf(bridge, Packets.Tcp(), default);
        for (int length = 0; length < message.Length; length++)
            Read(message.AsSpan(0, length)).ShouldBe((ControllerPacketError.Malformed, ControllerReason.Action));
        byte[] other = Message(Packets.Tcp(), new UserspaceCookie(UserspaceReason.SlowPath, 1, 0), default);
        Read(other).ShouldBe((ControllerPacketError.Malformed, ControllerReason.Action));
        Read(message).ShouldBe((ControllerPacketError.UnknownState, ControllerReason.Action));
        ControllerRequest miss = ControllerRequest.Default with { Reason = ControllerReason.NoMatch };
        byte[] missed = Message(Packets.Tcp(), new UserspaceCookie(UserspaceReason.Controller, 99, miss.ToArgument()), default);
        Read(missed).ShouldBe((ControllerPacketError.UnknownState, ControllerReason.NoMatch));
        ulong quiet = (miss with { DontSend = true }).ToArgument();
        byte[] traced = Message(Packets.Tcp(), new UserspaceCookie(UserspaceReason.Controller, 99, quiet), default);
        Read(traced).ShouldBe((ControllerPacketError.NotToSend, ControllerReason.NoMatch));

        static (ControllerPacketError, ControllerReason) Read(ReadOnlySpan<byte> message)
        {
            ControllerPacketError error =
                ControllerPacket.TryRead(message, 0, new RecirculationTable(), out ControllerPacket? packet, out ControllerReason reason);
            packet.ShouldBeNull();
            return (error, reason);
        }
    }

    internal static ControllerPacket? Read(TestSwitch bridge, FlowKey key, PacketOrigin origin = default)
    {
        ControllerPacket.TryRead(
            UpcallOf(bridge, key, origin), upcallPid: 44, bridge.Factory.Recirculations, out ControllerPacket? packet, out _);
        return packet;
    }

    private static byte[] UpcallOf(TestSwitch bridge, FlowKey key, PacketOrigin origin) =>
        Message(key, UserspaceCookies.Of(bridge.Translate(key).Actions).ShouldHaveSingleItem(), origin);

    private static byte[] Message(FlowKey key, UserspaceCookie cookie, PacketOrigin origin)
    {
        var writer = new NetlinkWriter(new byte[1024]);
        int start = OvsHeader.Begin(ref writer, 35, NetlinkFlags.None, 0, (byte)PacketCommand.Action, OvsFamilyVersion.Packet, 1);
        int nest = writer.BeginNest(OvsPacketAttribute.Key);
        OvsFlowKeyWriter.WriteKey(key, ref writer);
        writer.EndNest(nest);
        byte[] data = new byte[cookie.Length];
        cookie.Write(data);
        writer.Put(OvsPacketAttribute.UserData, data);
        if (origin.Mru != 0)
            writer.PutU16(OvsPacketAttribute.Mru, origin.Mru);
        if (origin.Hash != 0)
            writer.PutU64(OvsPacketAttribute.Hash, origin.Hash);
        writer.Put(OvsPacketAttribute.Packet, _frame);
        writer.EndMessage(start);
        return writer.Written.ToArray();
    }
}
