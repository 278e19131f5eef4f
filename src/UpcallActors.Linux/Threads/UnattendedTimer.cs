namespace UpcallActors.Linux;

/// <summary>
/// Does something now and then on the thread pool. The time to the next call counts from the end of the previous one, so slow calls do not
/// pile up. A failed call is reported (<see cref="UnattendedWork"/>) and is not the last.
/// </summary>
internal sealed class UnattendedTimer : IDisposable, IAsyncDisposable
{
    private readonly string _work;
    private readonly TimeSpan _interval;
    private readonly Action _call;
    private readonly ITimer _timer;
    private volatile bool _disposed;

    /// <summary>Begins; the first call comes after the interval.</summary>
    /// <param name="work">What it does, in words for people.</param>
    /// <param name="interval">From the end of a call to the next.</param>
    /// <param name="call">Does it.</param>
    /// <param name="time">The clock; null for the machine's.</param>
    public UnattendedTimer(string work, TimeSpan interval, Action call, TimeProvider? time = null)
    {
        _work = work;
        _interval = interval;
        _call = call;
        _timer = (time ?? TimeProvider.System).CreateTimer(
            static timer => ((UnattendedTimer)timer!).OnDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(interval, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Ends it; a call may still run.</summary>
    public void Dispose()
    {
        _disposed = true;
        _timer.Dispose();
    }

    /// <summary>Ends it, and waits for a running call.</summary>
    public ValueTask DisposeAsync()
    {
        _disposed = true;
        return _timer.DisposeAsync();
    }

    private void OnDue()
    {
        if (_disposed)
            return;
        UnattendedWork.Try(_work, _call);
        if (!_disposed)
            _timer.Change(_interval, Timeout.InfiniteTimeSpan);
    }
}
