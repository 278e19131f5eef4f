using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace UpcallActors.Unixctl;

/// <summary>What a line of the log is made of.</summary>
/// <param name="Message">Its text.</param>
/// <param name="Module">Who says it.</param>
/// <param name="Level">How grave it is.</param>
/// <param name="Number">Which one it is of this run, from 1.</param>
/// <param name="Time">When, UTC.</param>
internal readonly record struct LogRecord(string Message, string Module, LogSeverity Level, long Number, DateTime Time);

/// <summary>How grave a message is, in the words and numbers of Open vSwitch.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Syslog">Its number in syslog (<c>syslog_levels</c> in lib/vlog.c).</param>
internal readonly record struct LogSeverity(string Name, int Syslog)
{
    /// <summary>That of one of .NET's levels.</summary>
    public static LogSeverity Of(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => new LogSeverity("DBG", 7),
        LogLevel.Information => new LogSeverity("INFO", 6),
        LogLevel.Warning => new LogSeverity("WARN", 4),
        LogLevel.Error => new LogSeverity("ERR", 3),
        _ => new LogSeverity("EMER", 1),
    };
}

/// <summary>
/// How a line of the log looks, in the language of <c>vlog/set PATTERN</c> (<c>format_log_message</c> in lib/vlog.c): <c>%</c>, then
/// <c>-</c> to put it on the left, <c>0</c> to pad with 0, a width, and a letter, some with an argument in braces. A letter that
/// means nothing stands for itself.
/// </summary>
/// <param name="text">The pattern.</param>
/// <param name="program">The name of the program that logs.</param>
internal sealed class LogPattern(string text, string program)
{
    /// <summary>The widest field; a longer line is of no use.</summary>
    private const int WidestField = 1000;

    private static readonly long _start = Environment.TickCount64;

    /// <summary>The pattern, as it was set.</summary>
    public string Text => text;

    /// <summary>The line of a message, without its end.</summary>
    /// <param name="record">The message.</param>
    /// <param name="facility">The number that syslog has for who sends (<c>vlog/set FACILITY</c>).</param>
    public string Format(in LogRecord record, int facility)
    {
        var line = new StringBuilder();
        for (int at = 0; at < text.Length;)
        {
            if (text[at++] != '%')
            {
                line.Append(text[at - 1]);
                continue;
            }

            bool isLeft = Take(ref at, '-');
            bool isZero = Take(ref at, '0');
            int width = 0;
            while (at < text.Length && char.IsAsciiDigit(text[at]))
                width = Math.Min((width * 10) + (text[at++] - '0'), WidestField);
            int begin = line.Length;
            if (at < text.Length)
                Expand(line, text[at++], ref at, record, facility);
            int missing = width - (line.Length - begin);
            if (missing > 0)
                line.Insert(isLeft ? line.Length : begin, isZero ? "0" : " ", missing);
        }

        return line.ToString();
    }

    /// <summary>The calling thread's name; null where it has none, or .NET's own of a thread that any work is given to.</summary>
    private static string? ThreadName => Thread.CurrentThread.Name is { Length: > 0 } name && name[0] != '.' ? name : null;

    private bool Take(ref int at, char wanted)
    {
        bool isThere = at < text.Length && text[at] == wanted;
        at += isThere ? 1 : 0;
        return isThere;
    }

    private void Expand(StringBuilder line, char letter, ref int at, in LogRecord record, int facility)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        switch (letter)
        {
            case 'c':
                Braced(ref at, "");
                line.Append(record.Module);
                break;
            case 'd':
                LogTime.Append(line, Braced(ref at, LogTime.Default), record.Time.ToLocalTime());
                break;
            case 'D':
                LogTime.Append(line, Braced(ref at, LogTime.Default), record.Time);
                break;
            default:
                line.Append(letter switch
                {
                    'A' => program,
                    'B' => (facility + record.Level.Syslog).ToString(culture),
                    'E' => Environment.MachineName,
                    'm' => record.Message.TrimEnd('\n'),
                    'N' => record.Number.ToString(culture),
                    'n' => "\n",
                    'p' => record.Level.Name,
                    'P' => Environment.ProcessId.ToString(culture),
                    'r' => (Environment.TickCount64 - _start).ToString(culture),
                    't' => ThreadName ?? "main",
                    'T' => ThreadName is { } name ? $"({name})" : "",
                    _ => letter.ToString(),
                });
                break;
        }
    }

    /// <summary>The argument in braces behind a letter, if there is one (<c>fetch_braces</c>).</summary>
    private string Braced(ref int at, string otherwise)
    {
        if (at >= text.Length || text[at] != '{')
            return otherwise;
        int end = text.IndexOf('}', at);
        if (end < 0)
            end = text.Length;
        string argument = text[(at + 1)..end];
        at = Math.Min(end + 1, text.Length);
        return argument;
    }
}
