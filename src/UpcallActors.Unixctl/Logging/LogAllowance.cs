namespace UpcallActors.Unixctl;

/// <summary>
/// Keeps a stranger from filling the log: five messages at once, and one more every twelve seconds (<c>VLOG_RATE_LIMIT_INIT (5, 5)</c> in
/// Open vSwitch's unixctl.c). Thread-safe.
/// </summary>
/// <param name="time">The time it counts by.</param>
/// <param name="isLimited">Whether there is a limit at all, which <c>vlog/disable-rate-limit</c> takes away; null for always.</param>
internal sealed class LogAllowance(TimeProvider time, Func<bool>? isLimited = null)
{
    private const int Burst = 5;
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(12);

    private readonly Lock _lock = new();
    private int _tokens = Burst;
    private long _filled = time.GetTimestamp();
    private long _leftOut;

    /// <summary>Whether one more message may be logged.</summary>
    public bool Take() => Take(out _);

    /// <summary>Whether one more message may be logged, and how many could not be since the last one that was.</summary>
    public bool Take(out long leftOut)
    {
        leftOut = 0;
        if (isLimited?.Invoke() == false)
            return true;
        lock (_lock)
        {
            long intervals = time.GetElapsedTime(_filled).Ticks / _interval.Ticks;
            if (intervals > 0)
            {
                _filled = time.GetTimestamp();
                _tokens = (int)Math.Min(Burst, _tokens + intervals);
            }

            if (_tokens == 0)
            {
                leftOut = ++_leftOut;
                return false;
            }

            _tokens--;
            (leftOut, _leftOut) = (_leftOut, 0);
            return true;
        }
    }
}
