using Akka.TestKit.Xunit2;

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

    private static void Pass(RevalidatedSwitch bridge, TimeSpan time)
    {
        bridge.Age(time);
        bridge.Time.Advance(time);
    }
}
