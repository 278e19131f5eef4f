using UpcallActors.Odp;
using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto.Tests;

/// <summary>
/// What each action becomes in the datapath, printed as <c>ovs-dpctl</c> does. Port <i>n</i> is datapath port 100 + <i>n</i>, LOCAL is 100.
/// </summary>
public class ActionTranslationTests
{
    [Theory]
    [InlineData("drop", "drop")]
    [InlineData("2", "102")]
    [InlineData("2,3", "102,103")]
    [InlineData("1", "drop")]
    [InlineData("IN_PORT", "101")]
    [InlineData("LOCAL", "100")]
    [InlineData("FLOOD", "100,102,103")]
    [InlineData("ALL", "100,102,103")]
    [InlineData("77", "drop")]
    [InlineData("output(port=2,max_len=100),3", "trunc(100),102,103")]
    [InlineData("load:3->NXM_NX_REG0[],output:NXM_NX_REG0[]", "103")]
    [InlineData("load:0x10000->NXM_NX_REG0[],output:NXM_NX_REG0[]", "drop")]
    [InlineData("load:0x20001->NXM_NX_REG0[],output:NXM_NX_REG0[16..31]", "102")]
    public void Outputs(string actions, string datapath) => Translate(actions).ShouldBe(datapath);

    [Theory]
    [InlineData("mod_dl_src:02:00:00:00:00:09,2", "set(eth(src=02:00:00:00:00:09)),102")]
    [InlineData("mod_dl_dst:02:00:00:00:00:09,2", "set(eth(dst=02:00:00:00:00:09)),102")]
    [InlineData("mod_dl_src:02:00:00:00:00:09,mod_dl_dst:02:00:00:00:00:08,2", "set(eth(src=02:00:00:00:00:09,dst=02:00:00:00:00:08)),102")]
    [InlineData("mod_dl_src:02:00:00:00:00:01,2", "102")]
    [InlineData("set_field:02:00:00:00:00:09/00:00:00:00:00:ff->eth_src,2", "set(eth(src=00:00:00:00:00:09/00:00:00:00:00:ff)),102")]
    [InlineData("mod_nw_src:10.0.0.9,2", "set(ipv4(src=10.0.0.9)),102")]
    [InlineData("mod_nw_dst:10.0.0.9,2", "set(ipv4(dst=10.0.0.9)),102")]
    [InlineData("set_field:10.0.0.9->ip_dst,2", "set(ipv4(dst=10.0.0.9)),102")]
    [InlineData("mod_nw_tos:16,2", "set(ipv4(tos=0x10/0xfc)),102")]
    [InlineData("mod_nw_ecn:2,2", "set(ipv4(tos=0x2/0x3)),102")]
    [InlineData("mod_nw_ttl:9,2", "set(ipv4(ttl=9)),102")]
    [InlineData("dec_ttl,2", "set(ipv4(ttl=63)),102")]
    [InlineData("mod_nw_src:10.0.0.9,dec_ttl,mod_tp_dst:81,2", "set(ipv4(src=10.0.0.9,ttl=63)),set(tcp(dst=81)),102")]
    [InlineData("mod_tp_src:81,2", "set(tcp(src=81)),102")]
    [InlineData("mod_tp_src:81,mod_tp_dst:82,2", "set(tcp(src=81,dst=82)),102")]
    [InlineData("move:NXM_OF_TCP_DST[]->NXM_OF_TCP_SRC[],2", "set(tcp(src=80)),102")]
    [InlineData("move:NXM_OF_IP_SRC[0..7]->NXM_OF_IP_DST[24..31],2", "set(ipv4(dst=1.0.0.0/255.0.0.0)),102")]
    [InlineData("load:0x9->NXM_OF_ETH_SRC[0..7],2", "set(eth(src=00:00:00:00:00:09/00:00:00:00:00:ff)),102")]
    [InlineData("load:0x5->NXM_NX_PKT_MARK[],2", "set(skb_mark(0x5)),102")]
    [InlineData("set_field:0x5/0xf->pkt_mark,2", "set(skb_mark(0x5/0xf)),102")]
    [InlineData("mod_nw_dst:10.0.0.9,2,mod_nw_dst:10.0.0.2,3", "set(ipv4(dst=10.0.0.9)),102,set(ipv4(dst=10.0.0.2)),103")]
    [InlineData("mod_nw_dst:10.0.0.9", "drop")]
    public void Header_changes_of_a_tcp_packet(string actions, string datapath) => Translate(actions, match: "tcp").ShouldBe(datapath);

    [Theory]
    [InlineData("set_field:fc00::9->ipv6_dst,2", "set(ipv6(dst=fc00::9)),102")]
    [InlineData("dec_ttl,2", "set(ipv6(hlimit=63)),102")]
    [InlineData("mod_nw_tos:16,2", "set(ipv6(tclass=0x10/0xfc)),102")]
    [InlineData("set_field:0x12345->ipv6_label,2", "set(ipv6(label=0x12345)),102")]
    [InlineData("mod_nw_dst:10.0.0.9,mod_tp_dst:81,2", "102")]
    public void Header_changes_of_an_icmpv6_packet(string actions, string datapath) =>
        Translate(actions, Packets.Ipv6(IpProtocols.Icmpv6), "icmp6").ShouldBe(datapath);

    [Theory]
    [InlineData("mod_vlan_vid:5,2", "push_vlan(vid=5,pcp=0),102")]
    [InlineData("mod_vlan_vid:5,mod_vlan_pcp:3,2", "push_vlan(vid=5,pcp=3),102")]
    [InlineData("push_vlan:0x8100,set_field:4101->vlan_vid,2", "push_vlan(vid=5,pcp=0),102")]
    [InlineData("push_vlan:0x88a8,mod_vlan_vid:5,2", "push_vlan(tpid=0x88a8,vid=5,pcp=0),102")]
    [InlineData("mod_vlan_vid:5,2,strip_vlan,3", "push_vlan(vid=5,pcp=0),102,pop_vlan,103")]
    [InlineData("load:0x1006->NXM_OF_VLAN_TCI[],2", "push_vlan(vid=6,pcp=0),102")]
    [InlineData("strip_vlan,2", "102")]
    public void Tags_of_an_untagged_packet(string actions, string datapath) => Translate(actions).ShouldBe(datapath);

    [Theory]
    [InlineData("strip_vlan,2", "pop_vlan,102")]
    [InlineData("pop_vlan,2", "pop_vlan,102")]
    [InlineData("mod_vlan_vid:6,2", "pop_vlan,push_vlan(vid=6,pcp=1),102")]
    [InlineData("mod_vlan_pcp:3,2", "pop_vlan,push_vlan(vid=5,pcp=3),102")]
    [InlineData("mod_vlan_vid:5,2", "102")]
    [InlineData("push_vlan:0x8100,mod_vlan_vid:7,2", "push_vlan(vid=7,pcp=0),102")]
    public void Tags_of_a_tagged_packet(string actions, string datapath) =>
        Translate(actions, Packets.Tcp().Tagged(5, 1)).ShouldBe(datapath);

    // 3.1 of Open vSwitch does the same, to which ovs-ofctl speaks OpenFlow 1.0 unless told otherwise.
    [Theory]
    [InlineData("set_field:6->vlan_vid,2", "pop_vlan,push_vlan(vid=6,pcp=1),102")]
    [InlineData("set_field:0x1006->vlan_vid,2", "pop_vlan,push_vlan(vid=6,pcp=1),102")]
    [InlineData("set_field:6/0xfff->vlan_vid,2", "pop_vlan,push_vlan(vid=6,pcp=1),102")]
    [InlineData("set_field:6/0x1fff->vlan_vid,2", "pop_vlan,push_vlan(vid=6,pcp=1),102")]
    [InlineData("load:6->OXM_OF_VLAN_VID[],2", "pop_vlan,push_vlan(vid=6,pcp=1),102")]
    [InlineData("load:1->OXM_OF_VLAN_VID[1],2", "pop_vlan,push_vlan(vid=7,pcp=1),102")]
    [InlineData("load:0->OXM_OF_VLAN_VID[],2", "pop_vlan,push_vlan(vid=0,pcp=1),102")]
    [InlineData("load:6->NXM_NX_REG0[0..11],move:NXM_NX_REG0[0..11]->OXM_OF_VLAN_VID[],2", "pop_vlan,push_vlan(vid=6,pcp=1),102")]
    [InlineData("set_field:6->dl_vlan,2", "pop_vlan,push_vlan(vid=6,pcp=1),102")]
    [InlineData("set_field:3->vlan_pcp,2", "pop_vlan,push_vlan(vid=5,pcp=3),102")]
    [InlineData("load:3->OXM_OF_VLAN_PCP[],2", "pop_vlan,push_vlan(vid=5,pcp=3),102")]
    [InlineData("set_vlan_vid:6,set_vlan_pcp:3,2", "pop_vlan,push_vlan(vid=6,pcp=3),102")]
    [InlineData("set_field:0x1006->vlan_tci,2", "pop_vlan,push_vlan(vid=6,pcp=0),102")]
    [InlineData("set_field:0->vlan_tci,2", "pop_vlan,102")]
    public void Writing_a_vlan_keeps_the_tag(string actions, string datapath) =>
        Translate(actions, Packets.Tcp().Tagged(5, 1), "dl_vlan=5").ShouldBe(datapath);

    [Theory]
    [InlineData("set_vlan_vid:6,2", "102")]
    [InlineData("set_vlan_pcp:6,2", "102")]
    [InlineData("set_tunnel:5,2", "102")]
    public void What_a_packet_has_not_got_is_left_alone(string actions, string datapath) => Translate(actions).ShouldBe(datapath);

    [Fact]
    public void A_tag_replaced_by_its_equal_is_looked_at_whole()
    {
        var bridge = new TestSwitch("dl_vlan=5,actions=strip_vlan,push_vlan:0x8100,mod_vlan_vid:5,2");
        TestSwitch.Outcome equal = bridge.Translate(Packets.Tcp().Tagged(5));
        equal.Text.ShouldBe("102");
        equal.Mask.VlanTci.ShouldBe(ushort.MaxValue);
        equal.Mask.VlanTpid.ShouldBe(ushort.MaxValue);
        bridge.Translate(Packets.Tcp().Tagged(5, 3)).Text.ShouldBe("pop_vlan,push_vlan(vid=5,pcp=0),102");
    }

    [Fact]
    public void A_mark_read_in_exec_is_looked_at_and_only_what_exec_writes_is_written()
    {
        FlowKey tracked = Packets.Tcp();
        (tracked.CtState, tracked.CtMark) = (CtState.Tracked | CtState.Established, 0x12);
        TestSwitch.Outcome outcome = new TestSwitch("ip,actions=ct(commit,exec(move:NXM_NX_CT_MARK[0..7]->NXM_NX_CT_LABEL[0..7])),2")
            .Translate(tracked);
        outcome.Text.ShouldContain("label=0x12/0xff");
        outcome.Text.ShouldNotContain("mark=0x");
        outcome.Mask.CtMark.ShouldBe(0xffu);
        outcome.Mask.CtLabels.ShouldBe(UInt128.Zero);
    }

    [Fact]
    public void What_one_ct_writes_the_next_does_not()
    {
        string text = Translate("ct(commit,zone=1,exec(set_field:0x1->ct_mark)),ct(commit,zone=2,"
            + "exec(load:0x1->NXM_NX_CT_LABEL[0])),ct(commit,zone=3),2", match: "ip");
        text.Split("ct(")[1].ShouldContain("mark=0x1/0xffffffff");
        text.Split("ct(")[2].ShouldNotContain("mark=0x1");
        text.Split("ct(")[2].ShouldContain("label=0x1/0x1");
        text.Split("ct(")[3].ShouldNotContain("label=");
    }

    [Theory]
    [InlineData("set_field:81->tcp_dst,3")]
    [InlineData("load:81->NXM_OF_TCP_DST[],3")]
    [InlineData("move:NXM_OF_IP_DST[0..15]->NXM_OF_TCP_DST[],3")]
    [InlineData("mod_tp_dst:81,3")]
    public void Ports_of_a_later_fragment_are_its_payload_and_not_written(string actions)
    {
        FlowKey later = Packets.Ipv4(IpProtocols.Tcp);
        later.NwFrag = FlowKey.FragAny | FlowKey.FragLater;
        Translate(actions, later, "tcp").ShouldBe("103");
    }

    [Fact]
    public void Popping_the_outer_of_two_tags_keeps_the_inner()
    {
        FlowKey twice = Packets.Tcp().Tagged(5).Tagged(6);
        Translate("strip_vlan,2", twice).ShouldBe("pop_vlan,102");
        Translate("strip_vlan,strip_vlan,2", twice).ShouldBe("pop_vlan,pop_vlan,102");
        Translate("strip_vlan,mod_vlan_vid:9,2", twice).ShouldBe("pop_vlan,pop_vlan,push_vlan(vid=9,pcp=0),102");
    }

    [Theory]
    [InlineData("ct()", "ct")]
    [InlineData("ct(commit,zone=9),2", "ct(commit,zone=9),102")]
    [InlineData("ct(commit,force,zone=9),2", "ct(force_commit,zone=9),102")]
    [InlineData("ct(table=1,zone=9)", "ct(zone=9),recirc(0x1)")]
    [InlineData("ct(table=1,zone=9),2", "ct(zone=9),recirc(0x1),102")]
    [InlineData("load:0x5->NXM_NX_REG0[],ct(commit,zone=NXM_NX_REG0[0..15]),2", "ct(commit,zone=5),102")]
    [InlineData("ct(commit,exec(set_field:0x1->ct_mark)),2", "ct(commit,mark=0x1/0xffffffff),102")]
    [InlineData("ct(commit,exec(set_field:0x1/0xf->ct_mark)),2", "ct(commit,mark=0x1/0xf),102")]
    [InlineData("ct(commit,exec(load:0x1->NXM_NX_CT_LABEL[0])),2", "ct(commit,label=0x1/0x1),102")]
    [InlineData("ct(commit,exec(move:NXM_OF_IP_SRC[]->NXM_NX_CT_MARK[])),2", "ct(commit,mark=0xa000001/0xffffffff),102")]
    [InlineData("ct(commit,nat(src=10.0.0.240-10.0.0.241:1000-2000,persistent,random)),2",
        "ct(commit,nat(src=10.0.0.240-10.0.0.241:1000-2000,persistent,random)),102")]
    [InlineData("ct(commit,nat(dst=10.0.0.9:80,hash)),2", "ct(commit,nat(dst=10.0.0.9:80,hash)),102")]
    [InlineData("ct(commit,nat(src)),2", "ct(commit,nat(src)),102")]
    [InlineData("ct(table=1,nat)", "ct(nat),recirc(0x1)")]
    [InlineData("ct(commit,alg=ftp),2", "ct(commit,helper=ftp),102")]
    [InlineData("dec_ttl,ct(commit),2", "set(ipv4(ttl=63)),ct(commit),102")]
    [InlineData("ct_clear,2", "102")]
    [InlineData("clone(ct(commit),2),3", "clone(ct(commit),102),103")]
    [InlineData("3,clone(ct(commit),2)", "103,ct(commit),102")]
    [InlineData("clone(mod_dl_src:02:00:00:00:00:09,2),3", "set(eth(src=02:00:00:00:00:09)),102,set(eth(src=02:00:00:00:00:01)),103")]
    [InlineData("clone(mod_vlan_vid:5,2),3", "push_vlan(vid=5,pcp=0),102,pop_vlan,103")]
    [InlineData("clone(ct(commit),mod_dl_src:02:00:00:00:00:09),3", "clone(ct(commit)),103")]
    [InlineData("clone(),3", "103")]
    public void Connections_and_clones(string actions, string datapath) =>
        // Each commit asks for the events of Open vSwitch's default; the text shows the rest.
        Translate(actions, match: "tcp").Replace(",eventmask=0x487", "", StringComparison.Ordinal)
            .Replace("eventmask=0x487,", "", StringComparison.Ordinal)
            .Replace(",zone=0", "", StringComparison.Ordinal).ShouldBe(datapath);

    [Fact]
    public void A_tracked_packet_is_untracked_by_ct_clear()
    {
        FlowKey tracked = Packets.Tcp();
        tracked.CtState = CtState.Tracked | CtState.Established;
        var bridge = new TestSwitch(
            "table=0,ct_state=+trk,actions=ct_clear,resubmit(,1)\ntable=1,ct_state=-trk,actions=2\ntable=1,ct_state=+trk,actions=3");
        TestSwitch.Outcome outcome = bridge.Translate(tracked);
        outcome.Text.ShouldBe("ct_clear,102");
        (outcome.Mask.CtState & CtState.Tracked).ShouldBe(CtState.Tracked);
    }

    [Fact]
    public void Behind_ct_without_a_table_the_packet_is_untracked()
    {
        FlowKey tracked = Packets.Tcp();
        tracked.CtState = CtState.Tracked | CtState.Established;
        var bridge = new TestSwitch(
            "table=0,ip,actions=ct(commit,zone=1),resubmit(,1)\ntable=1,ct_state=-trk,actions=2\ntable=1,ct_state=+trk,actions=3");
        bridge.Translate(tracked).Outputs.ShouldBe([102u]);
    }

    [Theory]
    [InlineData("resubmit(,1)", "103")]
    [InlineData("goto_table:1", "103")]
    [InlineData("2,resubmit(,1),LOCAL", "102,103,100")]
    [InlineData("resubmit(2,1)", "drop")]
    [InlineData("resubmit:2", "100")]
    [InlineData("resubmit(2,1),resubmit(,1)", "103")]
    public void Other_tables_and_ports(string actions, string datapath) =>
        new TestSwitch($"table=0,in_port=1,actions={actions}\ntable=0,in_port=2,actions=LOCAL\ntable=1,in_port=1,actions=3\ntable=1,"
            + $"in_port=2,actions=1").Translate(Packets.Tcp()).Text.ShouldBe(datapath);

    [Theory]
    [InlineData("resubmit(,1)", "103")]
    [InlineData("resubmit(2,1)", "100")]
    [InlineData("resubmit(2,1),resubmit(,1)", "100,103")]
    [InlineData("load:2->NXM_OF_IN_PORT[],resubmit(,1)", "100")]
    [InlineData("load:2->NXM_OF_IN_PORT[],IN_PORT", "1")]
    [InlineData("load:2->NXM_OF_IN_PORT[],1,2", "2")]
    [InlineData("load:2->NXM_OF_IN_PORT[],NORMAL", "100,2,103")]
    [InlineData("move:NXM_OF_IN_PORT[]->NXM_NX_REG0[0..15],load:3->NXM_OF_IN_PORT[],output:NXM_NX_REG0[]", "2")]
    public void A_port_number_is_not_taken_for_the_datapath_port_of_another(string actions, string datapath)
    {
        var bridge = new TestSwitch($"table=0,in_port=1,actions={actions}\ntable=1,in_port=1,actions=3\ntable=1,in_port=2,actions=LOCAL",
            morePorts: [new BridgePort(1, 2, "p1"), new BridgePort(2, 1, "p2")]);
        TestSwitch.Outcome outcome = bridge.Translate(Packets.Tcp(inPort: 2));
        outcome.Text.ShouldBe(datapath);
        outcome.Mask.DatapathPort.ShouldBe(uint.MaxValue);
    }

    [Fact]
    public void Resubmit_with_ct_looks_up_by_the_connections_original_addresses()
    {
        var bridge = new TestSwitch(
            "ct_state=+trk-inv,actions=resubmit(,1,ct)\ntable=1,tcp,nw_src=10.9.9.9,tp_dst=99,actions=3\ntable=1,priority=1,actions=2");
        bridge.Translate(Packets.Tcp()).Text.ShouldBe("drop");
        FlowKey tracked = Packets.Tcp();
        tracked.CtState = CtState.Tracked | CtState.Established | CtState.Reply;
        tracked.CtOrigProto = IpProtocols.Tcp;
        tracked.CtOrigIpv4Src = 0x0a090909;
        tracked.CtOrigTpDst = 99;
        TestSwitch.Outcome outcome = bridge.Translate(tracked);
        outcome.Text.ShouldBe("103");
        outcome.Mask.CtOrigIpv4Src.ShouldBe(uint.MaxValue);
        outcome.Mask.Ipv4Src.ShouldBe(0u);
    }

    [Fact]
    public void A_ttl_that_would_end_tells_the_controller_and_ends_the_list()
    {
        FlowKey packet = Packets.Tcp();
        packet.NwTtl = 1;
        TestSwitch.Outcome outcome = new TestSwitch("actions=3,dec_ttl(7),2").Translate(packet);
        outcome.Outputs.ShouldBe([103u]);
        outcome.Translation.ControllerPackets.ShouldBe(1);
        ControllerRequest request = CookieOf(outcome).Request;
        request.Reason.ShouldBe(ControllerReason.InvalidTtl);
        request.ControllerId.ShouldBe((ushort)7);
    }

    [Fact]
    public void A_controller_gets_the_packet_as_it_is_by_then_and_every_later_one()
    {
        TestSwitch.Outcome outcome = new TestSwitch("actions=dec_ttl,controller(max_len=128,id=3),2").Translate(Packets.Tcp());
        outcome.Translation.ControllerPackets.ShouldBe(1);
        outcome.Translation.InstallFlow.ShouldBeTrue();
        outcome.Outputs.ShouldBe([102u]);
        outcome.Text.ShouldStartWith("set(ipv4(ttl=63)),userspace(pid=4294967295,");
        (UserspaceCookie cookie, ControllerRequest request) = CookieOf(outcome);
        cookie.Reason.ShouldBe(UserspaceReason.Controller);
        cookie.RecircId.ShouldNotBe(0u);
        request.ShouldBe(new ControllerRequest(128, ControllerReason.Action, 3));
    }

    [Fact]
    public void A_fragment_has_no_ports_to_match_on_and_later_ones_none_to_change()
    {
        var bridge = new TestSwitch("priority=10,tcp,tp_dst=80,actions=2\npriority=1,tcp,actions=mod_tp_dst:81,3");
        bridge.Translate(Packets.Tcp()).Text.ShouldBe("102");
        FlowKey first = Packets.Tcp();
        first.NwFrag = FlowKey.FragAny;
        bridge.Translate(first).Text.ShouldBe("set(tcp(dst=81)),103");
        FlowKey later = Packets.Tcp();
        (later.NwFrag, later.TpSrc, later.TpDst) = (FlowKey.FragAny | FlowKey.FragLater, 0, 0);
        TestSwitch.Outcome outcome = bridge.Translate(later);
        outcome.Text.ShouldBe("103");
        outcome.Mask.TpDst.ShouldBe((ushort)0);
        outcome.Mask.NwFrag.ShouldBe((byte)3);
    }

    private static string Translate(string actions, FlowKey? packet = null, string match = "") =>
        new TestSwitch($"{match} actions={actions}").Translate(packet ?? Packets.Tcp()).Text;

    private static (UserspaceCookie Cookie, ControllerRequest Request) CookieOf(TestSwitch.Outcome outcome)
    {
        foreach (Linux.NetlinkAttribute action in new Linux.NetlinkAttributes(outcome.Actions))
        {
            if (action.Type != OvsActionAttribute.Userspace)
                continue;
            new Linux.NetlinkAttributes(action.Payload).TryFindLast(OvsUserspaceAttribute.UserData, out Linux.NetlinkAttribute data)
                .ShouldBeTrue();
            UserspaceCookie.TryRead(data.Payload, out UserspaceCookie cookie).ShouldBeTrue();
            return (cookie, ControllerRequest.FromArgument(cookie.Argument));
        }

        throw new ShouldAssertException("no userspace action");
    }
}
