using System.Globalization;
using System.Net;
using Microsoft.Extensions.Configuration;

namespace UpcallActors.Hosting;

/// <summary>
/// Reads a section by hand, key by key: errors are gathered with their paths, and an unknown key is an error, too. A binder by reflection
/// would pass over it in silence, and cannot be compiled ahead of time.
/// </summary>
internal sealed class ConfigurationReader(IConfiguration section, string path, List<string> problems)
{
    private readonly HashSet<string> _asked = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The section's own name.</summary>
    public string Name => path[(path.LastIndexOf(':') + 1)..];

    /// <summary>A reader for a whole section.</summary>
    public static ConfigurationReader Of(IConfiguration section, List<string> problems) =>
        new(section, (section as IConfigurationSection)?.Path ?? "", problems);

    /// <summary>Whether there is anything under a key.</summary>
    public bool Has(string key) => Section(key).Exists();

    /// <summary>The section under a key, empty when there is none.</summary>
    public ConfigurationReader Under(string key) => new(Section(key), PathOf(key), problems);

    /// <summary>The sections under this one, by name.</summary>
    public IEnumerable<ConfigurationReader> Each()
    {
        foreach (IConfigurationSection child in section.GetChildren())
            yield return Under(child.Key);
    }

    /// <summary>The texts of a list, or the one text that stands in its place.</summary>
    public IReadOnlyList<string> Texts(string key)
    {
        IConfigurationSection list = Section(key);
        if (list.Value is { } one)
            return [one];
        return [.. list.GetChildren().Select(child => child.Value ?? Wrong(child.Key, "a text", "") ?? "")];
    }

    /// <summary>A text, or what holds without it.</summary>
    public string? Text(string key, string? otherwise = null)
    {
        IConfigurationSection found = Section(key);
        if (found.Value is null && found.Exists())
            Wrong(key, "one value", "a section");
        return found.Value ?? otherwise;
    }

    /// <summary>A whole number.</summary>
    public long Number(string key, long otherwise, long least, long most) =>
        Text(key) is not { } text ? otherwise
        : long.TryParse(text, CultureInfo.InvariantCulture, out long number) && number >= least && number <= most ? number
        : Wrong(key, string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most}"), text, otherwise);

    /// <summary>A share of one.</summary>
    public double Share(string key, double otherwise) =>
        Text(key) is not { } text ? otherwise
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double share) && share is >= 0 and <= 1 ? share
        : Wrong(key, "a number from 0 to 1", text, otherwise);

    /// <summary>Yes or no.</summary>
    public bool Flag(string key, bool otherwise) =>
        Text(key) is not { } text ? otherwise : bool.TryParse(text, out bool flag) ? flag : Wrong(key, "true or false", text, otherwise);

    /// <summary>A time, as .NET writes it.</summary>
    public TimeSpan Time(string key, TimeSpan otherwise, TimeSpan least) =>
        Text(key) is not { } text ? otherwise
        : TimeSpan.TryParseExact(text, ["c", "g"], CultureInfo.InvariantCulture, out TimeSpan time) && time >= least ? time
        : Wrong(key, $"a time of at least {least}, such as 00:00:10 or 00:00:00.5", text, otherwise);

    /// <summary>One of a few names.</summary>
    public T Choice<T>(string key, T otherwise, params (string Name, T Value)[] choices)
    {
        if (Text(key) is not { } text)
            return otherwise;
        foreach ((string name, T value) in choices)
        {
            if (name.Equals(text, StringComparison.OrdinalIgnoreCase))
                return value;
        }

        return Wrong(key, string.Join(" or ", choices.Select(choice => choice.Name)), text, otherwise);
    }

    /// <summary>An IP address.</summary>
    public IPAddress? Address(string key) =>
        Text(key) is not { } text ? null
        : IPAddress.TryParse(text, out IPAddress? address) ? address
        : Wrong<IPAddress?>(key, "an IP address", text, null);

    /// <summary>Reports what is wrong with a key.</summary>
    public void Report(string key, string problem) => problems.Add($"{PathOf(key)} {problem}");

    /// <summary>Reports the keys that were not asked for.</summary>
    public void RefuseOthers()
    {
        foreach (IConfigurationSection child in section.GetChildren().Where(child => !_asked.Contains(child.Key)))
            problems.Add(
                $"{PathOf(child.Key)} is not known; known here are {string.Join(", ", _asked.Order(StringComparer.OrdinalIgnoreCase))}");
    }

    private IConfigurationSection Section(string key)
    {
        _asked.Add(key);
        return section.GetSection(key);
    }

    private string PathOf(string key) => path.Length == 0 ? key : $"{path}:{key}";

    private string? Wrong(string key, string wanted, string found) => Wrong<string?>(key, wanted, found, null);

    private T Wrong<T>(string key, string wanted, string found, T otherwise)
    {
        Report(key, $"must be {wanted}, not \"{found}\"");
        return otherwise;
    }
}
