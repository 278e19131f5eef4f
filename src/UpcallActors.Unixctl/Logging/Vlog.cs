using System.Globalization;
using Microsoft.Extensions.Logging;

namespace UpcallActors.Unixctl;

/// <summary>
/// The log of a program in Open vSwitch's place (lib/vlog.c): each message goes to those of console, file and syslog whose level lets it,
/// in the form of each. Who logs waits for none of them. Thread-safe.
/// </summary>
internal sealed class Vlog : ILogFile, IDisposable
{
    /// <summary>Lines that may wait for console or file: some seconds of what a busy daemon says at its most talkative.</summary>
    private const int Waiting = 8192;

    private const string OwnModule = "vlog";

    /// <summary>The line of <c>--syslog-target</c> (<c>vlog_valist</c>); the message begins with RFC 5424's byte order mark.</summary>
    private const string TargetPattern = "<%B>1 %D{%Y-%m-%dT%H:%M:%S.###Z} %E %A %P %c - \uFEFF%m";

    private readonly LogLevels _levels;
    private readonly VlogFile? _file;
    private readonly SyslogSender? _syslog;
    private readonly SyslogSender? _target;
    private readonly LogPattern _targetPattern;
    private readonly LogPattern _consolePattern;
    private readonly LineQueue _console;
    private readonly LineQueue? _lines;
    private long _number;

    /// <summary>A log. What it is given is its own from now on.</summary>
    /// <param name="program">The program's name.</param>
    /// <param name="levels">What goes where.</param>
    /// <param name="console">Where the console's lines go.</param>
    /// <param name="file">The file, opened; null without one.</param>
    /// <param name="syslog">Who sends to syslog; null for nobody.</param>
    /// <param name="target">Who sends to the one of <c>--syslog-target</c>, besides; null for nobody.</param>
    public Vlog(string program, LogLevels levels, TextWriter console, VlogFile? file, SyslogSender? syslog, SyslogSender? target)
    {
        _levels = levels;
        _file = file;
        _syslog = syslog;
        _target = target;
        _targetPattern = new LogPattern(TargetPattern, program);
        _consolePattern = new LogPattern(LogPatterns.OvsConsole, program);
        _console = new LineQueue("vlog_console", Waiting, console.WriteLine, lost => LostLine(LogDestination.Console, lost));
        if (file is null)
            return;
        _lines = new LineQueue("vlog_file", Waiting, file.Write, lost => LostLine(LogDestination.File, lost));
        levels.File = this;
    }

    /// <summary>
    /// The least grave lines that the console gets, whatever the levels say: it may be that of a starter, who waits for what is wrong and
    /// not for what happens.
    /// </summary>
    public LogLevel LeastOfConsole { get; init; } = LogLevel.Trace;

    /// <inheritdoc/>
    public bool IsOpen => _file?.IsOpen == true;

    /// <summary>Says something.</summary>
    /// <param name="category">Whose it is; the name of the module, if there is no other.</param>
    /// <param name="module">The module it belongs to; null for one that is the category.</param>
    /// <param name="level">How grave it is.</param>
    /// <param name="message">What; each line of it is a line of the log.</param>
    public void Write(string category, string? module, LogLevel level, string message)
    {
        bool toConsole = level >= LeastOfConsole && _levels.IsEnabledFor(LogDestination.Console, category, module, level);
        bool toFile = _levels.IsEnabledFor(LogDestination.File, category, module, level);
        bool toSyslog = _levels.IsEnabledFor(LogDestination.Syslog, category, module, level);
        if (!toConsole && !toFile && !toSyslog)
            return;
        long number = Interlocked.Increment(ref _number);
        DateTime now = DateTime.UtcNow;
        foreach (string line in message.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var record = new LogRecord(line, module ?? category, LogSeverity.Of(level), number, now);
            if (toConsole)
                _console.Add(Format(LogDestination.Console, record));
            if (toFile)
                _lines?.Add(Format(LogDestination.File, record));
            if (toSyslog)
                Send(record);
        }

        // What is said last must be there when the process is not any more.
        if (level == LogLevel.Critical)
            _lines?.Between(() => { });
    }

    /// <inheritdoc/>
    public void Reopen()
    {
        IOException? refused = null;
        bool isDone = _lines!.Between(() =>
        {
            try
            {
                if (_file!.Open(() => _file.Write(Own(LogDestination.File, LogLevel.Information, "closing log file"))))
                    _file.Write(Own(LogDestination.File, LogLevel.Information, $"opened log file {_file.Path}"));
            }
            catch (IOException failure)
            {
                refused = failure;
            }
        });
        if (refused is not null)
            throw refused;
        if (!isDone)
            throw new IOException($"{_file!.Path}: lines still wait to be written");
    }

    /// <inheritdoc/>
    public void Close() => _lines!.Between(_file!.Dispose);

    /// <summary>Waits until all is written that was said, or for some seconds.</summary>
    public void Dispose()
    {
        _console.Dispose();
        _lines?.Dispose();
        _file?.Dispose();
        _syslog?.Dispose();
        _target?.Dispose();
    }

    private void Send(in LogRecord record)
    {
        _syslog?.Send(_levels.Patterns.SenderFacility | record.Level.Syslog, Format(LogDestination.Syslog, record));
        _target?.Send(null, _targetPattern.Format(record, _levels.Patterns.Facility));
    }

    private string Format(LogDestination destination, in LogRecord record) =>
        (_levels.Patterns.Of(destination) ?? _consolePattern).Format(record, _levels.Patterns.Facility);

    /// <summary>A line of the log's own.</summary>
    private string Own(LogDestination destination, LogLevel level, string text) => Format(
        destination, new LogRecord(text, OwnModule, LogSeverity.Of(level), Interlocked.Increment(ref _number), DateTime.UtcNow));

    private string LostLine(LogDestination destination, long lost) => Own(
        destination,
        LogLevel.Warning,
        string.Create(CultureInfo.InvariantCulture, $"{lost} lines were lost, since they could not be written fast enough"));
}
