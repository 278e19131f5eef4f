using Microsoft.Extensions.Logging;

namespace UpcallActors.Pipeline.Tests;

/// <summary>What was logged from a level on, each line as "category Level: text".</summary>
internal sealed class LogLines(LogLevel least) : ILoggerFactory
{
    private readonly List<string> _lines = [];

    public IReadOnlyList<string> All
    {
        get
        {
            lock (_lines)
                return [.. _lines];
        }
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
    }

    private sealed class Logger(LogLines lines, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= lines.Least;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (lines._lines)
                lines._lines.Add($"{category} {logLevel}: {formatter(state, exception)}");
        }
    }

    private LogLevel Least { get; } = least;
}
