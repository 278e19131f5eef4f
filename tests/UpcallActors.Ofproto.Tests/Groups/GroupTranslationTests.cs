using UpcallActors.Odp;
using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto.Tests;

public class GroupTranslationTests
{
    [Fact]
    public void All_buckets_get_the_packet_as_it_was_before_the_group()
    {
        TestSwitch bridge = Switch(
            "actions=group:1,3",
            "group_id=1,type=all,bucket=set_field:02:00:00:00:00:09->eth_src,2,bucket=push_vlan:0x8100,set_field:0x1007->vlan_vid,LOCAL");

        TestSwitch.Outcome outcome = bridge.Translate(Packets.Tcp());

        outcome.Text.ShouldBe(
            "set(eth(src=02:00:00:00:00:09)),102,set(eth(src=02:00:00:00:00:01)),push_vlan(vid=7,pcp=0),100,pop_vlan,103");
        outcome.Mask.EthSrc.ShouldNotBe(0u);
    }

    [Fact]
    public void Of_a_buckets_actions_the_set_is_done_in_its_order()
    {
        TestSwitch bridge = Switch(
            "tcp,actions=group:1", "group_id=1,type=indirect,bucket=output:2,output:3,mod_tp_dst:81,push_vlan:0x8100,dec_ttl");

        bridge.Translate(Packets.Tcp()).Text.ShouldBe("set(ipv4(ttl=63)),set(tcp(dst=81)),push_vlan(vid=0,pcp=0),103");
    }

    [Fact]
    public void A_controller_is_told_that_a_packet_comes_from_a_group()
    {
        TestSwitch bridge = Switch("actions=group:1", "group_id=1,type=indirect,bucket=CONTROLLER:128");

        bridge.Translate(Packets.Tcp()).Text.ShouldContain("reason=4");
    }

    [Fact]
    public void A_bucket_without_a_destination_does_nothing()
    {
        TestSwitch bridge = Switch("actions=group:1,2", "group_id=1,type=indirect,bucket=mod_dl_src:02:00:00:00:00:09");

        bridge.Translate(Packets.Tcp()).Text.ShouldBe("102");
    }

    [Fact]
    public void A_select_group_has_the_datapath_hash_and_goes_on_with_all_that_follows()
    {
        TestSwitch bridge = Switch(
            "actions=load:5->NXM_NX_REG0[],resubmit(,1),LOCAL\ntable=1,actions=group:1,3",
            "group_id=1,type=select,bucket=move:NXM_NX_REG0[0..15]->NXM_OF_IN_PORT[],output:2,bucket=output:2");

        TestSwitch.Outcome first = bridge.Translate(Packets.Tcp());

        uint id = first.Recirculations.ShouldHaveSingleItem();
        first.Text.ShouldBe($"hash(l4(0)),recirc(0x{id:x})");
        first.Mask.DpHash.ShouldBe(0u);

        TestSwitch.Outcome second = bridge.Translate(Hashed(id, 7));

        second.Text.ShouldBe("102,103,100");
        second.Mask.DpHash.ShouldBe(0xfu);
        (second.Mask.NwProto, second.Mask.TpSrc, second.Mask.EthSrc).ShouldBe(((byte)0, (ushort)0, 0ul));
    }

    [Fact]
    public void Each_value_of_the_hash_has_its_bucket_by_weight()
    {
        TestSwitch bridge = Switch("actions=group:1", "group_id=1,type=select,bucket=weight:1,output:2,bucket=weight:3,output:3");
        uint id = bridge.Translate(Packets.Tcp()).Recirculations.ShouldHaveSingleItem();

        string[] chosen = [.. Enumerable.Range(16, 16).Select(hash => bridge.Translate(Hashed(id, (uint)hash)).Text)];

        chosen.Count(text => text == "102").ShouldBe(4);
        chosen.Count(text => text == "103").ShouldBe(12);
    }

    [Theory]
    [InlineData("actions=group:1", "actions=drop")]
    [InlineData("tcp,actions=ct(table=1)", "actions=group:1")]
    public void A_flow_whose_bits_of_the_hash_are_all_0_is_not_hashed_again(string first, string second)
    {
        TestSwitch bridge = Switch(
            $"{first}\ntable=1,{second}\ntable=2,tcp,actions=ct(table=3)\ntable=3,actions=group:2",
            "group_id=1,type=select,bucket=output:2,bucket=resubmit(,2)\ngroup_id=2,type=select,bucket=output:2,bucket=output:3");
        FlowKey key = Packets.Tcp();
        if (first.Contains("ct(", StringComparison.Ordinal))
            key.RecircId = bridge.Translate(key).Recirculations.ShouldHaveSingleItem();
        uint hashed = bridge.Translate(key).Recirculations.ShouldHaveSingleItem();
        ShouldGoOut(bridge.Retranslate(Hashed(hashed, 0), default));

        // The hash stays with the packet.
        uint tracked = bridge.Retranslate(Hashed(hashed, 1), default).Recirculations.ShouldHaveSingleItem();
        ShouldGoOut(bridge.Retranslate(Hashed(tracked, 0), default));

        static void ShouldGoOut(TestSwitch.Outcome outcome)
        {
            outcome.Text.ShouldContain("102");
            outcome.Text.ShouldNotContain("hash(");
        }
    }

    [Theory]
    [InlineData("", "hash(l4(0))")]
    [InlineData("selection_method=dp_hash,selection_method_param=5,", "hash(l4(5))")]
    [InlineData("selection_method=dp_hash,selection_method_param=0x100000007,", "hash(l4(7))")]
    public void The_datapath_hashes_with_what_it_has_and_the_basis_of_the_group(string method, string hash)
    {
        TestSwitch bridge = Switch("actions=group:1", $"group_id=1,type=select,{method}bucket=output:2,bucket=output:3");

        bridge.Translate(Packets.Tcp()).Text.ShouldStartWith(hash);
    }

    [Theory]
    [InlineData("group_id=1,type=select,bucket=output:2,bucket=output:3", false)]
    [InlineData("group_id=1,type=select,bucket=weight:1,output:2,bucket=weight:1000,output:3", true)]
    [InlineData("group_id=1,type=select,selection_method=hash,bucket=output:2,bucket=output:3", true)]
    public void Where_the_datapath_does_not_hash_the_addresses_and_ports_decide(string group, bool hashes)
    {
        var bridge = new TestSwitch("", support: new OdpSupport { Features = OdpSupport.Everything with { Recirc = hashes } });
        bridge.AddGroups(group);
        bridge.Add("actions=group:1");

        TestSwitch.Outcome outcome = bridge.Translate(Packets.Tcp());

        outcome.Outputs.ShouldHaveSingleItem();
        (outcome.Mask.Ipv4Src, outcome.Mask.TpDst, outcome.Mask.NwProto).ShouldBe((uint.MaxValue, ushort.MaxValue, byte.MaxValue));
    }

    [Fact]
    public void A_packet_and_its_answer_are_given_to_the_same_bucket()
    {
        TestSwitch bridge = Switch(
            "actions=group:1",
            "group_id=1,type=select,selection_method=hash,bucket=output:2,bucket=output:3,bucket=LOCAL");
        var seen = new HashSet<string>();
        for (ushort port = 1; port < 200; port++)
        {
            FlowKey there = Packets.Tcp();
            there.TpSrc = port;
            FlowKey back = there;
            (back.EthSrc, back.EthDst) = (there.EthDst, there.EthSrc);
            (back.Ipv4Src, back.Ipv4Dst) = (there.Ipv4Dst, there.Ipv4Src);
            (back.TpSrc, back.TpDst) = (there.TpDst, there.TpSrc);

            string chosen = bridge.Translate(there).Text;
            bridge.Translate(back).Text.ShouldBe(chosen);
            seen.Add(chosen);
        }

        seen.Count.ShouldBe(3, "each bucket gets some");
    }

    [Fact]
    public void Only_the_fields_that_a_group_names_are_hashed_and_looked_at()
    {
        TestSwitch bridge = Switch(
            "actions=group:1",
            "group_id=1,type=select,selection_method=hash,fields(ip_src=255.255.255.0,udp_dst),bucket=output:2,bucket=output:3");

        TestSwitch.Outcome outcome = bridge.Translate(Packets.Tcp());

        outcome.Mask.Ipv4Src.ShouldBe(0xffffff00u);
        outcome.Mask.NwProto.ShouldBe(byte.MaxValue, "it says that the packet has no UDP port");
        (outcome.Mask.TpDst, outcome.Mask.Ipv4Dst).ShouldBe(((ushort)0, 0u));
        var seen = new HashSet<string>();
        for (uint host = 0; host < 256; host++)
        {
            FlowKey key = Packets.Tcp();
            key.Ipv4Src = 0x0a000000 | host;
            seen.Add(bridge.Translate(key).Text);
        }

        seen.Count.ShouldBe(1);
    }

    [Fact]
    public void A_failover_group_takes_the_first_bucket_whose_port_is_live()
    {
        const string Group = "group_id=1,type=ff,bucket=watch_port:2,output:2,bucket=watch_port:3,output:3";
        Live(Group, dead: []).Text.ShouldBe("102");
        Live(Group, dead: [2]).Text.ShouldBe("103");
        Live(Group, dead: [2, 3]).Text.ShouldBe("drop");
    }

    [Fact]
    public void A_port_that_is_not_there_is_not_live() =>
        Live("group_id=1,type=ff,bucket=watch_port:77,output:2,bucket=watch_port:3,output:3", dead: []).Text.ShouldBe("103");

    [Fact]
    public void A_group_is_live_while_a_bucket_of_it_is()
    {
        string[] groups =
        [
            "group_id=2,type=ff,bucket=watch_port:2,output:2,bucket=watch_port:3,output:3",
            "group_id=1,type=ff,bucket=watch_group:2,group:2,bucket=watch_port:1,LOCAL",
        ];
        Live(string.Join('\n', groups), dead: [2]).Text.ShouldBe("103");
        Live(string.Join('\n', groups), dead: [2, 3]).Text.ShouldBe("100");
    }

    [Fact]
    public void Groups_that_watch_each_other_end_somewhere() => Live(
        "group_id=2,type=ff,bucket=watch_group:1,output:2\ngroup_id=1,type=ff,bucket=watch_group:2,output:2",
        dead: []).Text.ShouldBe("drop");

    [Fact]
    public void Hashes_of_a_dead_bucket_go_to_the_live_ones()
    {
        var bridge = new TestSwitch("", morePorts: new BridgePort(2, 102, "p2") { IsLive = false });
        bridge.AddGroups("group_id=1,type=select,bucket=watch_port:2,output:2,bucket=watch_port:3,output:3,bucket=LOCAL");
        bridge.Add("actions=group:1");
        uint id = bridge.Translate(Packets.Tcp()).Recirculations.ShouldHaveSingleItem();

        string[] chosen = [.. Enumerable.Range(16, 16).Select(hash => bridge.Translate(Hashed(id, (uint)hash)).Text)];

        chosen.ShouldAllBe(text => text == "103" || text == "100");
        chosen.Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public void A_group_that_is_gone_ends_its_list_alone()
    {
        TestSwitch bridge = Switch("actions=resubmit(,1),3\ntable=1,actions=group:1,LOCAL", "group_id=1,type=indirect,bucket=group:9");

        bridge.Translate(Packets.Tcp()).Text.ShouldBe("100,103", "the bucket's list ends");
    }

    [Fact]
    public void A_loop_of_groups_is_cut()
    {
        TestSwitch bridge = Switch("actions=2,group:1", "group_id=1,type=indirect,bucket=group:1");

        TestSwitch.Outcome outcome = bridge.Translate(Packets.Tcp());

        outcome.Translation.Error.ShouldBe(XlateError.RecursionTooDeep);
        outcome.Text.ShouldBe("drop");
    }

    [Fact]
    public void A_clone_around_a_hash_keeps_the_packet_from_it()
    {
        TestSwitch bridge = Switch("actions=clone(group:1),3", "group_id=1,type=select,bucket=output:2,bucket=output:3");

        TestSwitch.Outcome outcome = bridge.Translate(Packets.Tcp());

        outcome.Text.ShouldMatch(@"^clone\(hash\(l4\(0\)\),recirc\(0x[0-9a-f]+\)\),103$");
    }

    [Fact]
    public void Group_and_bucket_count_the_packets_that_they_were_given_once()
    {
        TestSwitch bridge = Switch(
            "in_port=1,actions=group:1\nin_port=2,actions=group:2",
            "group_id=1,type=select,bucket=output:2,bucket=output:3\ngroup_id=2,type=all,bucket=output:1,bucket=output:3");
        uint id = bridge.Translate(Packets.Tcp()).Recirculations.ShouldHaveSingleItem();
        Count(1).ShouldBe("0: 0 0");

        string chosen = bridge.Translate(Hashed(id, 1)).Text;
        Count(1).ShouldBe(chosen == "102" ? "1: 1 0" : "1: 0 1");

        FlowKey other = Packets.Tcp();
        other.DatapathPort = 102;
        bridge.Translate(other);
        Count(2).ShouldBe("1: 1 1");

        string Count(uint id)
        {
            GroupStatistics statistics = bridge.Tables.GetStatistics(bridge.Tables.GetGroups(id)[0]);
            return $"{statistics.Packets}: {string.Join(' ', statistics.Buckets.Select(bucket => bucket.Packets))}";
        }
    }

    [Fact]
    public void A_changed_group_makes_flows_stale()
    {
        TestSwitch bridge = Switch("actions=group:1", "group_id=1,type=indirect,bucket=output:2");
        Odp.Translation translation = bridge.Translate(Packets.Tcp()).Translation;
        bridge.Factory.IsCurrent(translation).ShouldBeTrue();

        bridge.AddGroups("modify group_id=1,type=indirect,bucket=output:3");

        bridge.Factory.IsCurrent(translation).ShouldBeFalse();
        bridge.Translate(Packets.Tcp()).Text.ShouldBe("103");
    }

    [Fact]
    public void A_trace_shows_buckets_as_open_vswitch_does()
    {
        var bridge = new TestSwitch("", morePorts: new BridgePort(2, 102, "p2") { IsLive = false });
        bridge.AddGroups("group_id=1,type=ff,bucket=watch_port:2,output:2,bucket=watch_port:3,output:3");
        bridge.Add("actions=group:1");

        string trace = new FlowTracer(bridge.Factory).Trace(TracedPacket.Of(Packets.Tcp(), bridge.Factory)!).ToString();

        string[] lines = trace.Split('\n');
        int first = Array.FindIndex(lines, line => line.EndsWith("group:1", StringComparison.Ordinal));
        lines[(first - 1)..(first + 5)].ShouldBe(
        [
            " 0. priority 32768",
            "    group:1",
            "     -> bucket 0: not live due to port 2",
            "     -> using bucket 1",
            "    bucket 1",
            "            output:3",
        ]);
    }

    private static FlowKey Hashed(uint id, uint hash)
    {
        FlowKey key = Packets.Tcp();
        key.RecircId = id;
        key.DpHash = hash;
        return key;
    }

    private static TestSwitch.Outcome Live(string groups, uint[] dead)
    {
        BridgePort[] ports = [.. dead.Select(number => new BridgePort(number, 100 + number, $"p{number}") { IsLive = false })];
        var bridge = new TestSwitch("", morePorts: ports);
        bridge.AddGroups(groups.Split('\n'));
        bridge.Add("actions=group:1");
        return bridge.Translate(Packets.Tcp());
    }

    private static TestSwitch Switch(string flows, string groups)
    {
        var bridge = new TestSwitch("");
        bridge.AddGroups(groups.Split('\n'));
        bridge.Add(flows);
        return bridge;
    }
}
