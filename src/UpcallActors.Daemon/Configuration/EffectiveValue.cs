using System.Text;

namespace UpcallActors.Daemon.Configuration;

/// <summary>A key of the whole configuration with the value that holds.</summary>
/// <param name="Key">The path, as it can be written in a file: segments with dots between.</param>
/// <param name="Value">A text or a list.</param>
internal sealed record EffectiveValue(string Key, ConfigurationValue Value)
{
    /// <summary>Whether the value is for nobody's eyes: headers of requests carry keys to collectors.</summary>
    public bool IsSecret => Key == "upcall-actors.telemetry.otlp.headers";

    /// <summary>The value, as it can be written in a file; of a secret only that there is one.</summary>
    public string Text => IsSecret ? "\"(secret)\"" : Raw;

    /// <summary>The value, as it can be written in a file, also of a secret.</summary>
    public string Raw => Value.Elements is { } elements ? $"[{string.Join(", ", elements.Select(element => Written(element.Text)))}]" : Written(Value.Text);

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
        return values;
    }

    /// <summary>A path as <see cref="Key"/> has it.</summary>
    public static string KeyOf(params ReadOnlySpan<string> path)
    {
        var key = new StringBuilder();
        foreach (string segment in path)
            key.Append(key.Length == 0 ? "" : ".").Append(WrittenKey(segment));
        return key.ToString();
    }

    private static void Add(List<EffectiveValue> values, string path, ConfigurationValue value)
    {
        if (value.Items is not { } items)
        {
            values.Add(new EffectiveValue(path, value));
            return;
        }

        foreach ((string key, ConfigurationValue inner) in items)
            Add(values, path.Length == 0 ? WrittenKey(key) : $"{path}.{WrittenKey(key)}", inner);
    }

    private static string WrittenKey(string key) => key.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_') ? key : $"\"{key}\"";

    private static string Written(string? text)
    {
        if (text == null)
            return "null";
        bool isPlain = text.Length > 0 && text != "null" && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.' or '/' or '%' or '~')
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
