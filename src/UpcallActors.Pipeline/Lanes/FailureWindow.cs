using System.Diagnostics;

namespace UpcallActors.Pipeline;

/// <summary>Tells when failures come more often than a limit within a window of time.</summary>
internal sealed class FailureWindow(int limit, TimeSpan window)
{
    private readonly Queue<long> _failures = new();

    /// <summary>Counts a failure; true when there are now more than the limit within the window.</summary>
    public bool Exceeds()
    {
        long now = Stopwatch.GetTimestamp();
        _failures.Enqueue(now);
        while (Stopwatch.GetElapsedTime(_failures.Peek(), now) > window)
            _failures.Dequeue();
        return _failures.Count > limit;
    }
}
