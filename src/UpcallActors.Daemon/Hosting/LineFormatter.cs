using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using UpcallActors.Unixctl;

namespace UpcallActors.Daemon.Hosting;

/// <summary>
/// Lines of the log as text: the time if the reader does not add it, level, category, number of the event, message; or what <c>vlog/set
/// PATTERN:console</c> says.
/// </summary>
/// <param name="patterns">What says so.</param>
internal sealed class LineFormatter(LogPatterns patterns) : ConsoleFormatter(LineFormatter.FormatterName)
{
    /// <summary>Its name among formatters.</summary>
    public const string FormatterName = "lines";

    private readonly string? _timestamp = LogOutput.KeepsTime ? null : "yyyy-MM-ddTHH:mm:ss.fffZ ";
    private long _number;

    /// <inheritdoc/>
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        string message = logEntry.Formatter(logEntry.State, logEntry.Exception);
        if (logEntry.Exception is { } failure)
            message = $"{message} {failure}";
        DateTime now = DateTime.UtcNow;
        long number = Interlocked.Increment(ref _number);
        if (patterns.Console is { } pattern)
        {
            // Each line of a message by itself, so that none looks like another record.
            string module = ModuleOf(logEntry.Category, logEntry.EventId);
            foreach (string line in message.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                var record = new LogRecord(line, module, LogSeverity.Of(logEntry.LogLevel), number, now);
                textWriter.WriteLine(pattern.Format(record, patterns.Facility));
            }

            return;
        }

        if (_timestamp is not null)
            textWriter.Write(now.ToString(_timestamp, CultureInfo.InvariantCulture));
        string text = message.ReplaceLineEndings(" ");
        textWriter.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{WordOf(logEntry.LogLevel)}: {logEntry.Category}[{logEntry.EventId.Id}] {text}"));
    }

    private static string ModuleOf(string category, EventId id) =>
        category == DaemonHost.ActorSystemName ? LogEventModules.Of(id.Id) ?? category : category;

    private static string WordOf(LogLevel level) => level switch
    {
        LogLevel.Trace => "trce",
        LogLevel.Debug => "dbug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "fail",
        _ => "crit",
    };
}
