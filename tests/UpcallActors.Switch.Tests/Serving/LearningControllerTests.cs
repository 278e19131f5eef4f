using UpcallActors.Ofproto;

namespace UpcallActors.Switch.Tests;

/// <summary>Open vSwitch's own controller decides about a bridge's packets.</summary>
public sealed class LearningControllerTests
{
    private const int FailOpenPriority = 0xf0f0f0;

    [LearningControllerTheory]
    [InlineData("OpenFlow10", false)]
    [InlineData("OpenFlow12", false)]
    [InlineData("OpenFlow13", true)]
    // With OpenFlow 1.5 ovs-testcontroller 3.1.0 crashes at its first packet-in, that of a real ovs-vswitchd too.
    [InlineData("OpenFlow14", false)]
    public async Task It_floods_until_it_has_learned_and_then_makes_flows(string version, bool isEncrypted)
    {
        using var authority = new TestAuthority();
        using TlsIdentity? tls = isEncrypted ? TlsIdentity.Read(authority.Issue("switch")) : null;
        using var controller = LearningController.Start(version, isEncrypted ? authority.Issue("controller") : null);
        await using ControlledSwitch bridge = await ControlledSwitch.StartAsync("", BridgeOf(controller), tls);

        await LearningScenario.ShouldFloodAndThenMakeFlowsAsync(bridge);
    }

    [LearningControllerTheory]
    [InlineData("OpenFlow10")]
    [InlineData("OpenFlow13")]
    public async Task It_learns_two_hosts_while_a_third_sends_more_than_its_rate_limit(string version)
    {
        byte[] toNobody = [.. LearningScenario.Forth];
        (toNobody[5], toNobody[11]) = (99, 98);
        using var controller = LearningController.Start(version);
        BridgeConfiguration limited = BridgeOf(controller);
        limited = limited with { Controllers = [limited.Controllers[0] with { RateLimit = 100 }] };
        await using ControlledSwitch bridge = await ControlledSwitch.StartAsync("", limited);

        await Eventually.HoldsAsync(async () =>
        {
            await bridge.ReceiveAsync("p1", toNobody, times: 100);
            await bridge.ReceiveAsync("p2", LearningScenario.Forth);
            await bridge.ReceiveAsync("p3", LearningScenario.Back);
            return LearningScenario.FlowsTo(bridge, 2) == 1 && LearningScenario.FlowsTo(bridge, 3) == 1;
        });

        PacketInCounters counted = bridge.Running.PacketIns;
        Assert.NotEqual(0, counted.Dropped(PacketInType.Miss, PacketInLoss.RateLimit));
        Assert.Equal(0, counted.Dropped(PacketInType.Miss, PacketInLoss.QueueOverflow));
    }

    [LearningControllerTheory]
    [InlineData("OpenFlow10")]
    [InlineData("OpenFlow13")]
    public async Task A_standalone_bridge_forwards_by_itself_while_it_is_dead(string version)
    {
        using var controller = LearningController.Start(version);
        BridgeConfiguration standalone = BridgeOf(controller) with { FailMode = FailMode.Standalone };
        await using ControlledSwitch bridge = await ControlledSwitch.StartAsync("", standalone);
        await Eventually.HoldsAsync(async () =>
        {
            await bridge.ReceiveAsync("p1", LearningScenario.Forth);
            return !IsOpen(bridge) && bridge.Sent("p2").Count > 0;
        });

        controller.Kill();
        await Eventually.HoldsAsync(() => IsOpen(bridge), () => "the bridge does not forward by itself");
        await bridge.ReceiveAsync("p2", LearningScenario.Back);
        await Eventually.HoldsAsync(() => bridge.Sent("p1").Count > 0, () => "nobody forwards");
        controller.Begin();
        await Eventually.HoldsAsync(() => !IsOpen(bridge), () => "the controller is not taken again");

        // Packets go as before until flows of the datapath have been looked at again.
        await Eventually.HoldsAsync(
            async () =>
            {
                await bridge.ReceiveAsync("p1", LearningScenario.Forth);
                await bridge.ReceiveAsync("p2", LearningScenario.Back);
                return LearningScenario.FlowsTo(bridge, 1) == 1;
            },
            () => "the controller decides nothing");
    }

    private static BridgeConfiguration BridgeOf(LearningController controller) => ServedSwitch.Bridge with
    {
        Controllers =
        [
            new ControllerConfiguration(controller.Method)
            {
                MaxBackoff = TimeSpan.FromMilliseconds(100),
                InactivityProbe = TimeSpan.FromSeconds(1),
            },
        ],
    };

    private static bool IsOpen(ControlledSwitch bridge) => bridge.Tables.GetAllRules().Any(rule => rule.Priority == FailOpenPriority);
}
