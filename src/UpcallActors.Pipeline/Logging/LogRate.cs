namespace UpcallActors.Pipeline;

/// <summary>
/// Limits lines of one kind in the log, however often their cause comes: some at once, and so many a minute
/// (<c>VLOG_RATE_LIMIT_INIT</c>). Counts those
/// that are not said, for the next that is. Thread-safe.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="perMinute">Lines a minute in the long run.</param>
/// <param name="burst">Lines at once.</param>
/// <param name="isLimited">Whether there is a limit at this moment; null for always.</param>
internal sealed class LogRate(TimeProvider time, int perMinute, int burst, Func<bool>? isLimited = null)
{
    private readonly Lock _lock = new();
    private readonly TimeSpan _interval = TimeSpan.FromMinutes(1) / perMinute;
    private int _used;
    private long _filled = time.GetTimestamp();
    private UnsaidLines _unsaid;

    /// <summary>Whether one more line may be said; if so, what was not said before it.</summary>
    public bool TryTake(out UnsaidLines unsaid)
    {
        lock (_lock)
        {
            Fill();
            if (_used == burst && isLimited?.Invoke() != false)
            {
                long now = time.GetTimestamp();
                _unsaid = new UnsaidLines(_unsaid.Count + 1, _unsaid.Count == 0 ? now : _unsaid.First, now);
                unsaid = default;
                return false;
            }

            _used = Math.Min(_used + 1, burst);
            unsaid = _unsaid;
            _unsaid = default;
            return true;
        }
    }

    private void Fill()
    {
        long intervals = time.GetElapsedTime(_filled).Ticks / _interval.Ticks;
        if (intervals <= 0)
            return;
        _filled += (long)(intervals * _interval.TotalSeconds * time.TimestampFrequency);
        _used = (int)Math.Max(0, _used - intervals);
    }
}

/// <summary>Lines that were not said.</summary>
/// <param name="Count">How many.</param>
/// <param name="First">When the first was, a time stamp.</param>
/// <param name="Last">When the last was.</param>
internal readonly record struct UnsaidLines(long Count, long First, long Last);
