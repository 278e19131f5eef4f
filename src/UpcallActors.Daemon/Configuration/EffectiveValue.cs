using System.Text;

namespace UpcallActors.Daemon.Configuration;

/// <summary>A key of the whole configuration with the value that holds.</summary>
/// <param name="Key">The path, as it can be written in a file: segments with dots between.</param>
/// <param name="Value">A text or a list.</param>
/// <param name="IsSecret">Whether the whole value must never be shown.</param>
internal sealed record EffectiveValue(string Key, ConfigurationValue Value, bool IsSecret)
{
    /// <summary>Fewer characters are found in everything.</summary>
    private const int LeastPart = 4;

    /// <summary>The value, as it can be written in a file; of a secret only that there is one.</summary>
    public string Text => IsSecret ? $"\"{Secrets.Mask}\"" : Written(Value, Secrets.Masked);

    /// <summary>The value, as it can be written in a file, also of a secret.</summary>
    public string Raw => Written(Value, text => text);

    /// <summary>Who set it: <c>built-in</c>, <c>FILE:line</c> or <c>environment variable NAME</c>.</summary>
    public string Origin =>
        Value.Variable is { } variable ? $"environment variable {variable}"
        : Value.Place.File == ConfigurationSource.Reference ? "built-in"
        : $"{Value.Place.File}:{Value.Place.Line}";

    /// <summary>All of a configuration, in its order: the built-in keys first.</summary>
    public static IReadOnlyList<EffectiveValue> List(ConfigurationSource source)
    {
        var values = new List<EffectiveValue>();
        Add(values, "", source.Root);
        string[] secrets = [.. values.Where(value => value.IsSecret).Select(value => value.Value.Text).OfType<string>()];
        // What a secret is put together from is defined elsewhere.
        return secrets.Length == 0 ? values : [.. values.Select(value => value.IsPartOf(secrets) ? value with { IsSecret = true } : value)];
    }

    /// <summary>A path as <see cref="Key"/> has it.</summary>
    public static string KeyOf(params ReadOnlySpan<string> path)
    {
        var key = new StringBuilder();
        foreach (string segment in path)
            key.Append(key.Length == 0 ? "" : ".").Append(WrittenKey(segment));
        return key.ToString();
    }

    private bool IsPartOf(string[] secrets) =>
        Key.StartsWith("define.", StringComparison.Ordinal) && Value.Text is { Length: >= LeastPart } text
            && Array.Exists(secrets, secret => secret.Contains(text, StringComparison.Ordinal));

    private static void Add(List<EffectiveValue> values, string path, ConfigurationValue value)
    {
        if (value.Items is not { } items)
        {
            // Headers of requests carry keys to collectors.
            values.Add(new EffectiveValue(path, value, path.StartsWith("upcall-actors.telemetry.", StringComparison.Ordinal)
                && path.EndsWith(".headers", StringComparison.Ordinal)));
            return;
        }

        foreach ((string key, ConfigurationValue inner) in items)
            Add(values, path.Length == 0 ? WrittenKey(key) : $"{path}.{WrittenKey(key)}", inner);
    }

    private static string WrittenKey(string key) =>
        key.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_') ? key : $"\"{key}\"";

    private static string Written(ConfigurationValue value, Func<string, string> shown) =>
        value.Elements is { } elements ? $"[{string.Join(", ", elements.Select(element => Written(element, shown)))}]"
        : value.Items is { } items
            ? $"{{{string.Join(", ", items.Select(item => $"{WrittenKey(item.Key)} = {Written(item.Value, shown)}"))}}}"
        : value.Text is { } text ? Written(shown(text))
        : "null";

    private static string Written(string text)
    {
        bool isPlain = text.Length > 0 && text != "null"
            && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.' or '/' or '%' or '~')
            && !text.Contains("//", StringComparison.Ordinal) && !text.StartsWith("include", StringComparison.Ordinal);
        if (isPlain)
            return text;
        var quoted = new StringBuilder("\"");
        foreach (char character in text)
        {
            if (character is '"' or '\\')
                quoted.Append('\\').Append(character);
            else if (character < ' ')
                quoted.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
            else
                quoted.Append(character);
        }

        return quoted.Append('"').ToString();
    }
}
