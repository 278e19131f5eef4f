namespace UpcallActors.Pipeline;

/// <summary>How flows in the datapath are revalidated. Names and defaults are those of <c>other_config</c> in ovs-vswitchd.</summary>
public sealed record RevalidatorSettings
{
    /// <summary>Actors that flows are spread over; null for a quarter of the handlers and one (<c>n-revalidator-threads</c>).</summary>
    public int? Revalidators { get; init; }

    /// <summary>The most flows in the datapath; the limit at a time is lower when a dump takes long (<c>flow-limit</c>).</summary>
    public int FlowLimit { get; init; } = 200_000;

    /// <summary>How long a flow without packets stays (<c>max-idle</c>).</summary>
    public TimeSpan MaxIdle { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest time between rounds (<c>max-revalidator</c>).</summary>
    public TimeSpan MaxRevalidator { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Packets per second below which a flow is deleted rather than translated again while a dump
    /// takes half of <see cref="MaxRevalidator"/> or longer; 0 for none (<c>min-revalidate-pps</c>).
    /// </summary>
    public int MinRevalidatePps { get; init; } = 5;

    /// <summary>
    /// Whether flows match as much traffic as their translation allows, or exactly one packet's key each (<c>upcall/disable-megaflows</c>).
    /// </summary>
    public bool Megaflows { get; init; } = true;

    /// <summary>Whose time rounds are started by; null for the system's.</summary>
    public TimeProvider? Time { get; init; }

    /// <summary>Throws <see cref="ArgumentOutOfRangeException"/> for a value outside its range.</summary>
    internal void Validate()
    {
        if (Revalidators is { } revalidators)
            ArgumentOutOfRangeException.ThrowIfLessThan(revalidators, 1, nameof(Revalidators));
        ArgumentOutOfRangeException.ThrowIfLessThan(FlowLimit, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxIdle, TimeSpan.FromMilliseconds(1));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxRevalidator, TimeSpan.FromMilliseconds(1));
        ArgumentOutOfRangeException.ThrowIfLessThan(MinRevalidatePps, 0);
    }
}
