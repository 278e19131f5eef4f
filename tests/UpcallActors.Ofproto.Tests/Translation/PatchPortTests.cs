using UpcallActors.Odp;
using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto.Tests;

/// <summary>
/// An output to a patch port goes on in the peer's bridge. Traces are held against those of ovs-vswitchd in the tests with the real
/// switch; what a trace does not show is here.
/// </summary>
public class PatchPortTests
{
    private const string Ct = "ct(zone=9),recirc(0x1)";

    [Theory]
    [InlineData("actions=11", "in_port=11,actions=1", "201")]
    [InlineData("actions=11", "in_port=1,actions=1", "drop")]
    [InlineData(
        "actions=11,2", "actions=mod_dl_dst:02:00:00:00:00:09,1",
        "set(eth(dst=02:00:00:00:00:09)),201,set(eth(dst=02:00:00:00:00:02)),102")]
    [InlineData("actions=load:7->NXM_NX_REG0[],11,output:NXM_NX_REG0[]", "reg0=7,actions=1\npriority=1,reg0=0,actions=2", "202")]
    [InlineData("actions=set_tunnel:7,11", "tun_id=7,actions=1\npriority=1,tun_id=0,actions=2", "202")]
    [InlineData("actions=11,2", "actions=load:2->NXM_OF_IN_PORT[],in_port", "202,102")]
    [InlineData("in_port=1,actions=11\nin_port=11,actions=2", "actions=in_port,1", "102,201")]
    [InlineData("actions=11,in_port", "actions=11", "101")]
    [InlineData("actions=flood", "actions=flood", "100,102,103,200,201,202")]
    [InlineData("actions=normal", "actions=normal", "100,102,103,200,201,202")]
    [InlineData("actions=output(port=11,max_len=64),2", "actions=1", "102")]
    [InlineData("actions=11,2", "actions=1,resubmit(,1)\ntable=1,actions=2,resubmit(,1)", "201,202*64,102")]
    public void A_packet_goes_on_in_the_bridge_behind(string flows, string peerFlows, string actions)
    {
        string[] parts = actions.Split("202*64");
        string expected = string.Join(string.Join(',', Enumerable.Repeat("202", 64)), parts);
        new PatchedSwitch(flows, peerFlows).Near.Translate(Packets.Tcp()).Text.ShouldBe(expected);
    }

    [Theory]
    [InlineData("actions=11,2", $"clone({Ct}),102")]
    [InlineData("actions=2,11", $"102,{Ct}")]
    [InlineData(
        "actions=2,push_vlan:0x8100,set_field:4103->vlan_vid,11,strip_vlan,2",
        $"102,push_vlan(vid=7,pcp=0),clone({Ct}),pop_vlan,102")]
    [InlineData("actions=2,clone(11),push_vlan:0x8100,11", $"102,clone({Ct}),push_vlan(vid=0,pcp=0),{Ct}")]
    public void What_conntrack_does_there_is_done_to_a_copy_if_the_packet_goes_on(string flows, string actions) =>
        new PatchedSwitch(flows, "ip,actions=ct(table=1,zone=9)").Near.Translate(Packets.Tcp()).Text.ShouldBe(actions);

    [Fact]
    public void A_copy_within_a_copy_stays_one_when_four_bytes_follow() =>
        new PatchedSwitch("actions=clone(11),ct_clear", "ip,actions=ct(table=1,zone=9)").Near
            .Translate(Packets.Tcp() with { CtState = CtState.Tracked }).Text.ShouldBe($"clone({Ct}),ct_clear");

    [Fact]
    public void Conntrack_in_a_table_behind_the_first_does_not_touch_the_packet_either() =>
        new PatchedSwitch("actions=11,2", "actions=resubmit(,1)\ntable=1,ip,actions=ct(table=1,zone=9)").Near
            .Translate(Packets.Tcp()).Text.ShouldBe($"clone({Ct}),102");

    [Fact]
    public void A_packet_comes_back_from_conntrack_into_the_bridge_that_sent_it_there()
    {
        TestSwitch bridges = new PatchedSwitch(
            "actions=load:5->NXM_NX_REG3[],11\ntable=7,actions=2",
            "table=0,ip,actions=load:9->NXM_NX_REG0[],ct(table=7)\ntable=7,in_port=11,reg0=9,reg3=0,ct_state=+trk,tun_id=0,actions=12,2",
            "in_port=12,ct_state=0,actions=1").Near;
        FlowKey packet = Packets.Tcp();
        (packet.TunId, packet.TunIpv4Src, packet.TunIpv4Dst, packet.TunTtl) = (3, 0x0a000001, 0x0a000002, 64);
        packet.RecircId = bridges.Translate(packet).Recirculations.ShouldHaveSingleItem();
        packet.CtState = CtState.Tracked | CtState.New;
        bridges.Translate(packet).Text.ShouldBe("301,202");
    }

    [Fact]
    public void A_packet_that_is_hashed_for_a_group_comes_back_into_its_bridge()
    {
        var bridges = new PatchedSwitch("actions=11,2");
        using (TableTransaction transaction = bridges.Peer.Begin(default))
        {
            transaction.Make(GroupSyntax.Parse("group_id=1,type=select,bucket=output:1,bucket=output:2")).ShouldBeNull();
            transaction.Commit();
        }

        PatchedSwitch.Add(bridges.Peer, "actions=group:1,12");
        PatchedSwitch.Add(bridges.Far, "actions=1");
        FlowKey packet = Packets.Tcp();
        TestSwitch.Outcome first = bridges.Near.Translate(packet);
        first.Text.ShouldMatch(@"^clone\(hash\(l4\(0\)\),recirc\(0x[0-9a-f]+\)\),102$");
        packet.RecircId = Convert.ToUInt32(first.Text.Split("0x")[1].Split(')')[0], 16);
        packet.DpHash = 5;
        bridges.Near.Translate(packet).Outputs.ShouldBe([bridges.Near.Translate(packet).Outputs[0], 301u]);
    }

    [Fact]
    public void A_packet_that_a_controller_sent_comes_back_into_the_bridge_behind()
    {
        PatchedSwitch bridges = new("", "table=0,ip,actions=ct(table=7)\ntable=7,in_port=11,actions=2");
        FlowKey packet = Packets.Tcp(inPort: uint.MaxValue);
        var sender = bridges.Near.Factory.CreateTranslator();
        var sent = new InjectedPacket(bridges.Near.Bridge, InjectedPacket.PortOf(bridges.Near.Bridge, OpenFlowPorts.Controller),
            new Flow(packet, OpenFlowPorts.Controller),
            [new FrozenAction(FlowSyntax.ParseFlow("actions=11").Actions!.Actions[0], 0, ulong.MaxValue)]);
        byte[] actions = new byte[500];
        int length = sender.Translate(sent, actions).ActionsLength;
        packet.RecircId = new TestSwitch.Outcome(default, actions[..length], default).Recirculations.ShouldHaveSingleItem();
        packet.CtState = CtState.Tracked | CtState.New;
        TestSwitch.Outcome outcome = bridges.Near.Translate(packet);
        outcome.Text.ShouldBe("202");
        outcome.Translation.InstallFlow.ShouldBeFalse();
        bridges.Near.Translate(packet with { DatapathPort = 4711 }).Translation.Error.ShouldBe(XlateError.BridgeNotFound);
    }

    [Fact]
    public void Rules_of_both_bridges_and_both_ports_count_the_packets()
    {
        PatchedSwitch bridges = new("actions=11", "actions=1,12", "actions=drop");
        bridges.Near.Retranslate(Packets.Tcp(), new FlowCredit(3, 300, TimeSpan.Zero));
        foreach (FlowTables tables in (FlowTables[])[bridges.Near.Tables, bridges.Peer, bridges.Far])
            tables.GetRules().ShouldHaveSingleItem().Counters.Packets.ShouldBe(3ul);
        Counts(bridges.Near.Bridge, 11).ShouldBe((0ul, 0ul, 3ul, 300ul));
        Counts(bridges.PeerBridge, 11).ShouldBe((3ul, 300ul, 0ul, 0ul));
        Counts(bridges.PeerBridge, 12).ShouldBe((0ul, 0ul, 3ul, 300ul));
        Counts(bridges.PeerBridge, 1).ShouldBe((0ul, 0ul, 0ul, 0ul));
    }

    [Theory]
    [InlineData("NoRecv", "102")]
    [InlineData("NoFwd", "201,202,102")]
    [InlineData("NoFlood", "201,202,103,102")]
    public void What_is_said_of_the_peer_holds(string config, string actions)
    {
        PatchedSwitch bridges = new("in_port=1,actions=11,2\nin_port=11,actions=3", "actions=1,2,in_port");
        bridges.Near.Translate(Packets.Tcp()).Text.ShouldBe("201,202,103,102");
        bridges.Say(11, Enum.Parse<PortConfig>(config));
        bridges.Near.Translate(Packets.Tcp()).Text.ShouldBe(actions);
        // The packet has gone there all the same.
        ulong before = Counts(bridges.PeerBridge, 11).Received;
        bridges.Near.Retranslate(Packets.Tcp(), new FlowCredit(2, 120, TimeSpan.Zero));
        Counts(bridges.PeerBridge, 11).Received.ShouldBe(before + 2);
    }

    [Fact]
    public void Each_bridge_learns_on_its_own_port()
    {
        PatchedSwitch bridges = new("actions=normal", "actions=normal");
        bridges.Near.Translate(Packets.Tcp());
        bridges.Near.Bridge.MacLearning.TryLookup(Packets.Host1, 0, out uint port).ShouldBeTrue();
        port.ShouldBe(1u);
        bridges.PeerBridge.MacLearning.TryLookup(Packets.Host1, 0, out port).ShouldBeTrue();
        port.ShouldBe(11u);
        FlowKey answer = Packets.Ethernet(202, Packets.Host2, Packets.Host1);
        bridges.Near.Translate(answer).Text.ShouldBe("101");
    }

    [Fact]
    public void A_change_of_a_table_there_makes_the_translation_too_old_and_one_of_another_does_not()
    {
        PatchedSwitch bridges = new("actions=11", "actions=resubmit(,3)\ntable=3,actions=1");
        Odp.Translation translation = bridges.Near.Translate(Packets.Tcp()).Translation;
        ulong before = bridges.Near.Factory.RevalidationVersion;
        PatchedSwitch.Add(bridges.Peer, "table=60,actions=drop");
        bridges.Near.Factory.IsCurrent(translation).ShouldBeTrue();
        bridges.Near.Factory.MayDiffer(before, translation.VisitedTables).ShouldBeFalse();
        PatchedSwitch.Add(bridges.Peer, "table=3,priority=1,udp,actions=drop");
        bridges.Near.Factory.IsCurrent(translation).ShouldBeFalse();
        bridges.Near.Factory.MayDiffer(before, translation.VisitedTables).ShouldBeTrue();
    }

    [Theory]
    [InlineData("p10", "p99", "drop")]
    [InlineData("p99", "p01", "drop")]
    [InlineData("p10", "p01", "201")]
    public void A_port_leads_nowhere_unless_its_peer_leads_back(string peer, string back, string actions)
    {
        var near = new TestSwitch("actions=11", morePorts: [PatchedSwitch.Patch(11, "p01", peer)]);
        var tables = new FlowTables();
        PatchedSwitch.Add(tables, "actions=1");
        near.Factory.Replace(
            [near.Bridge, new Bridge("br1", FailMode.Secure, tables, [new(1, 201, "q1"), PatchedSwitch.Patch(11, "p10", back)])]);
        near.Translate(Packets.Tcp()).Text.ShouldBe(actions);
    }

    [Fact]
    public void What_was_put_together_from_fragments_leaves_the_other_bridge_in_fragments_that_fit()
    {
        var near = new TestSwitch("ip,actions=ct(table=1)\ntable=1,actions=11", morePorts: [PatchedSwitch.Patch(11, "p01", "p10")]);
        var tables = new FlowTables();
        PatchedSwitch.Add(tables, "actions=1");
        BridgePort narrow = new(1, 201, "q1") { Mtu = 1400 };
        near.Factory.Replace([near.Bridge, new Bridge("br1", FailMode.Secure, tables, [narrow, PatchedSwitch.Patch(11, "p10", "p01")])]);
        FlowKey packet = Packets.Tcp();
        packet.RecircId = near.Translate(packet).Recirculations.ShouldHaveSingleItem();
        packet.CtState = CtState.Tracked | CtState.New;
        near.Translate(packet).Text.ShouldStartWith("check_pkt_len(size=1414,gt(userspace(");
    }

    private static (ulong Received, ulong ReceivedBytes, ulong Sent, ulong SentBytes) Counts(Bridge bridge, uint number)
    {
        bridge.TryGetPort(number, out BridgePort? port).ShouldBeTrue();
        return port.Patch is { } patch
            ? (patch.Received.Packets, patch.Received.Bytes, patch.Sent.Packets, patch.Sent.Bytes)
            : default;
    }
}
