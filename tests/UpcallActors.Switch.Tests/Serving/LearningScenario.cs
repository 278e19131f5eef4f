namespace UpcallActors.Switch.Tests;

/// <summary>Two hosts talk through a bridge whose controller is a learning switch.</summary>
internal static class LearningScenario
{
    /// <summary>From the host on p1 to the one on p2.</summary>
    public static byte[] Forth { get; } = ControlledSwitch.Frame();

    /// <summary>The other way.</summary>
    public static byte[] Back { get; } = Turn(Forth);

    /// <summary>Packets go everywhere until the controller knows where the hosts are, and then by flows to one port.</summary>
    public static async Task ShouldFloodAndThenMakeFlowsAsync(ControlledSwitch bridge)
    {
        // The bridge may have to try again until it has its controller; packets that come before go to nobody.
        await Eventually.HoldsAsync(async () =>
        {
            await bridge.ReceiveAsync("p1", Forth);
            return bridge.Sent("p2").Count > 0 && bridge.Sent("p3").Count > 0;
        });
        await bridge.ReceiveAsync("p2", Back);
        await Eventually.HoldsAsync(() => bridge.Sent("p1").Count > 0, () => "the answer does not come");
        await Eventually.HoldsAsync(async () =>
        {
            await bridge.ReceiveAsync("p1", Forth);
            return FlowsTo(bridge, 1) == 1 && FlowsTo(bridge, 2) == 1;
        });

        int flooded = bridge.Sent("p3").Count;
        int sent = bridge.Sent("p2").Count;
        await bridge.ReceiveAsync("p1", Forth, times: 10);
        await Eventually.HoldsAsync(() => bridge.Sent("p2").Count >= sent + 10, () => "flows do not forward");
        Assert.Equal(flooded, bridge.Sent("p3").Count);
        Assert.Equal(Back, bridge.Sent("p1")[0]);
    }

    /// <summary>How many flows output to a port and do nothing else.</summary>
    public static int FlowsTo(ControlledSwitch bridge, int port) => bridge.Tables.GetRules().Count(
        rule => rule.ToString().EndsWith($"actions=output:{port}", StringComparison.Ordinal));

    private static byte[] Turn(byte[] frame)
    {
        byte[] turned = [.. frame];
        (turned[5], turned[11]) = (frame[11], frame[5]);
        (turned[29], turned[33]) = (frame[33], frame[29]);
        return turned;
    }
}
