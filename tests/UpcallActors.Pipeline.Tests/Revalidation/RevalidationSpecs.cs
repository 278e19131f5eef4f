using Akka.TestKit.Xunit2;
using UpcallActors.Odp;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Pipeline.Tests;

/// <summary>What becomes of flows: they are credited, kept as the tables want them, and deleted when their time has come.</summary>
public sealed class RevalidationSpecs() : TestKit("akka.loglevel = OFF\nakka.stdout-loglevel = OFF")
{
    private static readonly Ufid _foreign = new(new UInt128(0x1111_2222_3333_4444, 0x8555_6666_7777_8888));

    [Fact]
    public async Task Flows_most_of_which_are_new_are_dumped_in_full_and_a_few_new_ones_are_fetched()
    {
        TamperedDatapath? seen = null;
        await using RevalidatedSwitch bridge = await RevalidatedSwitch.StartAsync(
            Sys, string.Join('\n', Enumerable.Range(1, 21).Select(port => $"udp,tp_dst={port},actions=2")),
            seen: inner => seen = new TamperedDatapath(inner));
        for (ushort port = 1; port <= 20; port++)
            await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2, port), times: 3);
        await bridge.ExactRoundsAsync(1);
        (seen!.ShownInFull, seen.Fetched).ShouldBe((20, 0));
        bridge.Counters[RevalidationEvent.FlowAdopted].ShouldBe(20);

        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2, 21), times: 3);
        await bridge.ExactRoundsAsync(1);
        (seen.ShownInFull, seen.Fetched).ShouldBe((20, 1));
        bridge.Tables.GetRules().ShouldAllBe(rule => rule.Counters.Packets == 3);
        bridge.Revalidation.Snapshot().Keys.Sum().ShouldBe(21);
    }

    [Fact]
    public async Task Every_packet_is_credited_to_its_rule_once_whether_it_came_up_or_not()
    {
        await using RevalidatedSwitch bridge = await RevalidatedSwitch.StartAsync(Sys, "in_port=1,actions=2");
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2), times: 5);
        await bridge.RoundAsync(2);
        bridge.Rule("in_port").Counters.Packets.ShouldBe(5u);
        bridge.Rule("in_port").Counters.Bytes.ShouldBe(5u * 60);
        bridge.Datapath.Counters.UpcallsQueued.ShouldBe(1);

        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2), times: 3);
        await bridge.RoundAsync(2);
        bridge.Rule("in_port").Counters.Packets.ShouldBe(8u);
    }

    [Fact]
    public async Task A_burst_of_one_flow_is_credited_packet_by_packet_although_it_is_translated_once()
    {
        using var gate = new ManualResetEventSlim();
        await using RevalidatedSwitch bridge = await RevalidatedSwitch.StartAsync(
            Sys, "in_port=1,actions=resubmit(,1)\ntable=1,actions=2", translators: inner => new GatedTranslators(inner, gate));
        for (int i = 0; i < 65; i++)
            bridge.Datapath.Receive(101, RevalidatedSwitch.Udp(1, 2));
        gate.Set();
        await bridge.IdleAsync();
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2), times: 10);
        await bridge.RoundAsync(2);

        bridge.Pipeline.Counters.Duplicates.ShouldBeGreaterThan(0);
        bridge.Tables.GetRules().ShouldAllBe(rule => rule.Counters.Packets == 75 && rule.Counters.Bytes == 75 * 60);
    }

    [Fact]
    public async Task Two_switches_in_one_actor_system_both_answer()
    {
        await using RevalidatedSwitch first = await RevalidatedSwitch.StartAsync(Sys, "in_port=1,actions=2");
        await using RevalidatedSwitch second = await RevalidatedSwitch.StartAsync(Sys, "in_port=1,actions=3");
        for (ushort port = 1; port <= 20; port++)
        {
            first.Datapath.Receive(101, RevalidatedSwitch.Udp(1, 2, port));
            second.Datapath.Receive(101, RevalidatedSwitch.Udp(1, 2, port));
        }

        await first.IdleAsync();
        await second.IdleAsync();
        await first.RoundAsync();
        await second.RoundAsync();
        (first.Rule("in_port").Counters.Packets, second.Rule("in_port").Counters.Packets).ShouldBe((20UL, 20UL));
        first.Flows().ShouldAllBe(flow => flow.EndsWith("actions:102"));
        second.Flows().ShouldAllBe(flow => flow.EndsWith("actions:103"));
    }

    [Fact]
    public async Task Switches_that_come_and_go_in_one_actor_system_leave_their_loops_to_those_after_them()
    {
        for (int i = 0; i < 5; i++)
        {
            await using RevalidatedSwitch bridge = await RevalidatedSwitch.StartAsync(Sys, "in_port=1,actions=2");
            await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2), times: 2);
            await bridge.RoundAsync();
            bridge.Rule("in_port").Counters.Packets.ShouldBe(2u);
        }

        Sys.Dispatchers.HasDispatcher("upcall-actors.lane-0.ovs-system.0").ShouldBeTrue();
        Sys.Dispatchers.HasDispatcher("upcall-actors.lane-0.ovs-system.1").ShouldBeFalse();
    }

    [Fact]
    public async Task What_a_deleted_flow_carried_last_is_credited()
    {
        await using RevalidatedSwitch bridge = await RevalidatedSwitch.StartAsync(Sys, "in_port=1,actions=2");
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2), times: 2);
        await bridge.RoundAsync();
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2), times: 4);
        await bridge.DoneAsync(bridge.Revalidation.PurgeAsync());
        bridge.Datapath.FlowCount.ShouldBe(0);
        bridge.Counters.Deleted(FlowDeletionReason.Purge).ShouldBe(1);
        bridge.Rule("in_port").Counters.Packets.ShouldBe(6u);
    }

    [Fact]
    public async Task A_flow_goes_when_it_was_idle_for_too_long_and_not_before()
    {
        await using RevalidatedSwitch bridge = await RevalidatedSwitch.StartAsync(Sys, "udp,tp_dst=53,actions=2\nudp,tp_dst=54,actions=3");
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2, 53), times: 2);
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2, 54));
        await bridge.RoundAsync();
        bridge.Age(TimeSpan.FromSeconds(9));
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2, 53));
        await bridge.RoundAsync();
        bridge.Datapath.FlowCount.ShouldBe(2);

        bridge.Age(TimeSpan.FromSeconds(2));
        await bridge.RoundAsync();
        bridge.Flows().ShouldHaveSingleItem().ShouldContain("actions:102");
        bridge.Counters.Deleted(FlowDeletionReason.FlowIdle).ShouldBe(1);

        bridge.Age(TimeSpan.FromSeconds(9));
        await bridge.RoundAsync();
        bridge.Datapath.FlowCount.ShouldBe(0);
        bridge.Revalidation.Snapshot().Keys.Sum().ShouldBe(0);
    }

    [Fact]
    public async Task Changes_that_come_before_the_round_that_the_first_one_asked_for_wake_nobody()
    {
        await using RevalidatedSwitch bridge = await RevalidatedSwitch.StartAsync(Sys, "udp,tp_dst=53,actions=2");
        await bridge.ExactRoundsAsync(1);
        int before = bridge.Time.AlarmsSet;
        long rounds = bridge.Revalidation.Snapshot().Rounds;

        for (int port = 1; port <= 10; port++)
        {
            bridge.Tables.Apply([.. FlowSyntax.ParseFile($"udp,tp_dst={port},actions=3").Changes]);
            // It has read its mailbox up to here.
            _ = await Sys.ActorSelection("/user/*/revalidation").ResolveOne(TimeSpan.FromSeconds(20));
        }

        bridge.Time.AlarmsSet.ShouldBe(before + 1);
        await bridge.ExactRoundsAsync(1);
        bridge.Revalidation.Snapshot().Rounds.ShouldBe(rounds + 1);

        bridge.Tables.Apply([.. FlowSyntax.ParseFile("udp,tp_dst=53,actions=3").Changes]);
        await bridge.ExactRoundsAsync(1);
        bridge.Revalidation.Snapshot().Rounds.ShouldBe(rounds + 2);
    }

    [Fact]
    public async Task Settings_that_are_changed_hold_from_the_next_round_on()
    {
        await using RevalidatedSwitch bridge = await RevalidatedSwitch.StartAsync(Sys, "udp,tp_dst=53,actions=2");
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2, 53));
        await bridge.RoundAsync();
        bridge.Age(TimeSpan.FromSeconds(3));
        await bridge.RoundAsync();
        bridge.Datapath.FlowCount.ShouldBe(1);

        RevalidatorSettings before = bridge.Revalidation.Settings;
        bridge.Revalidation.Tune(settings =>
            settings with { MaxIdle = TimeSpan.FromSeconds(2), FlowLimit = 2000, Revalidators = 7, Time = TimeProvider.System });
        bridge.Revalidation.Settings.ShouldBe(before with { MaxIdle = TimeSpan.FromSeconds(2), FlowLimit = 2000 });
        bridge.Revalidation.FlowLimit.ShouldBe(2000);
        await bridge.RoundAsync();
        bridge.Datapath.FlowCount.ShouldBe(0);
        Should.Throw<ArgumentOutOfRangeException>(() => bridge.Revalidation.Tune(settings => settings with { FlowLimit = 0 }));
    }

    [Fact]
    public async Task Settings_that_two_change_at_once_are_both_changed()
    {
        await using RevalidatedSwitch bridge = await RevalidatedSwitch.StartAsync(Sys, "udp,tp_dst=53,actions=2");
        Revalidation revalidation = bridge.Revalidation;
        int before = revalidation.Settings.MinRevalidatePps;
        Parallel.For(0, 4, _ =>
        {
            for (int i = 0; i < 500; i++)
                revalidation.Tune(settings => settings with { MinRevalidatePps = settings.MinRevalidatePps + 1 });
        });
        revalidation.Settings.MinRevalidatePps.ShouldBe(before + 2000);
    }

    [Fact]
    public async Task Other_actions_in_a_table_change_the_flow_in_place()
    {
        await using RevalidatedSwitch bridge = await RevalidatedSwitch.StartAsync(Sys, "in_port=1,actions=2");
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2), times: 2);
        await bridge.RoundAsync();
        bridge.Tables.Apply(FlowSyntax.ParseFlow("in_port=1,actions=3"));
        await bridge.RoundAsync();
        bridge.Flows().ShouldHaveSingleItem().ShouldContain("actions:103");
        bridge.Counters[RevalidationEvent.FlowModified].ShouldBe(1);

        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2));
        bridge.Datapath.Counters.UpcallsQueued.ShouldBe(1);
    }

    [Fact]
    public async Task Only_flows_that_were_looked_up_in_a_table_that_changed_are_translated_again()
    {
        await using RevalidatedSwitch bridge = await RevalidatedSwitch.StartAsync(
            Sys, "in_port=1,actions=2\nin_port=2,actions=resubmit(,5)\ntable=5,actions=3");
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2), times: 2);
        await bridge.SendAsync(102, RevalidatedSwitch.Udp(1, 2), times: 2);
        await bridge.RoundAsync(2);
        long before = Translated();
        bridge.Tables.Apply(FlowSyntax.ParseFlow("table=9,actions=drop"));
        await bridge.RoundAsync(2);
        Translated().ShouldBe(before);

        bridge.Tables.Apply(FlowSyntax.ParseFlow("table=5,actions=1"));
        await bridge.RoundAsync(2);
        Translated().ShouldBe(before + 1);
        bridge.Flows().ShouldContain(flow => flow.Contains("actions:101", StringComparison.Ordinal));

        // A station that is learned may concern any flow.
        bridge.Factory.Bridges[0].MacLearning.Learn(0x020000000077, 0, 1);
        await bridge.RoundAsync(2);
        Translated().ShouldBe(before + 3);
        bridge.Factory.Replace(bridge.Factory.Bridges);
        await bridge.RoundAsync(2);
        Translated().ShouldBe(before + 5);

        long Translated() => bridge.Counters[RevalidationEvent.FlowTranslated];
    }

    [Fact]
    public async Task A_flow_that_matches_too_much_by_the_new_tables_is_deleted()
    {
        await using RevalidatedSwitch bridge = await RevalidatedSwitch.StartAsync(Sys, "in_port=1,actions=2");
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2), times: 2);
        await bridge.RoundAsync();
        bridge.Tables.Apply(FlowSyntax.ParseFlow("priority=40000,udp,tp_dst=99,actions=3"));
        await bridge.RoundAsync();
        bridge.Flows().ShouldBeEmpty();
        bridge.Counters.Deleted(FlowDeletionReason.FlowWildcarded).ShouldBe(1);

        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2));
        await bridge.RoundAsync();
        bridge.Flows().ShouldHaveSingleItem().ShouldContain("actions:102");
    }

    [Fact]
    public async Task A_flow_that_matches_less_than_it_need_stays_as_it_is()
    {
        await using RevalidatedSwitch bridge = await RevalidatedSwitch.StartAsync(Sys,
            "in_port=1,actions=2\npriority=40000,udp,tp_dst=99,actions=3");
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2), times: 2);
        await bridge.RoundAsync();
        string[] before = bridge.Flows();
        before.ShouldHaveSingleItem().ShouldContain("udp(dst=");
        bridge.Tables.Apply(FlowSyntax.ParseFlow("priority=40000,udp,tp_dst=99,actions=drop") with
        {
            Command = FlowCommand.DeleteStrict,
            Actions = null,
        });
        await bridge.RoundAsync();
        bridge.Flows().ShouldBe(before);
    }

    [Fact]
    public async Task Flows_of_NORMAL_follow_a_station_that_moves()
    {
        await using RevalidatedSwitch bridge = await RevalidatedSwitch.StartAsync(Sys, "actions=NORMAL");
        await bridge.SendAsync(102, RevalidatedSwitch.Udp(2, 1));
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2), times: 2);
        await bridge.RoundAsync();
        bridge.Flows().ShouldContain(flow => flow.Contains("in_port(101)") && flow.EndsWith("actions:102"));

        await bridge.SendAsync(103, RevalidatedSwitch.Udp(2, 9));
        await bridge.RoundAsync();
        bridge.Flows().ShouldContain(flow => flow.Contains("in_port(101)") && flow.EndsWith("actions:103"));
        bridge.Counters.Deleted(FlowDeletionReason.FlowWildcarded).ShouldBe(0);
    }

    [Fact]
    public async Task A_change_starts_a_round_by_itself()
    {
        await using RevalidatedSwitch bridge = await RevalidatedSwitch.StartAsync(Sys, "in_port=1,actions=2");
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2), times: 2);
        await bridge.ExactRoundsAsync(1);
        bridge.Time.Advance(TimeSpan.FromMilliseconds(6));
        bridge.Tables.Apply(FlowSyntax.ParseFlow("in_port=1,actions=3"));
        await AwaitConditionAsync(() => Task.FromResult(bridge.Flows().Single().EndsWith("actions:103", StringComparison.Ordinal)),
            TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(5));
    }

    [Fact]
    public async Task A_flow_that_somebody_else_put_is_taken_over_if_it_is_as_the_tables_want_it()
    {
        await using RevalidatedSwitch bridge = await RevalidatedSwitch.StartAsync(Sys, "in_port=1,actions=2\nin_port=2,actions=1");
        bridge.Put(_foreign, "recirc_id(0),in_port(101),eth(),eth_type(0x0800),ipv4(frag=no)", "102");
        await bridge.RoundAsync(2);
        bridge.Flows().ShouldHaveSingleItem().ShouldContain("actions:102");
        bridge.Counters[RevalidationEvent.FlowAdopted].ShouldBe(1);
        bridge.Counters[RevalidationEvent.FlowModified].ShouldBe(0);
        bridge.Revalidation.Snapshot().Keys.Sum().ShouldBe(1);
    }

    [Fact]
    public async Task A_flow_that_somebody_else_put_with_other_actions_is_put_right()
    {
        await using RevalidatedSwitch bridge = await RevalidatedSwitch.StartAsync(Sys, "in_port=1,actions=2");
        bridge.Put(_foreign, "recirc_id(0),in_port(101),eth(),eth_type(0x0800),ipv4(frag=no)", "103");
        await bridge.RoundAsync();
        bridge.Flows().ShouldHaveSingleItem().ShouldContain("actions:102");
    }

    [Theory]
    [InlineData("recirc_id(0),in_port(101),eth(),eth_type(0x0800),ipv4(frag=no)", "102", FlowDeletionReason.FlowWildcarded)]
    [InlineData("recirc_id(77),in_port(101),eth(),eth_type(0x0800),ipv4(frag=no)", "102", FlowDeletionReason.XlationError)]
    public async Task A_flow_that_somebody_else_put_goes_if_it_cannot_be_put_right(string flow, string actions, object reason)
    {
        await using RevalidatedSwitch bridge = await RevalidatedSwitch.StartAsync(Sys, "in_port=1,udp,tp_dst=53,actions=2");
        bridge.Put(_foreign, flow, actions);
        await bridge.RoundAsync();
        bridge.Flows().ShouldBeEmpty();
        bridge.Counters.Deleted((FlowDeletionReason)reason).ShouldBe(1);
    }

    [Fact]
    public async Task A_flow_without_an_id_is_deleted_by_its_key_at_the_start_and_later()
    {
        const string Flow = "recirc_id(0),in_port(101),eth(),eth_type(0x0800),ipv4(frag=no)";
        await using RevalidatedSwitch bridge = await RevalidatedSwitch.StartAsync(Sys, "in_port=1,actions=2");
        bridge.Put(null, Flow, "103");
        await bridge.RoundAsync();
        bridge.Flows().ShouldBeEmpty();
        bridge.Counters.Deleted(FlowDeletionReason.NoUfid).ShouldBe(1);

        bridge.Put(null, Flow, "103");
        await bridge.Pipeline.StopAsync(CancellationToken.None);
        await using RevalidatedSwitch second = await RevalidatedSwitch.StartAsync(Sys, "in_port=1,actions=2", bridge.Datapath);
        second.Flows().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_flow_of_a_port_that_belongs_to_no_bridge_stays_and_drops()
    {
        await using RevalidatedSwitch bridge = await RevalidatedSwitch.StartAsync(Sys, "actions=NORMAL");
        bridge.Datapath.AddPort(new Embedded.EmbeddedPort(109, "stray"));
        await bridge.SendAsync(109, RevalidatedSwitch.Udp(1, 2), times: 3);
        await bridge.RoundAsync(2);
        bridge.Flows().ShouldHaveSingleItem().ShouldEndWith("actions:drop");
        bridge.Datapath.Counters.UpcallsQueued.ShouldBe(1);

        BridgePort[] ports = [new(1, 101, "p1"), new(9, 109, "stray")];
        bridge.Factory.Replace([new Bridge("br0", FailMode.Secure, bridge.Tables, ports, bridge.Factory.Bridges[0].MacLearning)]);
        await bridge.RoundAsync();
        bridge.Flows().ShouldBeEmpty("the drop flow matches too much for a port that is in use now");
    }

    [Fact]
    public async Task Packets_go_on_behind_conntrack_however_many_states_come_and_go()
    {
        await using RevalidatedSwitch bridge = await RevalidatedSwitch.StartAsync(Sys,
            "in_port=1,udp,actions=ct(commit,table=1)\ntable=1,actions=2");
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2), times: 2);
        await bridge.RoundAsync();
        bridge.Counters[RevalidationEvent.FlowModified].ShouldBe(0);
        bridge.Datapath.FlowCount.ShouldBe(2);
        uint id = bridge.Dump().Max(flow => KeyOf(flow).RecircId);
        ((IRecirculationIds)bridge.Factory.Recirculations).TryHold(id).ShouldBeTrue();
        ((IRecirculationIds)bridge.Factory.Recirculations).Release(id);

        await bridge.DoneAsync(bridge.Revalidation.PurgeAsync());
        bridge.Datapath.FlowCount.ShouldBe(0);
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2), times: 2);
        bridge.Datapath.FlowCount.ShouldBe(2);
    }

    private static FlowKey KeyOf(Odp.Text.FlowDumpLine flow)
    {
        OvsFlowKeyReader.TryRead(flow.Key.Span, out FlowKey key).ShouldBe(OdpParseError.None);
        return key;
    }
}
