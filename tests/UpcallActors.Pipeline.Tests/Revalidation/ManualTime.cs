namespace UpcallActors.Pipeline.Tests;

/// <summary>Time that stands still until a test moves it; its one timer goes off while it is moved.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly Lock _lock = new();
    private long _ticks = TimeSpan.TicksPerHour;
    private ManualTimer? _timer;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        lock (_lock)
        {
            _timer = new ManualTimer(this, callback, state);
            _timer.Change(dueTime, period);
            return _timer;
        }
    }

    public void Advance(TimeSpan time)
    {
        lock (_lock)
            Interlocked.Add(ref _ticks, time.Ticks);
    }

    /// <summary>Whether the timer is set.</summary>
    public bool IsAlarmSet
    {
        get
        {
            lock (_lock)
                return _timer is { Due: >= 0 };
        }
    }

    /// <summary>How often the timer was set, to whatever.</summary>
    public int AlarmsSet { get; private set; }

    /// <summary>Moves to when the timer goes off, if it is set.</summary>
    public void GoToAlarm()
    {
        ManualTimer? timer;
        lock (_lock)
        {
            timer = _timer;
            if (timer is null || timer.Due < 0)
                return;
            Interlocked.Exchange(ref _ticks, Math.Max(_ticks, timer.Due));
            timer.Due = -1;
        }

        timer.GoOff();
    }

    /// <summary>Lets alarms go off until something is done.</summary>
    public async Task DoneAsync(Task task)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!task.IsCompleted)
        {
            limit.Token.ThrowIfCancellationRequested();
            GoToAlarm();
            await Task.WhenAny(task, Task.Delay(1, limit.Token));
        }

        await task;
    }

    private sealed class ManualTimer(ManualTime time, TimerCallback callback, object? state) : ITimer
    {
        public long Due { get; set; } = -1;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._lock)
            {
                time.AlarmsSet += dueTime < TimeSpan.Zero ? 0 : 1;
                Due = dueTime < TimeSpan.Zero ? -1 : time.GetTimestamp() + dueTime.Ticks;
            }

            return true;
        }

        public void GoOff() => callback(state);

        public void Dispose() => Due = -1;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
