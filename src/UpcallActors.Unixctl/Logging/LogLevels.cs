using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace UpcallActors.Unixctl;

/// <summary>
/// What is logged of which category, and where, changeable while the program runs: the filter of its logging. The program's own category is
/// divided into modules (<see cref="LogModules"/>), each with the category's level until its own level is set. Thread-safe.
/// </summary>
/// <param name="initial">The level of what no rule is for.</param>
/// <param name="program">The program's name, which is its own category.</param>
/// <param name="hasAll">
/// Whether lines can go to all destinations; otherwise to the console alone, and the others are known by name and always off.
/// </param>
internal sealed class LogLevels(LogLevel initial, string program, bool hasAll = false)
{
    /// <summary>Names of actors may be made at run time; of so many categories the names are kept, and no more.</summary>
    private const int MostKnown = 256;

    private readonly Lock _changes = new();
    private readonly ConcurrentDictionary<string, byte> _known = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte> _unlimited = new(StringComparer.OrdinalIgnoreCase);
    private readonly LevelRules[] _rules =
    [
        .. from destination in Enum.GetValues<LogDestination>()
           select hasAll || destination == LogDestination.Console
               ? new LevelRules(initial, [new LevelRules.Rule("Microsoft", LogLevel.Warning)], [])
               : LevelRules.Off,
    ];

    /// <summary>How the lines look.</summary>
    public LogPatterns Patterns { get; init; } = new(program);

    /// <summary>The file that they go to, where it is one.</summary>
    public ILogFile? File { get; set; }

    /// <summary>
    /// The filter: whether a category is wanted anywhere. It is known from its first question on; the program's own passes what any of
    /// its modules wants.
    /// </summary>
    public bool IsEnabled(string? category, LogLevel level)
    {
        string name = category ?? "";
        if (name.Length > 0 && _known.Count < MostKnown)
            _known.TryAdd(name, 0);
        if (level == LogLevel.None)
            return false;
        for (var destination = LogDestination.Syslog; destination <= LogDestination.File; destination++)
        {
            LevelRules rules = RulesOf(destination);
            if (level >= rules.Of(name) || (name == program && rules.AnyModuleAt(level)))
                return true;
        }

        return false;
    }

    /// <summary>Whether an event of a category is wanted anywhere that belongs to a module; to none if that is null.</summary>
    public bool IsEnabledFor(string category, string? module, LogLevel level) =>
        IsEnabledFor(LogDestination.Syslog, category, module, level)
        || IsEnabledFor(LogDestination.Console, category, module, level)
        || IsEnabledFor(LogDestination.File, category, module, level);

    /// <summary>Whether an event of a category is wanted at a destination that belongs to a module; to none if that is null.</summary>
    public bool IsEnabledFor(LogDestination destination, string category, string? module, LogLevel level) =>
        level != LogLevel.None && level >= RulesOf(destination).Of(category, module);

    /// <summary>The categories known and the modules, by name, with their levels by destination.</summary>
    public IReadOnlyList<(string Category, LogLevel[] Levels)> List()
    {
        LogLevel[] LevelsOf(string category, string? module) =>
            [.. Enum.GetValues<LogDestination>().Select(destination => Volatile.Read(ref _rules[(int)destination]).Of(category, module))];
        IEnumerable<(string Name, LogLevel[] Levels)> categories =
            _known.Keys.Where(category => !LogModules.IsKnown(category)).Select(category => (category, LevelsOf(category, null)));
        IEnumerable<(string Name, LogLevel[] Levels)> modules =
            LogModules.Names.Select(module => (module, LevelsOf(program, module)));
        return [.. categories.Concat(modules).OrderBy(row => row.Name, StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>Sets the level of everything everywhere.</summary>
    public void Set(LogLevel level) => Set(null, null, level);

    /// <summary>Sets the level of a module, or of a category and of those below it, everywhere.</summary>
    public void Set(string name, LogLevel level) => Set(null, name, level);

    /// <summary>
    /// Sets a level at a destination, or at all if that is null: that of a module, or of a category and of those below it, or of
    /// everything if that is null.
    /// </summary>
    public void Set(LogDestination? destination, string? name, LogLevel level)
    {
        lock (_changes)
        {
            for (int at = 0; at < _rules.Length; at++)
            {
                bool isThere = hasAll || at == (int)LogDestination.Console;
                if (isThere && (destination is null || (int)destination == at))
                    Volatile.Write(ref _rules[at], name is null ? new LevelRules(level, [], []) : _rules[at].With(name, level));
            }
        }
    }

    /// <summary>Whether a text names a module, a category that is known, or what the names of known ones begin with.</summary>
    public bool IsKnown(string name) => LogModules.IsKnown(name) || _known.Keys.Any(known => LevelRules.Covers(name, known));

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

    /// <summary>Nothing goes to a file that is not open (<c>update_min_level</c> in lib/vlog.c).</summary>
    private LevelRules RulesOf(LogDestination destination) =>
        destination == LogDestination.File && File?.IsOpen != true ? LevelRules.Off : Volatile.Read(ref _rules[(int)destination]);
}
