using System.Diagnostics;

namespace UpcallActors.Pipeline;

/// <summary>
/// Turns the time stamps of batches into the time of day: both clocks are read once, so that upcalls which are told of together keep their
/// distances.
/// </summary>
internal readonly struct UpcallClock
{
    private const int NanosecondsPerTick = 100;

    private readonly long _stamp = Stopwatch.GetTimestamp();
    private readonly DateTime _now = DateTime.UtcNow;

    public UpcallClock()
    {
    }

    /// <summary>Nanoseconds since 1970 UTC at a time stamp of <see cref="Stopwatch"/>.</summary>
    public long NanosecondsAt(long stamp) =>
        (_now - Stopwatch.GetElapsedTime(stamp, _stamp) - DateTime.UnixEpoch).Ticks * NanosecondsPerTick;
}
