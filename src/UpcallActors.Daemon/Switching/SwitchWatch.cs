using System.Diagnostics;

namespace UpcallActors.Daemon.Switching;

/// <summary>Looks at a running switch every ten seconds and once at the end, for lines in the log that are about all that happened in between. Disposing ends it.</summary>
internal sealed class SwitchWatch : IAsyncDisposable
{
    /// <summary>Rare enough for a log, and often enough to find the line beside what caused it.</summary>
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(10);

    private readonly PeriodicTimer _timer = new(_interval);
    private readonly Task _watching;

    private SwitchWatch(Action<TimeSpan> look) => _watching = WatchAsync(look);

    /// <summary>Begins to watch.</summary>
    /// <param name="look">Looks; told how long ago the last look was. Called by one thread at a time.</param>
    public static SwitchWatch Start(Action<TimeSpan> look) => new(look);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _watching;
    }

    private async Task WatchAsync(Action<TimeSpan> look)
    {
        long last = Stopwatch.GetTimestamp();
        bool isRunning;
        do
        {
            isRunning = await _timer.WaitForNextTickAsync();
            TimeSpan passed = Stopwatch.GetElapsedTime(last);
            last = Stopwatch.GetTimestamp();
            look(passed);
        }
        while (isRunning);
    }
}
