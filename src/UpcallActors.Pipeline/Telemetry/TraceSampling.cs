namespace UpcallActors.Pipeline;

/// <summary>
/// What is traced if there is a listener to <see cref="UpcallActorsTelemetry.SourceName"/>. Without a listener nothing is, and it costs
/// nothing.
/// </summary>
public sealed record TraceSampling
{
    /// <summary>The share of batches that have spans, 0 to 1.</summary>
    public double Batches { get; init; } = 0.01;

    /// <summary>
    /// The share of upcalls that have their own span, 0 to 1, whether their batch is traced or not. An upcall always has one if it had an
    /// error, came by the slow path, goes back with a smaller MRU, is the recirculation of a traced one, or took longer than
    /// <see cref="SlowerThan"/>.
    /// </summary>
    public double Upcalls { get; init; } = 0.01;

    /// <summary>
    /// Every upcall has a span that the datapath has handled so long after its
    /// batch was received; <see cref="TimeSpan.Zero"/> for none because of that.
    /// </summary>
    public TimeSpan SlowerThan { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// The most spans of upcalls in a second of a lane, 0 to <see cref="MostPerSecond"/>, for whatever reason:
    /// what a flood of errors may cost. Those left out are counted (<see cref="LaneCounters.SuppressedSpans"/>).
    /// </summary>
    public int UpcallsPerSecond { get; init; } = 100;

    /// <summary>The highest <see cref="UpcallsPerSecond"/>.</summary>
    public const int MostPerSecond = 1_000_000;

    /// <summary>Throws <see cref="ArgumentOutOfRangeException"/> for a value outside its range.</summary>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(Batches is >= 0 and <= 1, true, nameof(Batches));
        ArgumentOutOfRangeException.ThrowIfNotEqual(Upcalls is >= 0 and <= 1, true, nameof(Upcalls));
        ArgumentOutOfRangeException.ThrowIfLessThan(SlowerThan, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(UpcallsPerSecond, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(UpcallsPerSecond, MostPerSecond);
    }
}
