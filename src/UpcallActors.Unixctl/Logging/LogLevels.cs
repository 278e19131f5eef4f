using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace UpcallActors.Unixctl;

/// <summary>
/// What is logged of which category, changeable while the program runs: the filter of its logging. A rule is for a category and those whose
/// names go on behind it with a dot or a slash; the longest one counts. The program's own category is divided into modules
/// (<see cref="LogModules"/>), each with the category's level until its own level is set. Thread-safe.
/// </summary>
/// <param name="initial">The level of what no rule is for.</param>
/// <param name="program">The program's name, which is its own category.</param>
internal sealed class LogLevels(LogLevel initial, string program)
{
    /// <summary>Names of actors may be made at run time; of so many categories the names are kept, and no more.</summary>
    private const int MostKnown = 256;

    private readonly Lock _changes = new();
    private readonly ConcurrentDictionary<string, byte> _known = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte> _unlimited = new(StringComparer.OrdinalIgnoreCase);
    private volatile Rules _rules = new(initial, [new Rule("Microsoft", LogLevel.Warning)], []);

    /// <summary>How the lines look.</summary>
    public LogPatterns Patterns { get; } = new(program);

    /// <summary>The file that they go to, where it is one.</summary>
    public LogFile? File { get; init; }

    /// <summary>
    /// The filter. A category is known from its first question on; the program's own passes what any of its modules wants.
    /// </summary>
    public bool IsEnabled(string? category, LogLevel level)
    {
        string name = category ?? "";
        if (name.Length > 0 && _known.Count < MostKnown)
            _known.TryAdd(name, 0);
        Rules rules = _rules;
        if (level == LogLevel.None)
            return false;
        return level >= rules.Of(name) || (name == program && rules.ByModule.Any(rule => level >= rule.Level));
    }

    /// <summary>Whether an event of a category is wanted that belongs to a module; to none if that is null.</summary>
    public bool IsEnabledFor(string category, string? module, LogLevel level) =>
        level != LogLevel.None && level >= _rules.Of(category, module);

    /// <summary>The categories known and the modules, with their levels, by name.</summary>
    public IReadOnlyList<(string Category, LogLevel Level)> List()
    {
        Rules rules = _rules;
        IEnumerable<(string Name, LogLevel Level)> categories =
            _known.Keys.Where(category => !LogModules.IsKnown(category)).Select(category => (category, rules.Of(category)));
        IEnumerable<(string Name, LogLevel Level)> modules =
            LogModules.Names.Select(module => (module, rules.Of(program, module)));
        return [.. categories.Concat(modules).OrderBy(row => row.Name, StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>Sets the level of everything.</summary>
    public void Set(LogLevel level)
    {
        lock (_changes)
            _rules = new Rules(level, [], []);
    }

    /// <summary>Whether a text names a module, a category that is known, or what the names of known ones begin with.</summary>
    public bool IsKnown(string name) => LogModules.IsKnown(name) || _known.Keys.Any(known => Rules.Covers(name, known));

    /// <summary>Sets the level of a module, or of a category and of those below it.</summary>
    public void Set(string name, LogLevel level)
    {
        lock (_changes)
        {
            Rules rules = _rules;
            var added = new Rule(name, level);
            _rules = LogModules.IsKnown(name)
                ? rules with { ByModule = [.. rules.ByModule.Where(rule => !rule.Is(name)), added] }
                : rules with { ByCategory = [.. rules.ByCategory.Where(rule => !Rules.Covers(name, rule.Category)), added] };
        }
    }

    /// <summary>Whether repeated messages of a module or category are held back.</summary>
    public bool IsRateLimited(string name) => !_unlimited.ContainsKey(name);

    /// <summary>Says whether repeated messages are held back: of what is named, or of everything if that is null.</summary>
    public void SetRateLimited(string? name, bool isLimited)
    {
        foreach (string one in name is null ? LogModules.Names.Concat(_known.Keys) : [name])
        {
            if (isLimited)
                _unlimited.TryRemove(one, out _);
            else
                _unlimited.TryAdd(one, 0);
        }
    }

    private sealed record Rule(string Category, LogLevel Level)
    {
        public bool Is(string name) => Category.Equals(name, StringComparison.OrdinalIgnoreCase);
    }

    private sealed record Rules(LogLevel Others, Rule[] ByCategory, Rule[] ByModule)
    {
        public static bool Covers(string category, string other) =>
            other.StartsWith(category, StringComparison.OrdinalIgnoreCase)
            && (other.Length == category.Length || other[category.Length] is '.' or '/');

        public LogLevel Of(string category, string? module) =>
            (module is null ? null : Array.Find(ByModule, rule => rule.Is(module)))?.Level ?? Of(category);

        public LogLevel Of(string category)
        {
            // A category may be used as a module by its name.
            if (Array.Find(ByModule, rule => rule.Is(category)) is { } own)
                return own.Level;
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
