using System.Diagnostics;

namespace UpcallActors.Embedded;

/// <summary>
/// The time by which a datapath lives, in microseconds since 1970 UTC: the machine's, running evenly, or one that its
/// owner sets, so that a recording is replayed in its own time. Thread-safe.
/// </summary>
public sealed class DatapathClock
{
    private readonly long _origin;
    private readonly long _started;
    private long _set = -1;

    private DatapathClock(long origin)
    {
        _origin = origin;
        _started = Stopwatch.GetTimestamp();
    }

    /// <summary>A clock that stands still at 0 until <see cref="Set"/>.</summary>
    public static DatapathClock Settable() => new(0) { _set = 0 };

    /// <summary>The machine's clock, read once; from then on it runs evenly, whatever becomes of the machine's.</summary>
    public static DatapathClock Monotonic() => new((DateTime.UtcNow - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);

    /// <summary>Now, in microseconds.</summary>
    public long Microseconds
    {
        get
        {
            long set = Volatile.Read(ref _set);
            return set >= 0 ? set : _origin + (Stopwatch.GetElapsedTime(_started).Ticks / TimeSpan.TicksPerMicrosecond);
        }
    }

    /// <summary>Now, in milliseconds.</summary>
    public long Milliseconds => Microseconds / 1000;

    /// <summary>Sets the time; never back. From then on the clock stands still between calls.</summary>
    public void Set(long microseconds)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(microseconds);
        Volatile.Write(ref _set, Math.Max(microseconds, Volatile.Read(ref _set)));
    }
}
