namespace UpcallActors.Switch.Tests.PacketIns;

/// <summary>What a configuration says of the packets that a client gets.</summary>
public sealed class PacketInLimitsTests
{
    private const string Target = "ptcp:6653";

    [Theory]
    // As configured, and what holds.
    [InlineData(1000, null, 100, 1000, 250, 100)]
    [InlineData(1000, 30, 512, 1000, 30, 512)]
    [InlineData(100, 5000, 1, 100, 5000, 1)]
    [InlineData(5, 1, 0, 100, 25, 1)]
    [InlineData(-1, -1, 600, 100, 25, 512)]
    public void Limits_are_within_the_bounds_of_Open_vSwitch(
        int rate, int? burst, int queueSize, int actualRate, int actualBurst, int actualSize)
    {
        BridgeConfiguration bridge = ServedSwitch.Bridge with
        {
            ControllerQueueSize = queueSize,
            Controllers =
            [
                new ControllerConfiguration("ptcp:"),
                new ControllerConfiguration(Target) { RateLimit = rate, BurstLimit = burst },
            ],
        };

        Assert.Equal(new PacketInLimits(actualRate, actualBurst, actualSize), PacketInLimits.Of(bridge, Target));
        Assert.Null(PacketInLimits.Of(bridge, "ptcp:").Rate);
        Assert.Null(PacketInLimits.Of(bridge, target: null).Rate);
        Assert.Equal(actualSize, PacketInLimits.Of(bridge, target: null).QueueSize);
    }
}
