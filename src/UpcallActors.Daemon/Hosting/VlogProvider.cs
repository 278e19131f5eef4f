using Microsoft.Extensions.Logging;
using UpcallActors.Unixctl;

namespace UpcallActors.Daemon.Hosting;

/// <summary>Loggers whose lines go to a log in Open vSwitch's form, which is its owner's.</summary>
/// <param name="vlog">The log.</param>
internal sealed class VlogProvider(Vlog vlog) : ILoggerProvider
{
    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new VlogLogger(vlog, categoryName);

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private sealed class VlogLogger(Vlog vlog, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            string message = formatter(state, exception);
            string? module = category == DaemonHost.ActorSystemName ? LogEventModules.Of(eventId.Id) : null;
            vlog.Write(category, module, logLevel, exception is null ? message : $"{message} {exception}");
        }
    }
}
