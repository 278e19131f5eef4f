using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace UpcallActors.Daemon.Configuration;

/// <summary>
/// A block of the configuration while it is read: each key is asked for once, with its type; a key that was not asked for is unknown.
/// Problems go to the <see cref="ConfigurationSource"/>, and reading goes on with the default.
/// </summary>
internal sealed partial class ConfigurationBlock
{
    private readonly ConfigurationSource _source;
    private readonly ConfigurationValue? _place;
    private readonly IReadOnlyDictionary<string, ConfigurationValue> _items;
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <param name="source">The whole configuration.</param>
    /// <param name="name">The block's own key; empty for the top.</param>
    /// <param name="place">What a problem with a key that is not there is reported with: the block, or the nearest one around it.</param>
    /// <param name="items">What is in the block.</param>
    private ConfigurationBlock(ConfigurationSource source, string name, ConfigurationValue? place,
        IReadOnlyDictionary<string, ConfigurationValue> items)
    {
        _source = source;
        Name = name;
        _place = place;
        _items = items;
    }

    /// <summary>The block's own key.</summary>
    public string Name { get; }

    /// <summary>The files of the whole configuration.</summary>
    public IEnumerable<string> Files => _source.Files;

    /// <summary>The keys in it, for a block whose keys the user names.</summary>
    public IReadOnlyList<string> Keys => [.. _items.Keys];

    /// <summary>The variables that OpenTelemetry's library reads by itself, checked.</summary>
    public IReadOnlyDictionary<string, string> Library => _source.Library;

    /// <summary>Settings read so far that may not do what the user expects.</summary>
    public IReadOnlyList<ConfigurationProblem> Notes => _source.Notes;

    /// <summary>The whole tree as a block.</summary>
    public static ConfigurationBlock Root(ConfigurationSource source) => new(source, "", null, source.Root.Items!);

    /// <summary>A block in this one; an empty one when it is absent or no block (which is reported).</summary>
    public ConfigurationBlock Block(string key)
    {
        if (!Find(key, out ConfigurationValue? value))
            return new ConfigurationBlock(_source, key, _place, new Dictionary<string, ConfigurationValue>());
        if (value.Items is { } items)
            return new ConfigurationBlock(_source, key, value, items);
        Report(key, $"{key} must be a block: {key} {{ … }}");
        return new ConfigurationBlock(_source, key, value, new Dictionary<string, ConfigurationValue>());
    }

    /// <summary>Whether there is a block in this one.</summary>
    public bool IsBlock(string key) => _items.TryGetValue(key, out ConfigurationValue? value) && value.Items is not null;

    /// <summary>The blocks in this one, whatever their keys: the user names them.</summary>
    public IReadOnlyList<ConfigurationBlock> Blocks() => [.. _items.Keys.Select(Block)];

    /// <summary>A text; null when absent. An absent one is a problem if it is <paramref name="required"/>.</summary>
    public string? Text(string key, bool required = false)
    {
        if (!Find(key, out ConfigurationValue? value))
        {
            if (required)
                _source.Report(_place, $"{key} is missing in {Name}");
            return null;
        }

        if (value.Items != null || value.Elements != null)
        {
            Report(key, $"{key} must be a plain value, not {(value.Items != null ? "a block" : "a list")}");
            return null;
        }

        // HOCON's null unsets a key; we ask for a value instead of guessing which layer's would then hold.
        if (string.IsNullOrWhiteSpace(value.Text))
        {
            Report(key, $"{key} has no value");
            return null;
        }

        return value.Text;
    }

    /// <summary>A whole number in a range; <paramref name="otherwise"/> when absent or wrong.</summary>
    public int Integer(string key, int otherwise, int least, int most, bool required = false) =>
        (int)Long(key, otherwise, least, most, required);

    /// <summary>A whole number in a range that may be wider than 32 bits; <paramref name="otherwise"/> when absent or wrong.</summary>
    public long Long(string key, long otherwise, long least, long most, bool required = false)
    {
        if (Text(key, required) is not { } text)
            return otherwise;
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number))
        {
            Report(key, $"{key} must be a whole number, not \"{text}\"");
            return otherwise;
        }

        if (number >= least && number <= most)
            return number;
        Report(key, $"{key} must be from {least} to {most}, not {text}");
        return otherwise;
    }

    /// <summary>One of the given words; <paramref name="otherwise"/> when absent or none of them.</summary>
    public T Choice<T>(string key, T otherwise, params ReadOnlySpan<(string Word, T Value)> choices)
    {
        if (Text(key) is not { } text)
            return otherwise;
        var words = new List<string>(choices.Length);
        foreach ((string word, T value) in choices)
        {
            if (word == text)
                return value;
            words.Add(word);
        }

        Report(key, $"{key} must be {string.Join(" or ", words)}, not \"{text}\"{Suggestion(text, words)}");
        return otherwise;
    }

    /// <summary>A path, made absolute from the directory of the file that names it; null when absent.</summary>
    public string? FilePath(string key, bool required = false)
    {
        if (Text(key, required) is not { } text)
            return null;
        if (!text.Contains('\0', StringComparison.Ordinal))
            return Path.GetFullPath(text, _items[key].Place.Directory);
        Report(key, $"{key} has a zero character, which a path cannot have");
        return null;
    }

    /// <summary>The path of a file that must exist; null when absent or not there.</summary>
    public string? ExistingFile(string key, bool required = false)
    {
        if (FilePath(key, required) is not { } file)
            return null;
        if (File.Exists(file))
            return file;
        Report(key, $"{key}: there is no file {file}");
        return null;
    }

    /// <summary>
    /// Whether a key has its value from a file, and neither from the built-in defaults nor from a variable that these take.
    /// </summary>
    public bool IsFromFile(string key) =>
        _items.TryGetValue(key, out ConfigurationValue? value) && value.Place.File != ConfigurationSource.Reference;

    /// <summary>Adds a problem with a key of this block.</summary>
    public void Report(string key, string message) => _source.Report(_items.GetValueOrDefault(key) ?? _place, message);

    /// <summary>Adds a problem of a file that this block names.</summary>
    public void Report(ConfigurationProblem problem) => _source.Report(problem);

    /// <summary>
    /// Reports blocks in this one that are there because a name with a dot (<c>eth0.100 { … }</c>) stands without quotes, so that it is
    /// two keys. Returns the name when there is nothing else in this block; null when there is.
    /// </summary>
    /// <param name="known">The blocks that this one may have.</param>
    public string? ReportCutNames(params string[] known)
    {
        string? name = null;
        int cut = 0;
        foreach ((string key, ConfigurationValue value) in _items)
        {
            if (value.Items == null || known.Contains(key, StringComparer.Ordinal) || Suggestion(key, known).Length > 0)
                continue;
            cut++;
            _known.Add(key);
            name = $"{Name}.{key}";
            // eth0.100.7 { … } is three.
            for (ConfigurationValue? inner = value; inner?.Items is { Count: 1 } items && items.First() is { Value.Items: not null } only
                && !known.Contains(only.Key, StringComparer.Ordinal);)
            {
                name = $"{name}.{only.Key}";
                inner = only.Value;
            }

            Report(key, $"the name {name} has a dot, and so stands in quotes: \"{name}\" {{ … }}");
        }

        return cut == _items.Count ? name : null;
    }

    /// <summary>Reports each key that was not asked for. To be called last.</summary>
    public void RefuseOthers()
    {
        foreach (string key in _items.Keys.Where(key => !_known.Contains(key)))
        {
            string where = Name.Length == 0 ? "at the top" : $"in {Name}";
            Report(key, $"unknown key {key} {where}{Suggestion(key, _known)}");
        }
    }

    private bool Find(string key, [NotNullWhen(true)] out ConfigurationValue? value)
    {
        _known.Add(key);
        return _items.TryGetValue(key, out value);
    }

    private static string Suggestion(string word, IEnumerable<string> known)
    {
        string? nearest = known.MinBy(candidate => EditDistance.Between(word, candidate));
        return nearest != null && EditDistance.Between(word, nearest) <= Math.Max(2, nearest.Length / 3)
            ? $"; did you mean {nearest}?"
            : "";
    }
}
