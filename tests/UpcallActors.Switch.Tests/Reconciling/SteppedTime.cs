namespace UpcallActors.Switch.Tests.Reconciling;

/// <summary>A clock that a test sets, whose timers go off on the test's thread.</summary>
internal sealed class SteppedTime : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<SteppedTimer> _armed = [];
    private TimeSpan _now = TimeSpan.FromDays(1);

    public TimeSpan Now
    {
        get
        {
            lock (_lock)
                return _now;
        }

        set => Set(value);
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Now.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Assert.Equal(Timeout.InfiniteTimeSpan, period);
        var timer = new SteppedTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private void Set(TimeSpan now)
    {
        SteppedTimer[] due;
        lock (_lock)
        {
            _now = now;
            due = [.. _armed.Where(timer => timer.Due <= now).OrderBy(timer => timer.Due)];
            _armed.RemoveAll(due.Contains);
        }

        foreach (SteppedTimer timer in due)
            timer.GoOff();
    }

    private sealed class SteppedTimer(SteppedTime time, TimerCallback callback, object? state) : ITimer
    {
        public TimeSpan Due { get; private set; }

        public void GoOff() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._lock)
            {
                time._armed.Remove(this);
                Due = time._now + dueTime;
                if (dueTime >= TimeSpan.Zero)
                    time._armed.Add(this);
            }

            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
