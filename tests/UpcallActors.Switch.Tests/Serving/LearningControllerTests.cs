using UpcallActors.Ofproto;

namespace UpcallActors.Switch.Tests;

/// <summary>Open vSwitch's own controller decides about a bridge's packets.</summary>
public sealed class LearningControllerTests
{
    private const int FailOpenPriority = 0xf0f0f0;

    private static readonly byte[] _forth = ControlledSwitch.Frame();
    private static readonly byte[] _back = Turn(_forth);

    [LearningControllerTheory]
    [InlineData("OpenFlow10", false)]
    [InlineData("OpenFlow12", false)]
    [InlineData("OpenFlow13", true)]
    // With OpenFlow 1.5 it sends nothing more once it has learned from the first packet.
    [InlineData("OpenFlow14", false)]
    public async Task It_floods_until_it_has_learned_and_then_makes_flows(string version, bool isEncrypted)
    {
        using var authority = new TestAuthority();
        using TlsIdentity? tls = isEncrypted ? TlsIdentity.Read(authority.Issue("switch")) : null;
        using var controller = LearningController.Start(version, isEncrypted ? authority.Issue("controller") : null);
        await using ControlledSwitch bridge = await ControlledSwitch.StartAsync("", BridgeOf(controller), tls);

        // The bridge may have to try again until it has its controller; packets that come before go to nobody.
        await Eventually.HoldsAsync(async () =>
        {
            await bridge.ReceiveAsync("p1", _forth);
            return bridge.Sent("p2").Count > 0 && bridge.Sent("p3").Count > 0;
        });
        await bridge.ReceiveAsync("p2", _back);
        await Eventually.HoldsAsync(() => bridge.Sent("p1").Count > 0, () => "the answer does not come");
        await Eventually.HoldsAsync(async () =>
        {
            await bridge.ReceiveAsync("p1", _forth);
            return FlowsTo(bridge, 1) == 1 && FlowsTo(bridge, 2) == 1;
        });

        int flooded = bridge.Sent("p3").Count;
        int sent = bridge.Sent("p2").Count;
        await bridge.ReceiveAsync("p1", _forth, times: 10);
        await Eventually.HoldsAsync(() => bridge.Sent("p2").Count >= sent + 10, () => "flows do not forward");
        Assert.Equal(flooded, bridge.Sent("p3").Count);
        Assert.Equal(_back, bridge.Sent("p1")[0]);
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
            await bridge.ReceiveAsync("p1", _forth);
            return !IsOpen(bridge) && bridge.Sent("p2").Count > 0;
        });

        controller.Kill();
        await Eventually.HoldsAsync(() => IsOpen(bridge), () => "the bridge does not forward by itself");
        await bridge.ReceiveAsync("p2", _back);
        await Eventually.HoldsAsync(() => bridge.Sent("p1").Count > 0, () => "nobody forwards");
        controller.Begin();
        await Eventually.HoldsAsync(() => !IsOpen(bridge), () => "the controller is not taken again");

        // Packets go as before until flows of the datapath have been looked at again.
        await Eventually.HoldsAsync(
            async () =>
            {
                await bridge.ReceiveAsync("p1", _forth);
                await bridge.ReceiveAsync("p2", _back);
                return FlowsTo(bridge, 1) == 1;
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

    private static int FlowsTo(ControlledSwitch bridge, int port) => bridge.Tables.GetRules().Count(
        rule => rule.ToString().EndsWith($"actions=output:{port}", StringComparison.Ordinal));

    private static bool IsOpen(ControlledSwitch bridge) => bridge.Tables.GetAllRules().Any(rule => rule.Priority == FailOpenPriority);

    private static byte[] Turn(byte[] frame)
    {
        byte[] turned = [.. frame];
        (turned[5], turned[11]) = (frame[11], frame[5]);
        (turned[29], turned[33]) = (frame[33], frame[29]);
        return turned;
    }
}
