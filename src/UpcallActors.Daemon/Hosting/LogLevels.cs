using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace UpcallActors.Daemon.Hosting;

/// <summary>
/// What is logged of which category, changeable while the daemon runs: the filter of its logging. A rule is for a category and those whose names go on
/// behind it with a dot or a slash; the longest one counts. Thread-safe.
/// </summary>
/// <param name="initial">The level of what no rule is for.</param>
internal sealed class LogLevels(LogLevel initial)
{
    /// <summary>Names of actors may be made at run time; of so many categories the names are kept, and no more.</summary>
    private const int MostKnown = 256;

    private readonly Lock _changes = new();
    private readonly ConcurrentDictionary<string, byte> _known = new(StringComparer.Ordinal);
    private volatile Rules _rules = new(initial, [new Rule("Microsoft", LogLevel.Warning)]);

    /// <summary>The filter. A category is known from its first question on.</summary>
    public bool IsEnabled(string? category, LogLevel level)
    {
        string name = category ?? "";
        if (name.Length > 0 && _known.Count < MostKnown)
            _known.TryAdd(name, 0);
        return level != LogLevel.None && level >= _rules.Of(name);
    }

    /// <summary>The categories known and their levels, by name.</summary>
    public IReadOnlyList<(string Category, LogLevel Level)> List()
    {
        Rules rules = _rules;
        return [.. _known.Keys.Order(StringComparer.OrdinalIgnoreCase).Select(category => (category, rules.Of(category)))];
    }

    /// <summary>Sets the level of everything.</summary>
    public void Set(LogLevel level)
    {
        lock (_changes)
            _rules = new Rules(level, []);
    }

    /// <summary>Whether a text names a category that is known, or what the names of known ones begin with.</summary>
    public bool IsKnown(string category) => _known.Keys.Any(known => Rules.Covers(category, known));

    /// <summary>Sets the level of a category and of those below it.</summary>
    public void Set(string category, LogLevel level)
    {
        lock (_changes)
            _rules = new Rules(_rules.Others, [.. _rules.ByCategory.Where(rule => !Rules.Covers(category, rule.Category)), new Rule(category, level)]);
    }

    private sealed record Rule(string Category, LogLevel Level);

    private sealed record Rules(LogLevel Others, Rule[] ByCategory)
    {
        public static bool Covers(string category, string other) =>
            other.StartsWith(category, StringComparison.OrdinalIgnoreCase) && (other.Length == category.Length || other[category.Length] is '.' or '/');

        public LogLevel Of(string category)
        {
            LogLevel level = Others;
            int length = -1;
            foreach (Rule rule in ByCategory)
            {
                if (rule.Category.Length <= length || !Covers(rule.Category, category))
                    continue;
                level = rule.Level;
                length = rule.Category.Length;
            }

            return level;
        }
    }
}
