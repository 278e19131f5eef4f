using Akka.TestKit.Xunit2;
using UpcallActors.OpenFlow;

namespace UpcallActors.Pipeline.Tests;

/// <summary>How many flows there may be, how long rounds may take, and what an operator can ask for.</summary>
public sealed class RevalidationLimitSpecs() : TestKit("akka.loglevel = OFF\nakka.stdout-loglevel = OFF")
{
    private const string ByPort =
        "udp,tp_dst=1,actions=2\nudp,tp_dst=2,actions=2\nudp,tp_dst=4,actions=2\nudp,tp_dst=8,actions=2\nactions=3";

    [Fact]
    public async Task Beyond_the_limit_packets_go_on_and_no_flow_is_put()
    {
        await using RevalidatedSwitch bridge = await RevalidatedSwitch.StartAsync(Sys, ByPort);
        bridge.Revalidation.FlowLimit = 1;
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2, 1));
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2, 2), times: 3);
        bridge.Datapath.FlowCount.ShouldBe(1);
        bridge.Pipeline.Counters.Executes.ShouldBe(4);
        await AwaitConditionAsync(() => Task.FromResult(bridge.Counters[RevalidationEvent.UpcallFlowLimitHit] == 3),
            TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(5));

        bridge.Revalidation.FlowLimit = 2;
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2, 2));
        bridge.Datapath.FlowCount.ShouldBe(2);
    }

    [Fact]
    public async Task With_too_many_flows_those_go_that_were_idle_for_100_ms()
    {
        await using RevalidatedSwitch bridge = await RevalidatedSwitch.StartAsync(Sys, ByPort,
            settings: new RevalidatorSettings { Revalidators = 1 });
        for (ushort port = 1; port <= 4; port *= 2)
            await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2, port), times: 2);
        await bridge.RoundAsync();
        bridge.Age(TimeSpan.FromMilliseconds(150));
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2, 1));
        bridge.Revalidation.FlowLimit = 2;
        await bridge.RoundAsync();
        bridge.Datapath.FlowCount.ShouldBe(1);
        bridge.Counters.Deleted(FlowDeletionReason.FlowIdle).ShouldBe(2);
        bridge.Counters[RevalidationEvent.UpcallFlowLimitHit].ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task With_twice_too_many_flows_all_go()
    {
        await using RevalidatedSwitch bridge = await RevalidatedSwitch.StartAsync(Sys, ByPort,
            settings: new RevalidatorSettings { Revalidators = 1 });
        for (ushort port = 1; port <= 4; port *= 2)
            await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2, port), times: 2);
        await bridge.RoundAsync();
        bridge.Revalidation.FlowLimit = 1;
        await bridge.RoundAsync();
        bridge.Datapath.FlowCount.ShouldBe(0);
        bridge.Counters.Deleted(FlowDeletionReason.FlowLimit).ShouldBe(3);
        bridge.Counters[RevalidationEvent.UpcallFlowLimitKill].ShouldBe(1);
        bridge.Tables.GetRules().Sum(rule => (long)rule.Counters.Packets).ShouldBe(6);
    }

    [Theory]
    [InlineData(2500, 5000, RevalidationEvent.UpcallFlowLimitScaled)]
    [InlineData(1400, 7500, RevalidationEvent.UpcallFlowLimitReduced)]
    public async Task Slow_rounds_lower_the_limit(int milliseconds, int limit, object reason)
    {
        TamperedDatapath? tampered = null;
        await using RevalidatedSwitch bridge = await RevalidatedSwitch.StartAsync(Sys, ByPort,
            seen: inner => tampered = new TamperedDatapath(inner));
        bridge.Revalidation.FlowLimit.ShouldBe(10_000);
        tampered!.Receiving = () => bridge.Time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        await bridge.ExactRoundsAsync(1);
        bridge.Revalidation.FlowLimit.ShouldBe(limit);
        bridge.Counters[(RevalidationEvent)reason].ShouldBe(1);
        bridge.Revalidation.Snapshot().DumpDuration.ShouldBe(TimeSpan.FromMilliseconds(milliseconds));
    }

    [Theory]
    [InlineData(100, 400)]
    [InlineData(1400, 1400)]
    [InlineData(8000, 2000)]
    public async Task A_long_round_is_followed_by_as_long_a_rest_but_flows_are_looked_at_once_in_max_idle(int milliseconds, int rest)
    {
        TamperedDatapath? tampered = null;
        await using RevalidatedSwitch bridge = await RevalidatedSwitch.StartAsync(Sys, ByPort,
            seen: inner => tampered = new TamperedDatapath(inner));
        tampered!.Receiving = () => bridge.Time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        await bridge.ExactRoundsAsync(1);
        // The round that the alarm begins must not move the clock before it is read.
        tampered.Receiving = () => { };
        long ended = bridge.Time.GetTimestamp();
        bridge.Time.GoToAlarm();
        bridge.Time.GetElapsedTime(ended).ShouldBe(TimeSpan.FromMilliseconds(rest));
    }

    [Fact]
    public async Task A_change_ends_the_rest_after_a_long_round()
    {
        TamperedDatapath? tampered = null;
        await using RevalidatedSwitch bridge = await RevalidatedSwitch.StartAsync(Sys, ByPort,
            seen: inner => tampered = new TamperedDatapath(inner));
        tampered!.Receiving = () => bridge.Time.Advance(TimeSpan.FromMilliseconds(1400));
        await bridge.ExactRoundsAsync(1);
        long rounds = bridge.Revalidation.Snapshot().Rounds;
        bridge.Tables.Apply(FlowSyntax.ParseFlow("in_port=99,actions=drop"));
        await Eventually.HoldsAsync(() => bridge.Revalidation.Snapshot().Rounds > rounds);
    }

    [Fact]
    public async Task Quick_rounds_raise_the_limit_up_to_what_is_configured()
    {
        await using RevalidatedSwitch bridge = await RevalidatedSwitch.StartAsync(Sys, ByPort,
            settings: new RevalidatorSettings { FlowLimit = 11_500 });
        bridge.Revalidation.FlowLimit = 9_900;
        for (ushort port = 1; port <= 8; port *= 2)
            await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2, port));
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2, 16));
        for (int i = 0; i < 6; i++)
            await bridge.SendAsync(101, RevalidatedSwitch.Udp((byte)(10 + i), 2, (ushort)(32 << i)));
        // As many flows as there are in a millisecond, a thousand times.
        int flows = bridge.Datapath.FlowCount;
        await bridge.RoundAsync();
        bridge.Revalidation.FlowLimit = (flows * 1000) - 1;
        long grown = bridge.Counters[RevalidationEvent.UpcallFlowLimitGrew];
        await bridge.ExactRoundsAsync(1);
        bridge.Revalidation.FlowLimit.ShouldBe(Math.Min(11_500, (flows * 1000) - 1 + 1000));
        bridge.Counters[RevalidationEvent.UpcallFlowLimitGrew].ShouldBe(grown + 1);
    }

    [Fact]
    public async Task While_rounds_are_slow_a_flow_that_carries_little_is_not_translated_again()
    {
        TamperedDatapath? tampered = null;
        await using RevalidatedSwitch bridge = await RevalidatedSwitch.StartAsync(Sys, ByPort,
            seen: inner => tampered = new TamperedDatapath(inner));
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2, 1), times: 2);
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2, 2), times: 2);
        tampered!.Receiving = () => bridge.Time.Advance(TimeSpan.FromMilliseconds(300));
        await bridge.RoundAsync(2);
        bridge.Datapath.FlowCount.ShouldBe(2);

        bridge.Age(TimeSpan.FromSeconds(1));
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2, 2), times: 10);
        bridge.Tables.Apply(FlowSyntax.ParseFlow("in_port=99,actions=drop"));
        await bridge.RoundAsync();
        bridge.Counters.Deleted(FlowDeletionReason.TooExpensive).ShouldBe(1);
        bridge.Flows().ShouldHaveSingleItem().ShouldContain("udp(dst=2");
    }

    [Fact]
    public async Task Without_megaflows_each_packet_has_a_flow_of_its_own_and_a_switch_starts_over()
    {
        await using RevalidatedSwitch bridge = await RevalidatedSwitch.StartAsync(Sys, "actions=2");
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2, 1));
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2, 2));
        bridge.Datapath.FlowCount.ShouldBe(1);

        bridge.Revalidation.MegaflowsEnabled = false;
        await bridge.DoneAsync(bridge.Revalidation.PurgeAsync());
        bridge.Datapath.FlowCount.ShouldBe(0);
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2, 1));
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2, 2));
        await bridge.RoundAsync(2);
        bridge.Datapath.FlowCount.ShouldBe(2);
        bridge.Counters[RevalidationEvent.FlowModified].ShouldBe(0);
        bridge.Revalidation.Snapshot().MegaflowsEnabled.ShouldBeFalse();
    }

    [Fact]
    public async Task While_paused_nothing_is_done_but_a_purge()
    {
        await using RevalidatedSwitch bridge = await RevalidatedSwitch.StartAsync(Sys, "in_port=1,actions=2");
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2), times: 2);
        await bridge.RoundAsync();
        await bridge.DoneAsync(bridge.Revalidation.PauseAsync());
        long rounds = bridge.Revalidation.Snapshot().Rounds;
        Task round = bridge.Revalidation.WaitAsync();
        bridge.Tables.Apply(FlowSyntax.ParseFlow("in_port=1,actions=3"));
        bridge.Time.GoToAlarm();
        await bridge.DoneAsync(bridge.Revalidation.PauseAsync());
        bridge.Revalidation.Snapshot().ShouldSatisfyAllConditions(snapshot => snapshot.IsPaused.ShouldBeTrue(),
            snapshot => snapshot.Rounds.ShouldBe(rounds));
        bridge.Flows().ShouldHaveSingleItem().ShouldContain("actions:102");
        round.IsCompleted.ShouldBeFalse();

        await bridge.DoneAsync(bridge.Revalidation.ResumeAsync());
        await bridge.DoneAsync(round);
        bridge.Flows().ShouldHaveSingleItem().ShouldContain("actions:103");

        await bridge.DoneAsync(bridge.Revalidation.PauseAsync());
        await bridge.DoneAsync(bridge.Revalidation.PurgeAsync());
        bridge.Flows().ShouldBeEmpty();
    }

    [Fact]
    public async Task What_was_asked_of_a_pipeline_that_ends_is_cancelled()
    {
        RevalidatedSwitch bridge = await RevalidatedSwitch.StartAsync(Sys, "in_port=1,actions=2");
        await bridge.DoneAsync(bridge.Revalidation.PauseAsync());
        Task round = bridge.Revalidation.WaitAsync();
        await bridge.Pipeline.StopAsync(CancellationToken.None);
        await Should.ThrowAsync<OperationCanceledException>(round);
        await Should.ThrowAsync<OperationCanceledException>(bridge.Revalidation.PurgeAsync());
    }

    [Fact]
    public async Task A_pipeline_may_be_stopped_in_the_middle_of_a_round_and_what_is_there_stays()
    {
        TamperedDatapath? tampered = null;
        RevalidatedSwitch bridge = await RevalidatedSwitch.StartAsync(Sys, "in_port=1,actions=2",
            seen: inner => tampered = new TamperedDatapath(inner));
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2));
        using var held = new PipelineSpec.Gate();
        var reached = new TaskCompletionSource();
        tampered!.Receiving = () =>
        {
            reached.TrySetResult();
            held.Pass();
        };
        await bridge.DoneAsync(reached.Task);
        Task stopped = bridge.Pipeline.StopAsync(CancellationToken.None);
        held.Open();
        await stopped.WaitAsync(TimeSpan.FromSeconds(30));
        bridge.Datapath.FlowCount.ShouldBe(1);
        tampered.OpenChannels.ShouldBe(0);
    }
}
