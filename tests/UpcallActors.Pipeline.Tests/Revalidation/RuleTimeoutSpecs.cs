using Akka.TestKit.Xunit2;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Pipeline.Tests;

/// <summary>Rules with timeouts, and the flows that come of them.</summary>
public sealed class RuleTimeoutSpecs() : TestKit("akka.loglevel = OFF\nakka.stdout-loglevel = OFF")
{
    [Fact]
    public async Task A_rule_that_a_flow_uses_stays_and_goes_with_its_flow_when_nothing_does()
    {
        await using RevalidatedSwitch bridge = await RevalidatedSwitch.StartAsync(Sys, "in_port=1,idle_timeout=3,actions=2");
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2), times: 2);
        for (int second = 0; second < 8; second++)
        {
            Pass(bridge, TimeSpan.FromSeconds(1));
            await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2));
            await bridge.RoundAsync(2);
            bridge.Tables.GetRules().Length.ShouldBe(1);
        }

        bridge.Datapath.Counters.UpcallsQueued.ShouldBe(1, "the flow alone carried what kept the rule");
        Pass(bridge, TimeSpan.FromSeconds(4));
        await bridge.RoundAsync(3);
        bridge.Tables.GetRules().ShouldBeEmpty();
        bridge.Tables.Expired.ShouldBe(1);
        bridge.Flows().ShouldNotContain(flow => flow.EndsWith("actions:102", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_hard_timeout_ends_a_rule_in_use()
    {
        await using RevalidatedSwitch bridge = await RevalidatedSwitch.StartAsync(Sys, "in_port=1,hard_timeout=2,actions=2");
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2), times: 2);
        await bridge.RoundAsync();
        Pass(bridge, TimeSpan.FromSeconds(3));
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2));
        await bridge.RoundAsync(2);
        bridge.Tables.GetRules().ShouldBeEmpty();
        bridge.Flows().ShouldNotContain(flow => flow.EndsWith("actions:102", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_rule_that_packets_come_up_for_stays_without_any_flow()
    {
        await using RevalidatedSwitch bridge = await RevalidatedSwitch.StartAsync(Sys, "in_port=1,idle_timeout=3,actions=2");
        for (int second = 0; second < 8; second++)
        {
            await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2));
            await bridge.DoneAsync(bridge.Revalidation.PurgeAsync());
            Pass(bridge, TimeSpan.FromSeconds(1));
            await bridge.ExactRoundsAsync(1);
            bridge.Tables.GetRules().Length.ShouldBe(1);
        }

        bridge.Datapath.Counters.UpcallsQueued.ShouldBe(8, "each packet came up");
        Pass(bridge, TimeSpan.FromSeconds(4));
        await bridge.ExactRoundsAsync(2);
        bridge.Tables.GetRules().ShouldBeEmpty();
    }

    [Fact]
    public async Task While_dumps_fail_no_rule_in_use_goes()
    {
        TamperedDatapath? tampered = null;
        await using RevalidatedSwitch bridge = await RevalidatedSwitch.StartAsync(Sys, "in_port=1,idle_timeout=3,actions=2",
            seen: inner => tampered = new TamperedDatapath(inner));
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2), times: 2);
        await bridge.ExactRoundsAsync(1);
        bool refuses = true;
        tampered!.Refusing = () => Volatile.Read(ref refuses) ? Errno.NoBuffers : Errno.None;
        for (int round = 0; round < 5; round++)
        {
            Pass(bridge, TimeSpan.FromSeconds(2));
            await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2));
            await bridge.ExactRoundsAsync(1);
            bridge.Tables.GetRules().Length.ShouldBe(1);
        }

        bridge.Counters[RevalidationEvent.DumpFailed].ShouldBe(5);
        Volatile.Write(ref refuses, false);
        await bridge.ExactRoundsAsync(3);
        bridge.Tables.GetRules().ShouldHaveSingleItem().Counters.Packets.ShouldBe(7u);
        Pass(bridge, TimeSpan.FromSeconds(4));
        await bridge.ExactRoundsAsync(2);
        bridge.Tables.GetRules().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_rule_whose_flow_dumps_miss_stays_until_one_shows_what_the_flow_carried()
    {
        TamperedDatapath? tampered = null;
        await using RevalidatedSwitch bridge = await RevalidatedSwitch.StartAsync(Sys, "in_port=1,idle_timeout=2,actions=2",
            seen: inner => tampered = new TamperedDatapath(inner));
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2), times: 2);
        await bridge.ExactRoundsAsync(1);
        tampered!.Showing = _ => 0;
        for (int round = 0; round < 3; round++)
        {
            Pass(bridge, TimeSpan.FromSeconds(2));
            await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2));
            await bridge.ExactRoundsAsync(1);
            bridge.Tables.GetRules().Length.ShouldBe(1);
        }

        bridge.Counters[RevalidationEvent.RevalidateMissedDpFlow].ShouldBe(3);
        tampered.Showing = _ => 1;
        await bridge.ExactRoundsAsync(2);
        bridge.Tables.GetRules().ShouldHaveSingleItem().Counters.Packets.ShouldBe(5u);
        Pass(bridge, TimeSpan.FromSeconds(3));
        await bridge.ExactRoundsAsync(2);
        bridge.Tables.GetRules().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_revalidator_that_was_restarted_lets_no_rule_go_for_what_it_has_forgotten()
    {
        PoisonedTranslators? poisoned = null;
        await using RevalidatedSwitch bridge = await RevalidatedSwitch.StartAsync(
            Sys, "udp,tp_dst=1,idle_timeout=10,actions=2\nudp,tp_dst=2,idle_timeout=10,actions=2\nactions=3",
            settings: new RevalidatorSettings { Revalidators = 1 }, translators: inner => poisoned = new PoisonedTranslators(inner));
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2, 1), times: 2);
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2, 2), times: 2);
        await bridge.RoundAsync();
        // The revalidator fails over the flow that it is shown first, and loses what the same message says of the other.
        OvsFlowKeyReader.TryRead(bridge.Dump()[0].Key.Span, out FlowKey first).ShouldBe(OdpParseError.None);
        ushort poison = first.TpDst;
        ushort other = (ushort)(3 - poison);
        Pass(bridge, TimeSpan.FromSeconds(6));
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2, other));
        poisoned!.Poison = poison;
        bridge.Tables.Apply(FlowSyntax.ParseFlow("in_port=99,actions=drop"));
        await bridge.RoundAsync();
        bridge.Counters[RevalidationEvent.RevalidatorRestart].ShouldBe(1);
        Pass(bridge, TimeSpan.FromSeconds(6));
        await bridge.ExactRoundsAsync(4);
        bridge.Rule($"tp_dst={other}").Counters.Packets.ShouldBe(3u, "what the failed one lost is found again");
        Pass(bridge, TimeSpan.FromSeconds(5));
        await bridge.ExactRoundsAsync(2);
        bridge.Tables.GetRules().ShouldNotContain(rule => rule.IdleTimeout != 0);
    }

    private static void Pass(RevalidatedSwitch bridge, TimeSpan time)
    {
        bridge.Age(time);
        bridge.Time.Advance(time);
    }
}
