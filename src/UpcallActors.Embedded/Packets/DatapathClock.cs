using System.Diagnostics;

namespace UpcallActors.Embedded;

/// <summary>
/// The time by which a datapath lives: the machine's monotonic clock, or one that its owner sets, so that a recording is
/// replayed in its own time. Thread-safe.
/// </summary>
public sealed class DatapathClock
{
    private long _microseconds = -1;

    /// <summary>A clock that stands still at 0 until <see cref="Set"/>; without one, use <see cref="Monotonic"/>.</summary>
    public static DatapathClock Settable() => new() { _microseconds = 0 };

    /// <summary>The machine's monotonic clock.</summary>
    public static DatapathClock Monotonic() => new();

    /// <summary>Now, in microseconds from an arbitrary start.</summary>
    public long Microseconds
    {
        get
        {
            long set = Volatile.Read(ref _microseconds);
            return set >= 0 ? set : (long)(Stopwatch.GetTimestamp() * (1_000_000.0 / Stopwatch.Frequency));
        }
    }

    /// <summary>Now, in milliseconds.</summary>
    public long Milliseconds => Microseconds / 1000;

    /// <summary>Sets the time; never back. From then on the clock stands still between calls.</summary>
    public void Set(long microseconds)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(microseconds);
        Volatile.Write(ref _microseconds, Math.Max(microseconds, Volatile.Read(ref _microseconds)));
    }
}
