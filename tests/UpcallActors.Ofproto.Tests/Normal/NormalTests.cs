using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto.Tests;

public class NormalTests
{
    private const ulong Group = 0x0180_c200_0000;

    [Fact]
    public void An_unknown_destination_is_flooded_and_a_known_one_is_not()
    {
        var bridge = new TestSwitch("actions=NORMAL");
        bridge.Translate(Packets.Ethernet(inPort: 101)).Text.ShouldBe("100,102,103");
        bridge.Translate(Packets.Ethernet(inPort: 102, Packets.Host2, Packets.Host1)).Text.ShouldBe("101");
        bridge.Translate(Packets.Ethernet(inPort: 101)).Text.ShouldBe("102");
    }

    [Fact]
    public void A_destination_behind_the_port_it_came_from_gets_nothing()
    {
        var bridge = new TestSwitch("actions=NORMAL");
        bridge.Translate(Packets.Ethernet(inPort: 101, Packets.Host2, Packets.Broadcast));
        bridge.Translate(Packets.Ethernet(inPort: 101)).Text.ShouldBe("drop");
    }

    [Fact]
    public void Its_megaflow_has_the_addresses_and_the_vlan()
    {
        TestSwitch.Outcome outcome = new TestSwitch("actions=NORMAL").Translate(Packets.Tcp().Tagged(5));
        outcome.Mask.EthSrc.ShouldBe(Packets.Broadcast);
        outcome.Mask.EthDst.ShouldBe(Packets.Broadcast);
        outcome.Mask.VlanTci.ShouldBe((ushort)0x1fff);
        outcome.Mask.Ipv4Src.ShouldBe(0u);
    }

    [Fact]
    public void A_broadcast_arp_request_is_matched_by_its_addresses_and_a_reply_by_its_operation()
    {
        var bridge = new TestSwitch("actions=NORMAL");
        FlowKey request = bridge.Translate(Packets.Arp(1)).Mask;
        (request.NwProto, request.Ipv4Src, request.Ipv4Dst).ShouldBe((byte.MaxValue, uint.MaxValue, uint.MaxValue));
        FlowKey reply = bridge.Translate(Packets.Arp(2)).Mask;
        (reply.NwProto, reply.Ipv4Src, reply.Ipv4Dst).ShouldBe((byte.MaxValue, 0u, 0u));
        FlowKey unicast = bridge.Translate(Packets.Arp(1, destination: Packets.Host2)).Mask;
        (unicast.NwProto, unicast.Ipv4Src, unicast.Ipv4Dst).ShouldBe(((byte)0, 0u, 0u));
    }

    [Theory]
    [InlineData(0x0180_c200_0000, "drop")]
    [InlineData(0x0180_c200_000f, "drop")]
    [InlineData(0x0180_c200_0010, "100,102,103")]
    public void Reserved_groups_are_not_forwarded(ulong destination, string datapath) =>
        new TestSwitch("actions=NORMAL").Translate(Packets.Ethernet(destination: destination)).Text.ShouldBe(datapath);

    [Fact]
    public void A_packet_to_a_reserved_group_teaches_nothing()
    {
        var bridge = new TestSwitch("actions=NORMAL");
        bridge.Translate(Packets.Ethernet(destination: Group));
        bridge.Bridge.MacLearning.Count.ShouldBe(0);
    }

    [Fact]
    public void An_access_port_adds_and_takes_off_the_tag_of_its_vlan()
    {
        TestSwitch bridge = WithVlans();
        bridge.Translate(Packets.Ethernet(inPort: 101)).Text.ShouldBe("push_vlan(vid=5,pcp=0),100,pop_vlan,102,push_vlan(vid=5,pcp=0),103");
        bridge.Translate(Packets.Ethernet(inPort: 103, Packets.Host2, Packets.Host1).Tagged(5)).Text.ShouldBe("pop_vlan,101");
        bridge.Translate(Packets.Ethernet(inPort: 101)).Text.ShouldBe("push_vlan(vid=5,pcp=0),103");
    }

    [Fact]
    public void A_tagged_frame_does_not_enter_an_access_port_nor_a_vlan_a_trunk_that_has_it_not()
    {
        TestSwitch bridge = WithVlans();
        bridge.Translate(Packets.Ethernet(inPort: 101).Tagged(5)).Text.ShouldBe("drop");
        bridge.Translate(Packets.Ethernet(inPort: 103).Tagged(7)).Text.ShouldBe("drop");
        bridge.Translate(Packets.Ethernet(inPort: 103).Tagged(6)).Text.ShouldBe("100");
    }

    [Fact]
    public void A_station_is_not_served_in_a_vlan_its_port_has_left()
    {
        var learned = new MacLearningTable();
        WithVlans(learned, vlan: 5).Translate(Packets.Ethernet(inPort: 102, Packets.Host2, Packets.Broadcast));
        WithVlans(learned, vlan: 5).Translate(Packets.Ethernet(inPort: 101)).Text.ShouldBe("102");
        WithVlans(learned, vlan: 7).Translate(Packets.Ethernet(inPort: 101)).Outputs.ShouldBe([100u, 103u]);
    }

    [Fact]
    public void A_flood_looks_at_the_inner_vlan_that_keeps_a_frame_from_access_ports()
    {
        TestSwitch bridge = WithVlans();
        TestSwitch.Outcome inner = bridge.Translate(Packets.Ethernet(inPort: 103).Tagged(9).Tagged(5));
        inner.Outputs.ShouldBe([100u]);
        inner.Mask.CvlanTci.ShouldBe((ushort)0x1fff);
        bridge.Translate(Packets.Ethernet(inPort: 103).Tagged(0, 3).Tagged(5)).Outputs.ShouldBe([100u, 101u, 102u]);
    }

    [Fact]
    public void A_tunnel_of_VLANs_takes_a_frame_with_two_tags_as_it_is()
    {
        TestSwitch bridge = WithTunnelOfVlans();
        FlowKey twice = Packets.Ethernet(inPort: 101).Tagged(9, 2).Tagged(7, 1);
        bridge.Translate(twice).Text.ShouldBe(
            "push_vlan(tpid=0x88a8,vid=5,pcp=0),100,pop_vlan,102,push_vlan(tpid=0x88a8,vid=5,pcp=0),103,pop_vlan");
        bridge.Add("priority=40000,in_port=1,actions=mod_dl_src:02:00:00:00:00:99,normal,strip_vlan,3");
        bridge.Translate(twice).Text.ShouldBe(
            "set(eth(src=02:00:00:00:00:99)),push_vlan(tpid=0x88a8,vid=5,pcp=0),100,pop_vlan,102,"
                + "push_vlan(tpid=0x88a8,vid=5,pcp=0),103,pop_vlan,pop_vlan,103");
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(0, 0)]
    [InlineData(7, 0)]
    public void A_tunnel_of_VLANs_gives_back_the_tag_that_it_took_even_an_empty_one(ushort vlan, int priority)
    {
        TestSwitch bridge = WithTunnelOfVlans();
        bridge.Translate(Packets.Ethernet(inPort: 101).Tagged(vlan, priority)).Text.ShouldBe(
            "push_vlan(tpid=0x88a8,vid=5,pcp=0),100,pop_vlan,102,push_vlan(tpid=0x88a8,vid=5,pcp=0),103");
        FlowKey back = Packets.Ethernet(inPort: 103).Tagged(vlan, priority).Tagged(5);
        back.VlanTpid = EtherTypes.ServiceVlan;
        bridge.Translate(back).Text.ShouldBe("100,pop_vlan,101,102");
    }

    [Fact]
    public void Nothing_goes_from_a_protected_port_to_another_whatever_flows_say()
    {
        BridgePort[] ports =
        [
            new(1, 101, "p1") { IsProtected = true }, new(2, 102, "p2") { IsProtected = true }, new(3, 103, "p3"),
        ];
        new TestSwitch("actions=normal", morePorts: ports).Translate(Packets.Ethernet(inPort: 101)).Outputs.ShouldBe([100u, 103u]);
        new TestSwitch("actions=2,in_port,3", morePorts: ports).Translate(Packets.Ethernet(inPort: 101)).Outputs.ShouldBe([103u]);
        new TestSwitch("actions=2,1", morePorts: ports).Translate(Packets.Ethernet(inPort: 103)).Outputs.ShouldBe([102u, 101u]);
    }

    [Fact]
    public void A_frame_that_says_it_has_a_tag_and_has_not_is_dropped() =>
        new TestSwitch("actions=normal").Translate(Packets.Ethernet(inPort: 101, type: EtherTypes.Vlan)).Text.ShouldBe("drop");

    [Theory]
    [InlineData(PriorityTags.Never, 3, "102")]
    [InlineData(PriorityTags.Never, 0, "pop_vlan,102")]
    [InlineData(PriorityTags.IfNonzero, 3, "102")]
    [InlineData(PriorityTags.IfNonzero, 0, "pop_vlan,102")]
    [InlineData(PriorityTags.Always, 0, "102")]
    public void Frames_without_a_VLAN_keep_their_priority_where_a_port_says_so(PriorityTags tags, int priority, string actions)
    {
        BridgePort[] ports = [new(1, 101, "p1"), new(2, 102, "p2") { PriorityTags = tags }];
        var bridge = new TestSwitch("in_port=1,actions=normal", morePorts: ports);
        bridge.Bridge.MacLearning.TryAddStatic(Packets.Host2, 0, 2);
        TestSwitch.Outcome outcome = bridge.Translate(Packets.Ethernet(inPort: 101).Tagged(0, priority));
        outcome.Text.ShouldBe(actions);
        outcome.Mask.VlanTci.ShouldBe(ushort.MaxValue);
    }

    [Fact]
    public void A_standalone_bridge_forwards_what_no_flow_matches_and_a_secure_one_does_not()
    {
        new TestSwitch("in_port=2,actions=drop", FailMode.Standalone).Translate(Packets.Tcp()).Text.ShouldBe("100,102,103");
        TestSwitch.Outcome secure = new TestSwitch("in_port=2,actions=drop").Translate(Packets.Tcp());
        secure.Text.ShouldBe("drop");
        secure.Translation.Error.ShouldBe(XlateError.None);
        secure.Translation.InstallFlow.ShouldBeTrue();
        // A miss in a later table is one: Open vSwitch's flow with NORMAL is in table 0.
        new TestSwitch("actions=resubmit(,1)", FailMode.Standalone).Translate(Packets.Tcp()).Text.ShouldBe("drop");
    }

    // Ports 1 and 2 are in VLAN 5 with what tags they have, which port 3 carries around them.
    private static TestSwitch WithTunnelOfVlans() => new("actions=NORMAL", morePorts:
    [
        new BridgePort(1, 101, "p1") { VlanMode = VlanMode.Dot1qTunnel, Vlan = 5 },
        new BridgePort(2, 102, "p2") { VlanMode = VlanMode.Dot1qTunnel, Vlan = 5 },
        new BridgePort(3, 103, "p3") { Trunks = [5] },
    ]);

    // Port 1 is in VLAN 5 without tags, port 2 in this one too, port 3 carries 5 and 6 with tags, LOCAL all.
    private static TestSwitch WithVlans(MacLearningTable? learned = null,
        ushort vlan = 5) => new("actions=NORMAL", macLearning: learned, morePorts:
    [
        new BridgePort(1, 101, "p1") { VlanMode = VlanMode.Access, Vlan = 5 },
        new BridgePort(2, 102, "p2") { VlanMode = VlanMode.Access, Vlan = vlan },
        new BridgePort(3, 103, "p3") { Trunks = [5, 6] },
    ]);
}
