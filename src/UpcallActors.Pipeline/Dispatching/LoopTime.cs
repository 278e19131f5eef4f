using Akka.Dispatch;

namespace UpcallActors.Pipeline;

/// <summary>
/// The system's time, whose timers one thread rings: that of a loop, which sleeps no longer than until the next is due. An
/// ordinary timer wakes two threads more, one that looks at the clock and one of the thread pool, and the pool's watch with
/// them. Thread-safe. There are few timers: each is looked at when one is due.
/// </summary>
/// <param name="changed">Called when a timer was changed, so that the loop looks at <see cref="MillisecondsLeft"/> again.</param>
internal sealed class LoopTime(Action changed) : TimeProvider, IRunnable
{
    private readonly Lock _lock = new();
    private readonly List<LoopTimer> _armed = [];
    private long _next = long.MaxValue;

    /// <summary>Whether a timer is to be rung; costs a look at the clock only if one is armed.</summary>
    public bool IsDue => Volatile.Read(ref _next) is var next && next != long.MaxValue && Environment.TickCount64 >= next;

    /// <summary>How long until the next one is due; −1 if none is.</summary>
    public int MillisecondsLeft => Volatile.Read(ref _next) is var next && next == long.MaxValue
        ? -1
        : (int)Math.Clamp(next - Environment.TickCount64, 0, int.MaxValue);

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new LoopTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Calls the one that is due for the longest time, if one is. On the loop's thread.</summary>
    public void Run()
    {
        LoopTimer? due = null;
        lock (_lock)
        {
            long now = Environment.TickCount64;
            foreach (LoopTimer timer in _armed)
            {
                if (timer.Due <= now && (due is null || timer.Due < due.Due))
                    due = timer;
            }

            if (due is null)
                return;
            if (due.Period < 0)
                _armed.Remove(due);
            else
                due.Due = now + due.Period;
            FindNext();
        }

        due.Call();
    }

    /// <inheritdoc/>
    public void Execute() => Run();

    /// <summary>In whole milliseconds, never too early; −1 for an infinite time.</summary>
    private static long Milliseconds(TimeSpan time)
    {
        if (time == Timeout.InfiniteTimeSpan)
            return -1;
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        return (long)Math.Ceiling(time.TotalMilliseconds);
    }

    private void Changed() => changed();

    private void FindNext() => Volatile.Write(ref _next, _armed.Count == 0 ? long.MaxValue : _armed.Min(timer => timer.Due));

    private sealed class LoopTimer(LoopTime time, TimerCallback callback, object? state) : ITimer
    {
        private bool _disposed;

        public long Due { get; set; }

        /// <summary>−1: it rings once.</summary>
        public long Period { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            long due = Milliseconds(dueTime);
            long every = Milliseconds(period);
            lock (time._lock)
            {
                if (_disposed)
                    return false;
                time._armed.Remove(this);
                Period = every == 0 ? -1 : every;
                Due = Environment.TickCount64 + due;
                if (due >= 0)
                    time._armed.Add(this);
                time.FindNext();
            }

            time.Changed();
            return true;
        }

        public void Dispose()
        {
            lock (time._lock)
            {
                _disposed = true;
                time._armed.Remove(this);
                time.FindNext();
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        public void Call() => callback(state);
    }
}
