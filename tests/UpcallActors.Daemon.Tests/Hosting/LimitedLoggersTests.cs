using Microsoft.Extensions.Logging;
using UpcallActors.Daemon.Hosting;
using UpcallActors.Unixctl.Tests;

namespace UpcallActors.Daemon.Tests.Hosting;

/// <summary>What strangers can make others log.</summary>
public sealed class LimitedLoggersTests
{
    private readonly LogLines _lines = new();
    private readonly SettableTime _time = new();

    [Fact]
    public void Of_each_kind_of_line_some_get_through_and_then_one_now_and_again_that_says_how_many_did_not()
    {
        using var behind = new OneLogger(_lines);
        using var loggers = new LimitedLoggers(behind, _time);
        ILogger logger = loggers.CreateLogger("Kestrel");
        for (int line = 0; line < 10_000; line++)
            logger.Log(LogLevel.Warning, new EventId(7), "refused", null, (text, _) => text);
        logger.Log(LogLevel.Error, new EventId(8), "another kind", null, (text, _) => text);
        _time.Seconds += 12;
        logger.Log(LogLevel.Warning, new EventId(7), "refused", null, (text, _) => text);
        logger.Log(LogLevel.Warning, new EventId(7), "refused", null, (text, _) => text);

        _lines.Lines.ShouldBe(
        [
            .. Enumerable.Repeat("Warning refused", 5), "Error another kind", "Warning refused",
                "Warning 9995 more lines of that kind were left out",
        ]);
    }

    private sealed class OneLogger(ILogger logger) : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) => logger;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public void Dispose()
        {
        }
    }

    private sealed class SettableTime : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
