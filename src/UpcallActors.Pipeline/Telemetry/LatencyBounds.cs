using System.Collections.Immutable;

namespace UpcallActors.Pipeline;

/// <summary>
/// The bounds of the latency buckets: 1-2-5 steps from 1 µs to 100 ms. Bounds of every histogram of durations here, with and without
/// OpenTelemetry.
/// </summary>
internal static class LatencyBounds
{
    /// <summary>Upper bounds, seconds, inclusive, ascending; what is longer than the last is in one bucket more.</summary>
    public static ImmutableArray<double> Seconds { get; } =
    [
        1e-6, 2e-6, 5e-6,
        10e-6, 20e-6, 50e-6,
        100e-6, 200e-6, 500e-6,
        1e-3, 2e-3, 5e-3,
        10e-3, 20e-3, 50e-3,
        100e-3,
    ];

    /// <summary>Buckets: one more than there are bounds.</summary>
    public static int Buckets => Seconds.Length + 1;

    /// <summary>
    /// The latency, seconds, that a share of what was counted does not exceed, as exactly as buckets tell: the
    /// upper bound of the bucket it falls into. Infinite when that is the last one; 0 when nothing was counted.
    /// </summary>
    /// <param name="counts">Counts by bucket; <see cref="Buckets"/> of them.</param>
    /// <param name="share">Above 0 up to 1: 0.99 for the 99th percentile.</param>
    public static double Quantile(ReadOnlySpan<long> counts, double share)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(counts.Length, Buckets);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(share);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(share, 1);
        long total = 0;
        foreach (long count in counts)
            total += count;
        if (total == 0)
            return 0;
        long rank = (long)Math.Ceiling(share * total);
        int bucket = 0;
        for (long seen = counts[0]; seen < rank; seen += counts[bucket])
            bucket++;
        return bucket < Seconds.Length ? Seconds[bucket] : double.PositiveInfinity;
    }
}
