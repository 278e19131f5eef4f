using Microsoft.Extensions.Logging;

namespace UpcallActors.Unixctl;

/// <summary>
/// What <c>vlog/set</c> and <c>-v</c> say: <c>module:destination:level</c>, each optional and in any order,
/// <c>PATTERN:destination:pattern</c>, or <c>FACILITY:facility</c> (<c>vlog_set_levels_from_string</c> in lib/vlog.c).
/// </summary>
internal static class LogSpecification
{
    private static readonly (string Name, LogLevel Level)[] _names =
    [
        ("OFF", LogLevel.None), ("EMER", LogLevel.Critical), ("ERR", LogLevel.Error), ("WARN", LogLevel.Warning),
        ("INFO", LogLevel.Information), ("DBG", LogLevel.Debug),
    ];

    private static readonly char[] _separators = [' ', ',', ':', '\t'];

    /// <summary>What Open vSwitch calls a level.</summary>
    public static string NameOf(LogLevel level) => level == LogLevel.Trace ? "DBG" : Array.Find(_names, name => name.Level == level).Name;

    /// <summary>Carries one out; the problem, if there is one.</summary>
    public static string? Apply(LogLevels levels, string specification)
    {
        string[] words = specification.Split(_separators, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length > 0 && Is(words[0], "PATTERN"))
            return SetPattern(levels, specification);
        if (words.Length > 0 && Is(words[0], "FACILITY"))
            return levels.Patterns.SetFacility(words.ElementAtOrDefault(1) ?? "");
        string? module = null;
        LogDestination? destination = null;
        LogLevel? level = null;
        foreach (string word in words)
        {
            int known = Array.FindIndex(_names, name => Is(word, name.Name));
            if (Is(word, "ANY"))
                continue;
            if (LogPatterns.DestinationOf(word) is { } named)
            {
                if (destination != null)
                    return "cannot specify multiple destinations";
                destination = named;
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

        levels.Set(destination, module, level ?? LogLevel.Debug);
        return null;
    }

    /// <summary>Carries out <c>PATTERN:destination:pattern</c>: the pattern is what is left, with whatever stands in it.</summary>
    private static string? SetPattern(LogLevels levels, string specification)
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
}
