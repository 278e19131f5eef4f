namespace UpcallActors.Odp;

/// <summary>How long to wait before something is tried again: twice as long each time, up to a limit. Single owner.</summary>
internal sealed class RetryBackoff
{
    /// <summary>The first wait.</summary>
    public static readonly TimeSpan First = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(32);

    private TimeSpan _next = First;

    /// <summary>The wait that comes now; the one after is twice as long.</summary>
    public TimeSpan Next()
    {
        TimeSpan now = _next;
        _next = now * 2 < Longest ? now * 2 : Longest;
        return now;
    }

    /// <summary>Starts over: what was waited for has come, or something else is waited for.</summary>
    public void Reset() => _next = First;
}
