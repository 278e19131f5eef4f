using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto.Tests;

/// <summary>What a flow's flags do, and rules as <c>ovs-ofctl dump-flows</c> prints them.</summary>
public class FlowFlagTests
{
    private readonly ManualTime _time = new();
    private readonly FlowTables _tables;

    public FlowFlagTests() => _tables = new FlowTables(_time);

    [Fact]
    public void A_rule_is_printed_with_what_it_has_counted_and_how_long_it_is_there()
    {
        Apply("cookie=0x7,table=3,send_flow_rem,importance=9,idle_timeout=5,priority=4,tcp,actions=output:2", "actions=drop");
        Rule rule = _tables.GetRules().Single(candidate => candidate.Table == 3);
        rule.Counters.Credit(3, 180);
        _time.Advance(TimeSpan.FromMilliseconds(5123));
        RuleText.Format(rule, _tables.GetStatistics(rule))
            .ShouldBe("cookie=0x7, duration=5.123s, table=3, n_packets=3, n_bytes=180, idle_timeout=5,"
                + " send_flow_rem importance=9, priority=4,tcp actions=output:2");

        Rule other = _tables.GetRules().Single(candidate => candidate.Table == 0);
        _time.Advance(TimeSpan.FromMilliseconds(877));
        RuleText.Format(other, _tables.GetStatistics(other))
            .ShouldBe("cookie=0x0, duration=6s, table=0, n_packets=0, n_bytes=0, actions=drop");
    }

    [Fact]
    public void Ports_and_tables_are_printed_by_name_on_demand()
    {
        var names = new FlowNames(
            [KeyValuePair.Create("p1", 1u), KeyValuePair.Create("eth0.5", 2u)],
            [KeyValuePair.Create("acl", (byte)9), KeyValuePair.Create("all", (byte)0)]);
        Apply("ip,in_port=1,actions=output:2,resubmit(2,9),resubmit:1,output(port=1,max_len=60),clone(output:1),"
            + "ct(table=9),LOCAL,output:77,goto_table:9");
        Rule rule = _tables.GetRules().Single();
        string printed = RuleText.Format(rule, names);
        printed.ShouldBe("table=all, ip,in_port=p1 actions=output:\"eth0.5\",resubmit(\"eth0.5\",acl),resubmit:p1,"
            + "output(port=p1,max_len=60),clone(output:p1),ct(table=acl),LOCAL,output:77,goto_table:acl");
        FlowChange again = FlowSyntax.ParseFlow(printed, names: names);
        (again.Table, again.Match, again.Actions!.ToString()).ShouldBe(((byte?)0, rule.Match, rule.Actions.ToString()));
    }

    [Fact]
    public void A_modification_counts_anew_only_if_it_says_so_and_keeps_the_flows_own_flags()
    {
        Apply("send_flow_rem,importance=3,in_port=1,actions=1", "in_port=2,actions=1");
        foreach (Rule rule in _tables.GetRules())
            rule.Counters.Credit(5, 500);
        _time.Advance(TimeSpan.FromSeconds(9));

        Apply("modify in_port=1,no_packet_counts,actions=2", "modify in_port=2,reset_counts,actions=2");

        Rule kept = _tables.GetRules().Single(rule => rule.Match.ToString() == "in_port=1");
        RuleText.Format(kept, _tables.GetStatistics(kept))
            .ShouldBe("cookie=0x0, duration=9s, table=0, n_packets=5, n_bytes=500, send_flow_rem importance=3, in_port=1 actions=output:2");
        Rule reset = _tables.GetRules().Single(rule => rule.Match.ToString() == "in_port=2");
        RuleText.Format(reset, _tables.GetStatistics(reset))
            .ShouldBe("cookie=0x0, duration=9s, table=0, n_packets=0, n_bytes=0, in_port=2 actions=output:2");
    }

    [Fact]
    public void Packets_are_counted_even_if_nobody_needs_it_as_by_open_vswitch()
    {
        var bridge = new TestSwitch("no_packet_counts,no_byte_counts,actions=2");
        bridge.Translate(Packets.Tcp());
        Rule rule = bridge.Tables.GetRules().Single();
        (rule.Counters.Packets, rule.Counters.Bytes).ShouldBe((1UL, 64UL));
        rule.ToString().ShouldBe("no_packet_counts no_byte_counts actions=output:2");
    }

    // The last flow is the one that asks.
    [Theory]
    [InlineData(false, "priority=5,in_port=1,actions=1", "check_overlap,priority=5,tcp,actions=1")]
    [InlineData(false, "priority=5,actions=1", "check_overlap,priority=5,tcp,actions=1")]
    [InlineData(false, "priority=5,tcp,actions=1", "check_overlap,priority=5,actions=1")]
    [InlineData(false, "priority=5,ip,nw_src=10.0.0.0/8,actions=1", "check_overlap,priority=5,ip,nw_src=10.1.0.0/16,actions=1")]
    [InlineData(false, "priority=5,ip,nw_src=10.1.0.0/16,actions=1", "check_overlap,priority=5,ip,nw_src=10.0.0.0/8,actions=1")]
    [InlineData(true, "priority=5,ip,nw_src=10.1.0.0/16,actions=1", "check_overlap,priority=5,ip,nw_src=11.0.0.0/8,actions=1")]
    [InlineData(true, "priority=5,in_port=1,actions=1", "check_overlap,priority=6,tcp,actions=1")]
    [InlineData(true, "table=1,priority=5,in_port=1,actions=1", "check_overlap,priority=5,tcp,actions=1")]
    [InlineData(true, "priority=5,in_port=1,tcp,actions=1", "check_overlap,priority=5,in_port=2,actions=1")]
    [InlineData(true, "priority=5,tcp,actions=1", "check_overlap,priority=5,udp,actions=1")]
    [InlineData(true, "priority=5,in_port=1,actions=1", "check_overlap,priority=5,in_port=1,actions=2")]
    [InlineData(true, "priority=5,in_port=1,actions=1", "priority=5,tcp,actions=1")]
    [InlineData(false, "priority=5,in_port=1,actions=1", "modify_strict check_overlap,priority=5,tcp,actions=1")]
    public void A_flow_that_wants_no_other_beside_it_is_refused_if_there_is_one(bool isTaken, string there, string flow)
    {
        Apply(there, "priority=1,actions=drop");
        string[] before = Printed();
        FlowChange[] changes = Array
            .ConvertAll(["delete_strict priority=1", "in_port=7,actions=3", flow], text => FlowSyntax.ParseFlow(text));
        if (isTaken)
        {
            _tables.Apply(changes);
            Printed().ShouldContain(rule => rule.Contains("in_port=7", StringComparison.Ordinal));
            return;
        }

        ulong version = _tables.Version;
        FlowRefusedException refused = Should.Throw<FlowRefusedException>(() => _tables.Apply(changes));
        (refused.Index, refused.Error).ShouldBe((2, "OFPFMFC_OVERLAP"));
        Printed().ShouldBe(before, ignoreOrder: true);
        _tables.Version.ShouldBe(version);
        // What was begun is undone, so that the next batch does not bring it.
        Flow wildcards = default;
        _tables.Apply([]);
        _tables.Lookup(0, new Flow(Packets.Tcp(), inPort: 7), ref wildcards)?.ToString().ShouldNotContain("in_port=7");
    }

    [Fact]
    public void Of_a_file_each_flow_that_overlaps_with_one_before_it_is_named_and_left_out()
    {
        FlowFile read = FlowSyntax.ParseFile(
            """
            priority=5,in_port=1,actions=1

            check_overlap,priority=5,tcp,actions=1
            check_overlap,priority=5,in_port=2,actions=1
            check_overlap,priority=5,in_port=2,udp,actions=1
            """,
            "a.of");
        FlowFile file = FlowTables.CheckOverlaps(read, "a.of");
        file.Changes.Select(change => change.Match.ToString()).ShouldBe(["in_port=1", "in_port=2"]);
        file.Lines.ShouldBe([1, 4]);
        file.Errors.Select(error => error.Line).ShouldBe([3, 5]);
        file.Errors[0].Message.ShouldBe("check_overlap: a packet can match 'tcp' and 'in_port=1', both of priority 5 (OFPFMFC_OVERLAP)");
    }

    [Theory]
    [InlineData("OFPBAC_MATCH_INCONSISTENT", "", "ct(commit)")]
    [InlineData("OFPBAC_MATCH_INCONSISTENT", "arp", "set_field:1.2.3.4->ip_src")]
    [InlineData("OFPBIC_BAD_TABLE_ID", "", "goto_table:0")]
    public void Tables_refuse_actions_that_do_not_fit_the_match_however_they_were_put_together(string error, string match, string actions)
    {
        var cursor = new TextCursor(actions);
        var change = new FlowChange { Match = FlowSyntax.ParseMatch(match), Actions = ActionList.Parse(ref cursor) };
        FlowRefusedException refused = Should.Throw<FlowRefusedException>(
            () => _tables.Apply(new FlowChange { Actions = ActionList.Empty }, change));
        (refused.Index, refused.Error).ShouldBe((1, error));
        refused.Message.ShouldContain($"({error})");
        Printed().ShouldBeEmpty();
    }

    private void Apply(params string[] flows) => _tables.Apply([.. flows.Select(flow => FlowSyntax.ParseFlow(flow))]);

    private string[] Printed() => [.. _tables.GetRules().Select(rule => rule.ToString())];
}
