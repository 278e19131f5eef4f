using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto.Tests;

/// <summary>What flow-mods of connections may do that lines of files do not say.</summary>
public class FlowModTests
{
    private readonly ManualTime _time = new();
    private readonly FlowTables _tables;

    public FlowModTests() => _tables = new FlowTables(_time);

    [Fact]
    public void Modifying_nothing_adds_only_where_that_is_the_version_s_way()
    {
        Make(Flow("modify in_port=1,actions=1") with { MayAdd = false });
        Make(Flow("modify_strict in_port=1,actions=1") with { MayAdd = false });
        _tables.GetRules().ShouldBeEmpty();
        Make(Flow("modify in_port=1,actions=1") with { MayAdd = true });
        Printed().ShouldBe(["in_port=1 actions=output:1"]);
    }

    [Fact]
    public void A_flow_that_replaces_another_goes_on_with_its_counters_if_it_is_to_but_is_there_from_now()
    {
        Make(Flow("cookie=1,hard_timeout=9,importance=3,in_port=1,actions=1"), Flow("in_port=2,actions=1"));
        Rule[] before = [.. _tables.GetRules()];
        foreach (Rule rule in before)
            rule.Counters.Credit(5, 500);
        _time.Advance(TimeSpan.FromSeconds(3));
        Make(Flow("cookie=2,idle_timeout=8,in_port=1,actions=2") with { KeepsCounts = true }, Flow("in_port=2,actions=2"));

        // A packet that was on its way to the rule before.
        before[0].Counters.Credit(1, 100);
        _time.Advance(TimeSpan.FromSeconds(1));
        string[] printed = [.. _tables.GetRules().Select(rule => RuleText.Format(rule, _tables.GetStatistics(rule)))];
        printed.ShouldBe(
        [
            "cookie=0x2, duration=1s, table=0, n_packets=6, n_bytes=600, idle_timeout=8, in_port=1 actions=output:2",
            "cookie=0x0, duration=1s, table=0, n_packets=0, n_bytes=0, in_port=2 actions=output:2",
        ]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_flow_that_replaces_another_has_an_idle_time_of_its_own(bool keepsCounts)
    {
        Make(Flow("idle_timeout=10,in_port=1,actions=1"), Flow("in_port=2,actions=1"));
        _time.Advance(TimeSpan.FromSeconds(6));
        Make(Flow("idle_timeout=10,in_port=1,actions=2") with { KeepsCounts = keepsCounts },
            Flow("idle_timeout=10,in_port=2,actions=2") with { KeepsCounts = keepsCounts });
        _time.Advance(TimeSpan.FromSeconds(6));
        Expire();
        Printed().Length.ShouldBe(2);
        _time.Advance(TimeSpan.FromSeconds(5));
        Expire();
        Printed().ShouldBeEmpty();
    }

    [Fact]
    public void All_ones_are_no_cookie_for_a_flow_that_replaces_another()
    {
        Make(Flow("cookie=5,in_port=1,actions=1"));
        Make(Flow("in_port=1,actions=2") with { Cookie = ulong.MaxValue }, Flow("in_port=2,actions=2") with { Cookie = ulong.MaxValue });
        _tables.GetRules().Select(rule => rule.Cookie).ShouldBe([5, ulong.MaxValue]);
        Make(Flow("delete cookie=5/-1"));
        _tables.GetRules().ShouldHaveSingleItem().Cookie.ShouldBe(ulong.MaxValue);
    }

    [Theory]
    [InlineData(2, true, "actions=1,2")]
    [InlineData(2, true, "actions=clone(1,clone(2))")]
    [InlineData(2, false, "actions=1,clone(1)")]
    [InlineData(2, false, "actions=output(port=2,max_len=100)")]
    [InlineData(2, false, "actions=resubmit:2")]
    [InlineData(OpenFlowPorts.Controller, true, "actions=controller(id=3)")]
    [InlineData(OpenFlowPorts.Controller, false, "actions=2")]
    [InlineData(OpenFlowPorts.Normal, true, "actions=NORMAL")]
    [InlineData(OpenFlowPorts.None, true, "actions=drop")]
    public void A_deletion_and_a_question_may_ask_for_flows_that_output_to_a_port(uint port, bool isMeant, string actions)
    {
        Make(Flow("cookie=1,in_port=1," + actions), Flow("cookie=1,table=1,in_port=1,actions=drop"));
        foreach (FlowChange deletion in (FlowChange[])[Flow("delete table=0"), Flow("delete_strict table=0,in_port=1"),
            Flow("delete table=0,cookie=1/-1"), Flow("delete table=0,cookie=1/1")])
        {
            FlowChange change = deletion with { OutPort = port };
            _tables.GetRules(change).Length.ShouldBe(isMeant ? 1 : 0);
            using TableTransaction transaction = _tables.Begin(default);
            transaction.Make(change).ShouldBeNull();
            _tables.GetRules().Length.ShouldBe(isMeant ? 1 : 2);
        }
    }

    [Fact]
    public void A_modification_does_not_ask_where_flows_output_to()
    {
        Make(Flow("in_port=1,actions=1"));
        Make(Flow("modify actions=3") with { OutPort = 2, OutGroup = 5 });
        Printed().ShouldBe(["in_port=1 actions=output:3"]);
    }

    [Fact]
    public void A_flow_for_a_group_that_is_not_there_is_refused_when_it_is_made()
    {
        Make(Flow("in_port=2,actions=1"));
        ulong before = _tables.Version;
        using TableTransaction transaction = _tables.Begin(default);
        transaction.Make(Flow("in_port=1,actions=1,clone(group:5)")).ShouldBe(BadAction.BadOutGroup);
        transaction.Make(Flow("modify in_port=1,actions=group:5")).ShouldBe(BadAction.BadOutGroup);
        transaction.Make(Flow("modify in_port=2,actions=group:5") with { MayAdd = false }).ShouldBe(BadAction.BadOutGroup);
        transaction.Make(Flow("modify in_port=1,actions=group:5") with { MayAdd = false }).ShouldBeNull("no flow would get the action");
        transaction.Commit().ShouldBe(before);
    }

    [Fact]
    public void A_modified_flow_keeps_a_cookie_that_is_for_an_added_one()
    {
        Make(Flow("cookie=1,in_port=1,actions=1"));
        Make(Flow("modify cookie=2,in_port=1,actions=2") with { KeepsCookie = true });
        Make(Flow("modify cookie=2,in_port=2,actions=2") with { KeepsCookie = true });
        _tables.GetRules().Select(rule => rule.Cookie).Order().ShouldBe([1UL, 2UL]);
    }

    [Fact]
    public void Flows_that_output_to_no_group_are_not_deleted_for_one()
    {
        Make(Flow("in_port=1,actions=1,clone(2)"));
        FlowChange deletion = Flow("delete") with { OutGroup = 5 };
        _tables.GetRules(deletion).ShouldBeEmpty();
        Make(deletion);
        _tables.RuleCount.ShouldBe(1);
    }

    [Fact]
    public void The_switch_s_own_table_takes_no_flow_and_is_passed_over_by_deletions()
    {
        using TableTransaction transaction = _tables.Begin(default);
        transaction.Make(Flow("actions=drop") with { Table = 254 }).ShouldBe(BadRequest.NotPermitted);
        transaction.Make(Flow("modify actions=drop") with { Table = 254, MayAdd = false }).ShouldBe(BadRequest.NotPermitted);
        transaction.Make(Flow("delete") with { Table = 254 }).ShouldBeNull();
        transaction.Commit().ShouldBe(0UL);
    }

    private static FlowChange Flow(string text) => FlowSyntax.ParseFlow(text);

    private void Make(params FlowChange[] changes)
    {
        using TableTransaction transaction = _tables.Begin(new ChangeOrigin(ChangeSource.Connection));
        foreach (FlowChange change in changes)
            transaction.Make(change).ShouldBeNull();
        transaction.Commit();
    }

    private void Expire()
    {
        _tables.Expire(isAccounted: true);
        _tables.Expire(isAccounted: true);
    }

    private string[] Printed() => [.. _tables.GetRules().Select(rule => rule.ToString())];
}
