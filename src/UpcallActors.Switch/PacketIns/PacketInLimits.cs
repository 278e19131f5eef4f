namespace UpcallActors.Switch;

/// <summary>How many packets a client gets (<c>struct ofproto_controller</c>).</summary>
/// <param name="Rate">Packets a second, of missed ones and of others each; null for no limit.</param>
/// <param name="Burst">Packets of each of them that go at once after a pause, and those that may wait for the rate.</param>
/// <param name="QueueSize">Packets that may wait for the client to read.</param>
internal readonly record struct PacketInLimits(int? Rate, int Burst, int QueueSize)
{
    private const int LeastRate = 100;
    private const int LeastBurst = 25;
    private const int MostQueueSize = 512;

    /// <summary>Those of a bridge's clients.</summary>
    /// <param name="bridge">The bridge.</param>
    /// <param name="target">The controller that the clients are, or the place that they come to; null for the bridge's own sockets.</param>
    public static PacketInLimits Of(BridgeConfiguration bridge, string? target)
    {
        ControllerConfiguration? controller = target is null ? null : bridge.Controllers.FirstOrDefault(one => one.Target == target);
        int? rate = controller?.RateLimit is { } asked ? Math.Max(LeastRate, asked) : null;
        // The default is adjust_limits's.
        int burst = Math.Max(LeastBurst, controller?.BurstLimit ?? (rate ?? 0) / 4);
        return new PacketInLimits(rate, burst, Math.Clamp(bridge.ControllerQueueSize, 1, MostQueueSize));
    }
}
