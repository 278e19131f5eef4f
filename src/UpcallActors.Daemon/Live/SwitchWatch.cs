using UpcallActors.Linux;

namespace UpcallActors.Daemon.Live;

/// <summary>
/// Looks at a running switch every ten seconds and once at the end, for lines in the log that are about all that
/// happened in between. A look that fails is said, and is not the
/// last. Disposing ends it.
/// </summary>
internal sealed class SwitchWatch : IAsyncDisposable
{
    private const string Work = "watching losses";

    /// <summary>Rare enough for a log, and often enough to find the line beside what caused it.</summary>
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(10);

    private readonly Action<TimeSpan> _look;
    private readonly TimeProvider _time;
    private readonly UnattendedTimer _timer;
    private long _last;

    private SwitchWatch(Action<TimeSpan> look, TimeProvider time)
    {
        _look = look;
        _time = time;
        _last = time.GetTimestamp();
        _timer = new UnattendedTimer(Work, _interval, Look, time);
    }

    /// <summary>Begins to watch.</summary>
    /// <param name="look">Looks; told how long ago the last look was. Called by one thread at a time.</param>
    /// <param name="time">The clock; null for the machine's.</param>
    public static SwitchWatch Start(Action<TimeSpan> look, TimeProvider? time = null) => new(look, time ?? TimeProvider.System);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        UnattendedWork.Try(Work, Look);
    }

    private void Look()
    {
        TimeSpan passed = _time.GetElapsedTime(_last);
        _last = _time.GetTimestamp();
        _look(passed);
    }
}
