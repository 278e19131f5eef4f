using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace UpcallActors.Daemon.Switching;

/// <summary>Logs what is lost: one line for each interval in which something was, however much, and one at the end. Disposing ends it.</summary>
internal sealed class LossWatch : IAsyncDisposable
{
    /// <summary>Rare enough for a log, and often enough to find the line beside what caused it.</summary>
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(10);

    private readonly PeriodicTimer _timer = new(_interval);
    private readonly Task _watching;

    private LossWatch(Func<IEnumerable<(string Cause, long Count)>> counts, ILogger logger) => _watching = WatchAsync(counts, logger);

    /// <summary>Begins to watch counts that grow only.</summary>
    public static LossWatch Start(Func<IEnumerable<(string Cause, long Count)>> counts, ILogger logger) => new(counts, logger);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _watching;
    }

    private async Task WatchAsync(Func<IEnumerable<(string Cause, long Count)>> counts, ILogger logger)
    {
        var report = new LossReport(counts());
        long last = Stopwatch.GetTimestamp();
        bool isRunning;
        do
        {
            isRunning = await _timer.WaitForNextTickAsync();
            double seconds = Stopwatch.GetElapsedTime(last).TotalSeconds;
            last = Stopwatch.GetTimestamp();
            if (report.Next(counts(), seconds) is { } losses)
                logger.Losing(seconds, losses);
        }
        while (isRunning);
    }
}
