using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using UpcallActors.Unixctl;

namespace UpcallActors.Daemon.Control.Commands;

/// <summary>
/// The <c>vlog/</c> commands (lib/vlog.c). Modules are those of Open vSwitch, and the categories of the daemon's log. It has one
/// destination, <c>console</c>, which is standard error, and that may be a file; <c>syslog</c> and <c>file</c> are known, since
/// scripts name them, and are always off.
/// </summary>
internal sealed class LogCommands(LogLevels levels)
{
    private static readonly (string Name, LogLevel Level)[] _names =
    [
        ("OFF", LogLevel.None), ("EMER", LogLevel.Critical), ("ERR", LogLevel.Error), ("WARN", LogLevel.Warning),
        ("INFO", LogLevel.Information), ("DBG", LogLevel.Debug),
    ];

    private static readonly char[] _separators = [' ', ',', ':', '\t'];

    /// <summary>The commands.</summary>
    public IEnumerable<ControlCommand> Commands =>
    [
        new("vlog/set", "[spec]...", 0, int.MaxValue, Set),
        new("vlog/list", "", 0, 0, _ => List()),
        new("vlog/list-pattern", "", 0, 0, _ => ControlReply.Of(levels.Patterns.List())),
        new("vlog/enable-rate-limit", "[module]...", 0, int.MaxValue, modules => LimitRates(modules, isLimited: true)),
        new("vlog/disable-rate-limit", "[module]...", 0, int.MaxValue, modules => LimitRates(modules, isLimited: false)),
        new("vlog/reopen", "", 0, 0, _ => Reopen()),
        new("vlog/close", "", 0, 0, _ => Close()),
    ];

    private ControlReply List()
    {
        var text = new StringBuilder("                 console    syslog    file\n                 -------    ------    ------\n");
        foreach ((string category, LogLevel level) in levels.List())
        {
            text.Append(CultureInfo.InvariantCulture, $"{category,-16}  {NameOf(level),4}       {"OFF",4}       {"OFF",4}");
            text.Append(levels.IsRateLimited(category) ? "\n" : "    (rate limiting disabled)\n");
        }

        return ControlReply.Of(text);
    }

    private ControlReply LimitRates(IReadOnlyList<string> modules, bool isLimited)
    {
        if (!modules.All(levels.IsKnown))
            return ControlReply.Error("unknown module");
        if (modules.Count == 0)
            levels.SetRateLimited(null, isLimited);
        foreach (string module in modules)
            levels.SetRateLimited(module, isLimited);
        return ControlReply.Empty;
    }

    private ControlReply Reopen()
    {
        if (levels.File is not { } file)
            return ControlReply.Error("Logging to file not configured");
        try
        {
            file.Reopen();
            return ControlReply.Empty;
        }
        catch (IOException refused)
        {
            return ControlReply.Error(refused.Message);
        }
    }

    private ControlReply Close()
    {
        levels.File?.Close();
        return ControlReply.Empty;
    }

    private ControlReply Set(IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0)
            levels.Set(LogLevel.Debug);
        foreach (string argument in arguments)
        {
            if (Apply(argument) is { } problem)
                return ControlReply.Error(problem);
        }

        return ControlReply.Empty;
    }

    /// <summary>Carries out <c>module:destination:level</c>, each optional and in any order; the problem, if there is one.</summary>
    private string? Apply(string specification)
    {
        string? module = null;
        string? destination = null;
        LogLevel? level = null;
        string[] words = specification.Split(_separators, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length > 0 && Is(words[0], "PATTERN"))
            return SetPattern(specification);
        if (words.Length > 0 && Is(words[0], "FACILITY"))
            return levels.Patterns.SetFacility(words.ElementAtOrDefault(1) ?? "");
        foreach (string word in words)
        {
            int known = Array.FindIndex(_names, name => Is(word, name.Name));
            if (Is(word, "ANY"))
                continue;
            if (LogPatterns.IsDestination(word))
            {
                if (destination != null)
                    return "cannot specify multiple destinations";
                destination = word;
            }
            else if (known >= 0)
            {
                if (level != null)
                    return "cannot specify multiple levels";
                level = _names[known].Level;
            }
            else if (levels.IsKnown(word))
            {
                if (module != null)
                    return "cannot specify multiple modules";
                module = word;
            }
            else
            {
                return $"no destination, level, or module \"{word}\"";
            }
        }

        if (destination != null && !Is(destination, "console"))
            return null;
        if (module == null)
            levels.Set(level ?? LogLevel.Debug);
        else
            levels.Set(module, level ?? LogLevel.Debug);
        return null;
    }

    /// <summary>Carries out <c>PATTERN:destination:pattern</c>: the pattern is what is left, with whatever stands in it.</summary>
    private string? SetPattern(string specification)
    {
        ReadOnlySpan<char> rest = specification.AsSpan().TrimStart(_separators)["PATTERN".Length..].TrimStart(_separators);
        int end = rest.IndexOfAny(_separators);
        if (end < 0)
            end = rest.Length;
        string destination = rest[..end].ToString();
        return destination.Length == 0 ? "missing destination"
            : levels.Patterns.Set(destination, rest[Math.Min(end + 1, rest.Length)..].ToString());
    }

    private static bool Is(string word, string name) => word.Equals(name, StringComparison.OrdinalIgnoreCase);

    private static string NameOf(LogLevel level) => level == LogLevel.Trace ? "DBG" : Array.Find(_names, name => name.Level == level).Name;
}
