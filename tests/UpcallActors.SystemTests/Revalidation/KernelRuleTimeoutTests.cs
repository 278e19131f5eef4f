using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;

namespace UpcallActors.SystemTests.Revalidation;

/// <summary>Rules with timeouts, used by the real kernel's flows.</summary>
public sealed class KernelRuleTimeoutTests
{
    [KernelDatapathFact]
    public async Task A_rule_that_the_kernels_flow_uses_outlives_its_idle_timeout_and_goes_when_the_traffic_stops()
    {
        await using RevalidatedBridge bridge =
            await RevalidatedBridge.StartAsync("priority=1,in_port=1,actions=2\npriority=1,in_port=2,actions=1");
        Task<string> pings = bridge.InAsync(1, "ping", "-c", "60", "-i", "0.2", "-W", "5", "10.1.1.2");
        bridge.Tables.Apply(FlowSyntax.ParseFlow("priority=100,in_port=1,icmp,idle_timeout=8,actions=mod_nw_tos:32,2"));
        Rule rule = Idle(bridge).ShouldHaveSingleItem();
        await Eventually.HoldsAsync(() => rule.Counters.Packets != 0, () => "a packet comes up");
        long received = bridge.Pipeline.Counters.Received;
        while (!pings.IsCompleted)
        {
            await bridge.RoundAsync(3);
            Rule[] left = Idle(bridge);
            if (!pings.IsCompleted)
                left.ShouldBe([rule]);
        }

        (await pings).ShouldContain(" 60 received");
        await bridge.RoundAsync();
        rule.Counters.Packets.ShouldBeInRange(20u, 60u, "those before the rule are not its own");
        (bridge.Pipeline.Counters.Received - received).ShouldBeLessThan(20, "the kernel's flow carried them");

        await Eventually.HoldsAsync(() => Idle(bridge).Length == 0, () => "the rule goes");
        bridge.Tables.Expired.ShouldBe(1);
        await bridge.RoundAsync();
        bridge.Flows().ShouldNotContain(
            flow => flow.Contains("tos=0x20", StringComparison.Ordinal) && flow.Contains("set(", StringComparison.Ordinal));
        await bridge.PingAsync("10.1.1.2", 56);
    }

    private static Rule[] Idle(RevalidatedBridge bridge) => [.. bridge.Tables.GetRules().Where(rule => rule.IdleTimeout != 0)];
}
