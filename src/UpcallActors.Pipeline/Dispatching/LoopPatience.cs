using System.Diagnostics;

namespace UpcallActors.Pipeline;

/// <summary>
/// How long a loop that has nothing to do looks for work before it sleeps. Where a peer asks its next question as soon as it has its
/// answer, to fall asleep and to be woken costs more than the question. So the loop looks for as long as <paramref name="most"/>, but only
/// if it had not to wait longer the last time: a peer that stays away is looked for once. On the loop's thread.
/// </summary>
/// <param name="most">The longest that it looks; zero for a loop that never does.</param>
internal sealed class LoopPatience(TimeSpan most)
{
    private readonly long _most = (long)(most.TotalSeconds * Stopwatch.Frequency);
    private long _last = long.MaxValue;
    private long _began;

    /// <summary>A wait begins; whether the loop shall look before it sleeps.</summary>
    /// <param name="now">Of <see cref="Stopwatch.GetTimestamp"/>.</param>
    public bool Begin(long now)
    {
        _began = now;
        return _last <= _most;
    }

    /// <summary>Whether the loop may still look.</summary>
    public bool Lasts(long now) => now - _began < _most;

    /// <summary>The wait is over: there is work.</summary>
    public void End(long now) => _last = now - _began;
}
