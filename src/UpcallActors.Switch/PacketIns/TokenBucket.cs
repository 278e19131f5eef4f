namespace UpcallActors.Switch;

/// <summary>
/// Lets through so many packets a second in the long run, and a number at once after a pause (<c>token-bucket.c</c>). It begins full.
/// Single owner.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="rate">Packets a second, above 0.</param>
/// <param name="burst">Packets at once, above 0.</param>
internal sealed class TokenBucket(TimeProvider time, int rate, int burst)
{
    // In units of which a packet costs as many as the clock has ticks in a second, and a tick brings as many as the rate: nothing is
    // ever rounded.
    private readonly long _cost = time.TimestampFrequency;
    private long _tokens = burst * time.TimestampFrequency;
    private long _filled = time.GetTimestamp();

    /// <summary>How long until a packet is let through; zero if one is now.</summary>
    public TimeSpan Wait
    {
        get
        {
            Fill();
            long missing = Math.Max(0, _cost - _tokens);
            return TimeSpan.FromTicks(CeilingOf(CeilingOf(missing, rate) * TimeSpan.TicksPerSecond, time.TimestampFrequency));
        }
    }

    /// <summary>Lets a packet through, if one may go now.</summary>
    public bool TryTake()
    {
        Fill();
        if (_tokens < _cost)
            return false;
        _tokens -= _cost;
        return true;
    }

    /// <summary>The limits are these from now on. What has been saved up stays, as far as it still may.</summary>
    public void Set(int newRate, int newBurst)
    {
        Fill();
        (rate, burst) = (newRate, newBurst);
        _tokens = Math.Min(_tokens, burst * _cost);
    }

    private void Fill()
    {
        long now = time.GetTimestamp();
        long most = burst * _cost;
        long elapsed = now - _filled;
        _filled = now;
        _tokens = elapsed > (most - _tokens) / rate ? most : _tokens + (elapsed * rate);
    }

    private static long CeilingOf(long number, long divisor) => (number + divisor - 1) / divisor;
}
