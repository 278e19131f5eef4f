using Microsoft.Extensions.Logging;

namespace UpcallActors.Unixctl;

/// <summary>
/// The levels of one destination. A rule is for a category and those whose names go on behind it with a dot or a slash; the longest one
/// counts. Immutable.
/// </summary>
/// <param name="others">The level of what no rule is for.</param>
/// <param name="byCategory">The rules for categories.</param>
/// <param name="byModule">The rules for modules.</param>
internal sealed class LevelRules(LogLevel others, LevelRules.Rule[] byCategory, LevelRules.Rule[] byModule)
{
    /// <summary>Nothing at all.</summary>
    public static LevelRules Off { get; } = new(LogLevel.None, [], []);

    /// <summary>Whether a rule for a category is for another, too.</summary>
    public static bool Covers(string category, string other) =>
        other.StartsWith(category, StringComparison.OrdinalIgnoreCase)
        && (other.Length == category.Length || other[category.Length] is '.' or '/');

    /// <summary>The level of an event of a category that belongs to a module; to none if that is null.</summary>
    public LogLevel Of(string category, string? module) =>
        (module is null ? null : Array.Find(byModule, rule => rule.Is(module)))?.Level ?? Of(category);

    /// <summary>The level of a category.</summary>
    public LogLevel Of(string category)
    {
        // A category may be used as a module by its name.
        if (Array.Find(byModule, rule => rule.Is(category)) is { } own)
            return own.Level;
        LogLevel level = others;
        int length = -1;
        foreach (Rule rule in byCategory)
        {
            if (rule.Category.Length <= length || !Covers(rule.Category, category))
                continue;
            level = rule.Level;
            length = rule.Category.Length;
        }

        return level;
    }

    /// <summary>Whether any module has a rule that lets a level pass.</summary>
    public bool AnyModuleAt(LogLevel level) => Array.Exists(byModule, rule => level >= rule.Level);

    /// <summary>The same with another level for a module, or for a category and those below it.</summary>
    public LevelRules With(string name, LogLevel level)
    {
        var added = new Rule(name, level);
        return LogModules.IsKnown(name)
            ? new LevelRules(others, byCategory, [.. byModule.Where(rule => !rule.Is(name)), added])
            : new LevelRules(others, [.. byCategory.Where(rule => !Covers(name, rule.Category)), added], byModule);
    }

    /// <summary>A level for a category or a module.</summary>
    /// <param name="Category">Its name.</param>
    /// <param name="Level">Its level.</param>
    public sealed record Rule(string Category, LogLevel Level)
    {
        /// <summary>Whether it is for that name, in capital letters or not.</summary>
        public bool Is(string name) => Category.Equals(name, StringComparison.OrdinalIgnoreCase);
    }
}
