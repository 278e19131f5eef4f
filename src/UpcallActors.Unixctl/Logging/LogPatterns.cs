using System.Globalization;
using System.Text;

namespace UpcallActors.Unixctl;

/// <summary>
/// How the lines of the log look, by destination; changeable while the program runs. Where nothing goes to <c>syslog</c> and <c>file</c>,
/// what is set for them is kept and listed, and no more. Thread-safe.
/// </summary>
/// <param name="program">The name of the program that logs.</param>
internal sealed class LogPatterns(string program)
{
    /// <summary>The console's own form, in the words of a listing: it has the number of the event, which patterns cannot name.</summary>
    public const string ConsoleDefault = "level: category[event] message";

    /// <summary>The console's form in Open vSwitch (include/openvswitch/vlog.h).</summary>
    public const string OvsConsole = "%D{%Y-%m-%dT%H:%M:%SZ}|%05N|%c%T|%p|%m";

    /// <summary><c>LOG_DAEMON</c>, which lines to syslog have where none was set (<c>vlog_init</c>).</summary>
    private const int DaemonFacility = 3;

    /// <summary><c>LOG_LOCAL0</c>, which lib/vlog.c takes where none was set.</summary>
    private const int FirstLocal = 16;

    private static readonly string[] _destinations = ["syslog", "console", "file"];

    private static readonly string[] _facilities =
    [
        "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "clock", "ftp", "ntp", "audit", "alert", "clock2",
        "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
    ];

    /// <summary>As Open vSwitch has them (include/openvswitch/vlog.h).</summary>
    private readonly LogPattern?[] _patterns =
    [
        new("ovs|%05N|%c%T|%p|%m", program), null, new("%D{%Y-%m-%dT%H:%M:%S.###Z}|%05N|%c%T|%p|%m", program),
    ];

    /// <summary>0 until one is set, as in lib/vlog.c.</summary>
    private int _facility;

    /// <summary>The console's pattern; null for its own form.</summary>
    public LogPattern? Console => Volatile.Read(ref _patterns[1]);

    /// <summary>The pattern of a destination; null for the console's own form.</summary>
    public LogPattern? Of(LogDestination destination) => Volatile.Read(ref _patterns[(int)destination]);

    /// <summary>What the sender of lines to syslog puts before each, in the words of a listing.</summary>
    public string SyslogPrefix { get; set; } = "<%B> %D{%h %e %T} %E %A:";

    /// <summary>Whether the console's lines are JSON objects, which have no pattern.</summary>
    public bool IsJson { get; set; }

    /// <summary>What syslog counts who sends as, times eight, in patterns.</summary>
    public int Facility => (Volatile.Read(ref _facility) is > 0 and int set ? set : FirstLocal) * 8;

    /// <summary>What syslog counts who sends as, times eight, in what is sent to it.</summary>
    public int SenderFacility => (Volatile.Read(ref _facility) is > 0 and int set ? set : DaemonFacility) * 8;

    /// <summary>The destination that a word names; null for none.</summary>
    public static LogDestination? DestinationOf(string word) =>
        Array.FindIndex(_destinations, name => Is(word, name)) is >= 0 and int at ? (LogDestination)at : null;

    /// <summary>Sets the pattern of a destination, or of all for <c>ANY</c>. Null when that was done, else why not.</summary>
    public string? Set(string destination, string pattern)
    {
        bool isAny = Is(destination, "ANY");
        if (!isAny && DestinationOf(destination) is null)
            return $"unknown destination \"{destination}\"";
        if (IsJson && (isAny || Is(destination, "console")))
            return "the console's lines are JSON objects, which have no pattern";
        for (int i = 0; i < _destinations.Length; i++)
        {
            if (isAny || Is(destination, _destinations[i]))
                Volatile.Write(ref _patterns[i], i == 1 && pattern == ConsoleDefault ? null : new LogPattern(pattern, program));
        }

        return null;
    }

    /// <summary>Sets what syslog counts who sends as. Null when that was done, else why not.</summary>
    public string? SetFacility(string name)
    {
        int found = Array.FindIndex(_facilities, facility => Is(name, facility));
        if (found < 0)
            return "invalid facility";
        // 10 is LOG_AUTHPRIV, which lib/vlog.c has no name for.
        Volatile.Write(ref _facility, found < Array.IndexOf(_facilities, "ftp") ? found : found + 1);
        return null;
    }

    /// <summary>The patterns, as <c>vlog/list-pattern</c> prints them.</summary>
    public string List()
    {
        var text = new StringBuilder("         prefix                            format\n")
            .Append("         ------                            ------\n");
        for (int i = 0; i < _destinations.Length; i++)
        {
            string prefix = i == 0 ? SyslogPrefix : "none";
            string pattern = Volatile.Read(ref _patterns[i])?.Text ?? ConsoleDefault;
            text.Append(CultureInfo.InvariantCulture, $"{_destinations[i].ToUpperInvariant(),-7}  {prefix,-32}  {pattern}\n");
        }

        return text.ToString();
    }

    private static bool Is(string word, string name) => word.Equals(name, StringComparison.OrdinalIgnoreCase);
}
