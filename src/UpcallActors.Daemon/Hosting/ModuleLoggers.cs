using Microsoft.Extensions.Logging;
using UpcallActors.Unixctl;

namespace UpcallActors.Daemon.Hosting;

/// <summary>Loggers whose events of the daemon are filtered by the module that they belong to as well, as <c>vlog/set</c> has it.</summary>
/// <param name="inner">What makes the loggers.</param>
/// <param name="levels">The levels.</param>
internal sealed class ModuleLoggers(ILoggerFactory inner, LogLevels levels) : ILoggerFactory
{
    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName)
    {
        ILogger logger = inner.CreateLogger(categoryName);
        return categoryName == DaemonHost.ActorSystemName ? new ModuleLogger(logger, levels) : logger;
    }

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    /// <inheritdoc/>
    public void Dispose() => inner.Dispose();

    private sealed class ModuleLogger(ILogger inner, LogLevels levels) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (levels.IsEnabledFor(DaemonHost.ActorSystemName, LogEventModules.Of(eventId.Id), logLevel))
                inner.Log(logLevel, eventId, state, exception, formatter);
        }
    }
}
