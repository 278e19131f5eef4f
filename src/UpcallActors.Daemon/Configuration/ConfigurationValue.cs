using UpcallActors.Daemon.Configuration.Hocon;

namespace UpcallActors.Daemon.Configuration;

/// <summary>A value of the whole configuration: a text, a list, or a block; and where it was set.</summary>
internal sealed class ConfigurationValue
{
    private ConfigurationValue(HoconPlace place, string? text, string? variable, IReadOnlyList<ConfigurationValue>? elements,
        IReadOnlyDictionary<string, ConfigurationValue>? items)
    {
        Place = place;
        Text = text;
        Variable = variable;
        Elements = elements;
        Items = items;
    }

    /// <summary>Where it was set.</summary>
    public HoconPlace Place { get; }

    /// <summary>A text; null for a list, a block, and HOCON's null.</summary>
    public string? Text { get; }

    /// <summary>The environment variable that a text comes from; null when it stands in a file.</summary>
    public string? Variable { get; }

    /// <summary>The elements of a list; null for others.</summary>
    public IReadOnlyList<ConfigurationValue>? Elements { get; }

    /// <summary>What is in a block, in the order in which it came; null for others.</summary>
    public IReadOnlyDictionary<string, ConfigurationValue>? Items { get; }

    /// <summary>A text, or HOCON's null.</summary>
    public static ConfigurationValue OfText(HoconPlace place, string? text, string? variable) => new(place, text, variable, null, null);

    /// <summary>A list.</summary>
    public static ConfigurationValue OfList(HoconPlace place, IReadOnlyList<ConfigurationValue> elements) =>
        new(place, null, null, elements, null);

    /// <summary>A block.</summary>
    public static ConfigurationValue OfBlock(HoconPlace place, IReadOnlyDictionary<string, ConfigurationValue> items) =>
        new(place, null, null, null, items);
}
