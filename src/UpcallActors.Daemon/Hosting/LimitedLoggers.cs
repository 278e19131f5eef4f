using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using UpcallActors.Unixctl;

namespace UpcallActors.Daemon.Hosting;

/// <summary>
/// Loggers for code that strangers can make log: of each kind of line some are let through, and then one now and again, which says how many
/// were not. What is logged goes to the loggers of the factory behind. Thread-safe.
/// </summary>
/// <param name="loggers">The factory behind, which stays its owner's.</param>
/// <param name="time">Tells how much time has gone by.</param>
internal sealed class LimitedLoggers(ILoggerFactory loggers, TimeProvider time) : ILoggerFactory
{
    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new LimitedLogger(loggers.CreateLogger(categoryName), time);

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) => loggers.AddProvider(provider);

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private sealed class LimitedLogger(ILogger logger, TimeProvider time) : ILogger
    {
        /// <summary>
        /// Kinds are known by the numbers that code gives its lines, so they are few; more share the last one's allowance.
        /// </summary>
        private const int MostKinds = 64;

        private readonly ConcurrentDictionary<int, LogAllowance> _kinds = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => logger.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => logger.IsEnabled(logLevel);

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!logger.IsEnabled(logLevel))
                return;
            int kind = _kinds.Count < MostKinds ? eventId.Id : 0;
            LogAllowance allowance = _kinds.GetOrAdd(kind, _ => new LogAllowance(time));
            if (!allowance.Take(out long leftOut))
                return;
            logger.Log(logLevel, eventId, state, exception, formatter);
            if (leftOut > 0)
                logger.LeftOut(leftOut);
        }
    }
}
