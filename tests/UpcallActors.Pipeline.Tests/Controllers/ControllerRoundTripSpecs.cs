using UpcallActors.Embedded;
using UpcallActors.Embedded.Tests.Fragments;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;

namespace UpcallActors.Pipeline.Tests;

/// <summary>Packets that go to a controller and come back, through an embedded datapath.</summary>
public sealed class ControllerRoundTripSpecs : PipelineSpec
{
    // What conntrack has put together from fragments goes on in table 1.
    private const string Reassemble = "ip,in_port=1,ct_state=-trk,actions=ct(table=1,zone=9)\n"
        + "ipv6,in_port=1,ct_state=-trk,actions=ct(table=1,zone=9)\n";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_datagram_of_fragments_that_was_paused_leaves_in_the_fragments_that_it_came_in(bool isIpv6)
    {
        await using ControllerSwitch bridge = Start(
            Reassemble + "table=1,cookie=7,actions=controller(pause),resubmit(,2)\ntable=2,actions=2");
        List<byte[]> fragments = Fragments(isIpv6, 1400);

        PacketInMessage paused = (await bridge.ReceiveAsync(1, fragments)).ShouldHaveSingleItem();
        paused.Packet.Length.ShouldBeGreaterThan(3000);
        bridge.Sent(2).ShouldBeEmpty();
        (await bridge.ResumeAsync(paused)).ShouldBeEmpty();

        ShouldBeSame(bridge.Sent(2), fragments, isIpv6);
        bridge.Sender.Counters.WithOrigin.ShouldBe(1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_datagram_of_fragments_that_a_controller_sends_on_leaves_in_the_fragments_that_it_came_in(bool isIpv6)
    {
        await using ControllerSwitch bridge = Start(Reassemble + "table=1,actions=controller");
        List<byte[]> fragments = Fragments(isIpv6, 1400);

        PacketInMessage packetIn = (await bridge.ReceiveAsync(1, fragments)).ShouldHaveSingleItem();
        byte[] routed = [.. packetIn.Packet];
        routed[5] = 77;
        (await bridge.PacketOutAsync(routed, "2")).ShouldBeEmpty();

        bridge.Sent(2).ConvertAll(frame => frame[5]).ShouldAllBe(last => last == 77);
        bridge.Sent(2).ForEach(frame => frame[5] = fragments[0][5]);
        ShouldBeSame(bridge.Sent(2), fragments, isIpv6);
    }

    [Fact]
    public async Task A_long_packet_of_which_nothing_is_known_is_dropped_and_counted_or_cut_if_that_is_wanted()
    {
        await using ControllerSwitch bridge = Start("actions=drop");
        byte[] datagram = Datagram.Whole(new Random(1), isIpv6: false, payload: 3000);

        await bridge.PacketOutAsync(datagram, "2");
        bridge.Sent(2).ShouldBeEmpty();
        bridge.Sender.Counters.TooLong.ShouldBe(1);

        bridge.FragmentsLongPackets = true;
        await bridge.PacketOutAsync(datagram, "clone(2),3");
        bridge.Sent(2).Count.ShouldBe(3);
        bridge.Sent(3).Count.ShouldBe(3);
        datagram[Datagram.NetworkOffset + 6] |= 0x40;
        await bridge.PacketOutAsync(datagram, "2");
        bridge.Sent(2).Count.ShouldBe(3);
        bridge.Sender.Counters.TooLong.ShouldBe(3);
    }

    [Fact]
    public async Task What_was_known_of_a_packet_is_forgotten_after_some_seconds()
    {
        await using ControllerSwitch bridge = Start(Reassemble + "table=1,actions=controller");
        PacketInMessage packetIn = (await bridge.ReceiveAsync(1, Fragments(isIpv6: false, 1400))).ShouldHaveSingleItem();
        bridge.Time.Advance(OriginMemory.Lifetime + TimeSpan.FromSeconds(1));
        await bridge.PacketOutAsync([.. packetIn.Packet], "2");
        bridge.Sent(2).ShouldBeEmpty();
        bridge.Sender.Counters.TooLong.ShouldBe(1);
    }

    [Theory]
    [InlineData("controller(pause),3")]
    [InlineData("controller")]
    public async Task Fragments_that_came_in_longer_than_the_port_takes_leave_in_shorter_ones(string action)
    {
        await using ControllerSwitch bridge = Start(Reassemble + "table=1,actions=" + action, narrowMtu: 1280);
        PacketInMessage packetIn = (await bridge.ReceiveAsync(1, Fragments(isIpv6: false, 1400))).ShouldHaveSingleItem();
        if (action == "controller")
            await bridge.PacketOutAsync([.. packetIn.Packet], "3");
        else
            await bridge.ResumeAsync(packetIn);
        bridge.Sent(3).Count.ShouldBe(3);
        bridge.Sent(3).ShouldAllBe(frame => frame.Length <= 1280 + Datagram.NetworkOffset);
    }

    [Fact]
    public async Task A_resumed_packet_goes_on_with_its_registers_and_may_be_paused_again()
    {
        await using ControllerSwitch bridge = Start(
            "in_port=1,cookie=1,actions=load:5->NXM_NX_REG0[],resubmit(,1),output:NXM_NX_REG1[]\n"
            + "table=1,cookie=2,actions=controller(pause,userdata=01),load:2->NXM_NX_REG1[],controller(pause,userdata=02),resubmit(,2)\n"
            + "table=2,reg0=5,actions=3");
        byte[] frame = RevalidatedSwitch.Udp(1, 2);

        PacketInMessage first = (await bridge.ReceiveAsync(1, frame)).ShouldHaveSingleItem();
        first.UserData.ShouldBe([(byte)1]);
        first.Cookie.ShouldBe(1u);
        PacketInMessage second = (await bridge.ResumeAsync(first)).ShouldHaveSingleItem();
        second.UserData.ShouldBe([(byte)2]);
        bridge.Sent(3).ShouldBeEmpty();
        (await bridge.ResumeAsync(second)).ShouldBeEmpty();

        bridge.Sent(3).ShouldHaveSingleItem().ShouldBe(frame);
        bridge.Sent(2).ShouldHaveSingleItem().ShouldBe(frame);
    }

    [Fact]
    public async Task The_connection_that_was_tracked_before_the_pause_is_known_after_it()
    {
        await using ControllerSwitch bridge = Start(
            "in_port=1,ip,ct_state=-trk,actions=ct(table=1,zone=9)\ntable=1,actions=controller(pause),resubmit(,2)\n"
            + "table=2,ip,ct_state=+new+trk,ct_zone=9,actions=2");
        PacketInMessage paused = (await bridge.ReceiveAsync(1, RevalidatedSwitch.Udp(1, 2))).ShouldHaveSingleItem();
        await bridge.ResumeAsync(paused);
        bridge.Sent(2).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_packet_out_goes_through_the_tables_is_credited_and_learned_from()
    {
        await using ControllerSwitch bridge = Start("in_port=2,actions=NORMAL");
        await bridge.PacketOutAsync(RevalidatedSwitch.Udp(1, 2), "TABLE", inPort: 2);

        bridge.Sent(1).Count.ShouldBe(1);
        bridge.Sent(2).ShouldBeEmpty();
        bridge.Sent(3).Count.ShouldBe(1);
        bridge.Tables.GetRules().ShouldHaveSingleItem().Counters.Packets.ShouldBe(1u);
        bridge.Bridge.MacLearning.TryLookup(0x0200_0000_0001, 0, out uint port).ShouldBeTrue();
        port.ShouldBe(2u);
    }

    [Fact]
    public async Task A_controller_that_sends_to_itself_gets_the_packet_and_why()
    {
        await using ControllerSwitch bridge = Start("actions=drop");
        byte[] frame = RevalidatedSwitch.Udp(1, 2);
        PacketInMessage back = (await bridge.PacketOutAsync(frame, "CONTROLLER:65535", OpenFlowPorts.Controller)).ShouldHaveSingleItem();
        back.Packet.ShouldBe(frame);
        back.Metadata.ToString().ShouldBe("in_port=CONTROLLER");
        // OpenFlow 1.3 has no reason of its own for it.
        back.Reason.ShouldBe((byte)ControllerReason.Action);
        back.Cookie.ShouldBe(ulong.MaxValue);
    }

    [Fact]
    public async Task A_packet_out_from_no_port_that_is_recirculated_goes_on_in_its_bridge()
    {
        await using ControllerSwitch bridge = Start("table=1,ip,in_port=CONTROLLER,ct_state=+trk,actions=2");
        await bridge.PacketOutAsync(RevalidatedSwitch.Udp(1, 2), "ct(table=1)", OpenFlowPorts.Controller);
        bridge.Sent(2).Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_cannot_go_on_is_refused_with_the_error_that_says_why()
    {
        await using ControllerSwitch bridge = Start("in_port=1,actions=controller(pause),2");
        PacketInMessage paused = (await bridge.ReceiveAsync(1, RevalidatedSwitch.Udp(1, 2))).ShouldHaveSingleItem();
        Continuation goesOn = Read(paused);

        Resume(paused with { Continuation = Write(goesOn with { Bridge = goesOn.Bridge + 1 }) }).ShouldBe(ResumeFailed.Stale);
        Resume(paused with { Continuation = [] }).ShouldBe(ResumeFailed.Stale);
        Resume(paused with { Packet = [1, 2, 3] }).ShouldBe(BadProperty.BadLength);
        bridge.Sender.Send(bridge.Bridge, OpenFlowVersion.V13, new PacketOutMessage { BufferId = 3 }).ShouldBe(BadRequest.BufferUnknown);
        bridge.Sender.Send(bridge.Bridge, OpenFlowVersion.V13, new PacketOutMessage { Packet = [1, 2, 3] }).ShouldBeNull();
        bridge.Sender.Counters.Refused.ShouldBe(1);
        bridge.Sent(2).ShouldBeEmpty();

        // A port of the datapath that is not the bridge's, and a port id of another program.
        Resume(paused with { Continuation = Write(goesOn with { DatapathPort = 999, UpcallPid = 4711 }) }).ShouldBeNull();
        bridge.Sent(2).Count.ShouldBe(1);

        OpenFlowError? Resume(PacketInMessage message) => bridge.Sender.Resume(bridge.Bridge, OpenFlowVersion.V13, message);
    }

    [Fact]
    public async Task A_packet_out_that_the_tables_send_in_circles_is_an_error()
    {
        await using ControllerSwitch bridge = Start("actions=resubmit(,0)");
        FlowChange flow = FlowSyntax.ParseFlow("actions=TABLE");
        var message = new PacketOutMessage { Actions = flow.Actions!, Packet = [.. RevalidatedSwitch.Udp(1, 2)] };
        bridge.Sender.Send(bridge.Bridge, OpenFlowVersion.V13, message).ShouldBe(FlowModFailed.Unknown);
    }

    private ControllerSwitch Start(string flows, int narrowMtu = EmbeddedPort.DefaultMtu) =>
        new(Sys, CreateTestProbe(), flows, narrowMtu);

    private static List<byte[]> Fragments(bool isIpv6, int mru) =>
        Datagram.Split(Datagram.Whole(new Random(7), isIpv6, payload: 3000), Datagram.TypeOf(isIpv6), mru);

    /// <summary>The identification of an IPv6 packet's fragments is chosen anew.</summary>
    private static void ShouldBeSame(List<byte[]> sent, List<byte[]> received, bool isIpv6)
    {
        if (isIpv6)
            sent.ConvertAll(frame => frame.Length).ShouldBe(received.ConvertAll(frame => frame.Length));
        else
            sent.ConvertAll(Convert.ToHexString).ShouldBe(received.ConvertAll(Convert.ToHexString));
    }

    private static Continuation Read(PacketInMessage paused)
    {
        Continuation.Decode(OpenFlowVersion.V13, paused.Continuation.AsSpan(), out Continuation? read).ShouldBeNull();
        return read!;
    }

    private static System.Collections.Immutable.ImmutableArray<byte> Write(Continuation continuation) =>
        continuation.Encode(OpenFlowVersion.V13);
}
