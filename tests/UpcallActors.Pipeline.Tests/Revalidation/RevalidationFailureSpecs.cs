using Akka.TestKit.Xunit2;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.OpenFlow;

namespace UpcallActors.Pipeline.Tests;

/// <summary>What goes wrong while flows are looked after costs as little as it can, and is counted.</summary>
public sealed class RevalidationFailureSpecs() : TestKit("akka.loglevel = OFF\nakka.stdout-loglevel = OFF")
{
    private const string ByPort = "udp,tp_dst=1,actions=2\nudp,tp_dst=2,actions=2\nactions=3";

    [Fact]
    public async Task A_flow_that_a_dump_shows_twice_is_credited_once()
    {
        TamperedDatapath? tampered = null;
        await using RevalidatedSwitch bridge = await RevalidatedSwitch.StartAsync(Sys, "in_port=1,actions=2",
            seen: inner => tampered = new TamperedDatapath(inner));
        await bridge.ExactRoundsAsync(1);
        tampered!.Showing = _ => 2;
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2), times: 4);
        await bridge.ExactRoundsAsync(1);
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2), times: 2);
        await bridge.ExactRoundsAsync(1);
        bridge.Rule("in_port").Counters.Packets.ShouldBe(6u);
        bridge.Counters[RevalidationEvent.DumpedDuplicateFlow].ShouldBe(2);
        bridge.Revalidation.Snapshot().Keys.Sum().ShouldBe(1);
    }

    [Fact]
    public async Task A_flow_that_dumps_miss_is_kept_for_three_of_them_and_then_given_up()
    {
        TamperedDatapath? tampered = null;
        await using RevalidatedSwitch bridge = await RevalidatedSwitch.StartAsync(Sys, "in_port=1,actions=2",
            seen: inner => tampered = new TamperedDatapath(inner));
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2), times: 4);
        await bridge.RoundAsync();
        tampered!.Showing = _ => 0;
        await bridge.ExactRoundsAsync(3);
        tampered.Showing = _ => 1;
        await bridge.ExactRoundsAsync(1);
        bridge.Rule("in_port").Counters.Packets.ShouldBe(4u, "what was credited before was not forgotten");
        bridge.Datapath.FlowCount.ShouldBe(1);

        tampered.Showing = _ => 0;
        await bridge.ExactRoundsAsync(4);
        bridge.Datapath.FlowCount.ShouldBe(0);
        bridge.Counters[RevalidationEvent.RevalidateMissedDpFlow].ShouldBe(7);
        bridge.Counters[RevalidationEvent.RevalidateMissingDpFlow].ShouldBe(1);
        bridge.Counters.Deleted(FlowDeletionReason.FlowMissingDp).ShouldBe(1);
        bridge.Revalidation.Snapshot().Keys.Sum().ShouldBe(0);
    }

    [Fact]
    public async Task A_change_reaches_a_flow_that_the_dump_missed()
    {
        TamperedDatapath? tampered = null;
        await using RevalidatedSwitch bridge = await RevalidatedSwitch.StartAsync(Sys, "in_port=1,actions=2",
            seen: inner => tampered = new TamperedDatapath(inner));
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2), times: 4);
        await bridge.RoundAsync();
        tampered!.Showing = _ => 0;
        bridge.Tables.Apply(FlowSyntax.ParseFlow("in_port=1,actions=3"));
        await bridge.RoundAsync();
        bridge.Flows().ShouldHaveSingleItem().ShouldContain("actions:103");
    }

    [Fact]
    public async Task A_flow_whose_translation_throws_is_deleted_and_the_others_are_credited_no_packet_twice()
    {
        PoisonedTranslators? poisoned = null;
        await using RevalidatedSwitch bridge = await RevalidatedSwitch.StartAsync(
            Sys, ByPort, settings: new RevalidatorSettings { Revalidators = 1 },
            translators: inner => poisoned = new PoisonedTranslators(inner));
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2, 1), times: 4);
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2, 2), times: 4);
        await bridge.RoundAsync();
        poisoned!.Poison = 1;
        bridge.Tables.Apply(FlowSyntax.ParseFlow("in_port=99,actions=drop"));
        await bridge.RoundAsync(2);
        bridge.Flows().ShouldHaveSingleItem().ShouldContain("udp(dst=2");
        bridge.Counters[RevalidationEvent.RevalidatorRestart].ShouldBe(1);
        bridge.Counters.Deleted(FlowDeletionReason.XlationError).ShouldBe(1);
        bridge.Rule("tp_dst=1").Counters.Packets.ShouldBe(4u);
        bridge.Rule("tp_dst=2").Counters.Packets.ShouldBe(4u);

        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2, 2), times: 2);
        await bridge.RoundAsync();
        bridge.Rule("tp_dst=2").Counters.Packets.ShouldBe(6u);
    }

    [Fact]
    public async Task A_flow_left_by_an_earlier_run_whose_translation_throws_does_not_keep_the_slow_path_from_starting()
    {
        RevalidatedSwitch first = await RevalidatedSwitch.StartAsync(Sys, ByPort);
        await first.SendAsync(101, RevalidatedSwitch.Udp(1, 2, 1), times: 2);
        await first.SendAsync(101, RevalidatedSwitch.Udp(1, 2, 2), times: 2);
        await first.DisposeAsync();

        await using RevalidatedSwitch second = await RevalidatedSwitch.StartAsync(Sys, ByPort, first.Datapath,
            translators: inner => new PoisonedTranslators(inner) { Poison = 1 });
        // What the flow had carried that is given up is credited to nobody.
        second.IsAccounted = false;
        second.Flows().ShouldHaveSingleItem().ShouldContain("udp(dst=2");
        second.Counters[RevalidationEvent.RevalidatorRestart].ShouldBe(1);
        await second.SendAsync(101, RevalidatedSwitch.Udp(1, 2, 2));
        await second.RoundAsync();
        second.Datapath.FlowCount.ShouldBe(1);
    }

    [Fact]
    public async Task A_datapath_that_cannot_be_asked_is_asked_again_and_the_lanes_go_on()
    {
        TamperedDatapath? tampered = null;
        await using RevalidatedSwitch bridge = await RevalidatedSwitch.StartAsync(Sys, "in_port=1,actions=2",
            seen: inner => tampered = new TamperedDatapath(inner));
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2), times: 2);
        await bridge.RoundAsync();
        bool refuses = true;
        tampered!.Refusing = () => Volatile.Read(ref refuses) ? Errno.NoBuffers : Errno.None;
        await Should.ThrowAsync<DatapathException>(bridge.DoneAsync(bridge.Revalidation.PurgeAsync()));
        bridge.Counters[RevalidationEvent.DumpFailed].ShouldBeGreaterThan(0);
        bridge.Counters.RequestErrors[Errno.NoBuffers].ShouldBeGreaterThan(0);
        bridge.Datapath.FlowCount.ShouldBe(1);

        Volatile.Write(ref refuses, false);
        await bridge.DoneAsync(bridge.Revalidation.PurgeAsync());
        bridge.Datapath.FlowCount.ShouldBe(0);
    }

    [Fact]
    public async Task Revalidators_that_fail_without_end_end_the_pipeline()
    {
        PoisonedTranslators? poisoned = null;
        RevalidatedSwitch bridge = await RevalidatedSwitch.StartAsync(Sys, ByPort,
            translators: inner => poisoned = new PoisonedTranslators(inner));
        // The lane has its translator when it has answered: that one must not fail to be made.
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2, 1), times: 2);
        poisoned!.FailsToCreate = true;
        poisoned.Poison = 1;
        await Should.ThrowAsync<Exception>(bridge.DoneAsync(bridge.Pipeline.Completion));
        bridge.Pipeline.Completion.IsFaulted.ShouldBeTrue();
    }
}
