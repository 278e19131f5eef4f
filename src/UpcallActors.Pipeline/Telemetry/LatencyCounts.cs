using System.Collections.Immutable;
using System.Diagnostics;

namespace UpcallActors.Pipeline;

/// <summary>Latencies counted by <see cref="LatencyBounds"/>. Only grows; readable from any thread.</summary>
internal sealed class LatencyCounts
{
    private static readonly long[] _bounds = [.. LatencyBounds.Seconds.Select(seconds => (long)Math.Round(seconds * Stopwatch.Frequency))];

    private readonly long[] _counts = new long[LatencyBounds.Buckets];

    /// <summary>How many were in a bucket: at most the bound of the same index, more than the one before.</summary>
    public long this[int bucket] => Volatile.Read(ref _counts[bucket]);

    /// <summary>The counts of all buckets now.</summary>
    public ImmutableArray<long> Read()
    {
        ImmutableArray<long>.Builder counts = ImmutableArray.CreateBuilder<long>(_counts.Length);
        for (int bucket = 0; bucket < _counts.Length; bucket++)
            counts.Add(this[bucket]);
        return counts.MoveToImmutable();
    }

    /// <summary>Counts a duration in ticks of <see cref="Stopwatch"/>.</summary>
    internal void Count(long ticks)
    {
        int bucket = 0;
        while (bucket < _bounds.Length && ticks > _bounds[bucket])
            bucket++;
        Interlocked.Increment(ref _counts[bucket]);
    }
}
