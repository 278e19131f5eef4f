namespace UpcallActors.Daemon.Configuration.Hocon;

/// <summary>Where something stands in a text.</summary>
/// <param name="File">The file as it was named on the command line or in another file.</param>
/// <param name="Directory">What relative paths in it start from.</param>
/// <param name="Line">The line, from 1.</param>
internal sealed record HoconPlace(string File, string Directory, int Line);

/// <summary>A value as a text has it, before anything is put in for substitutions.</summary>
internal abstract class HoconNode(HoconPlace place)
{
    /// <summary>Where it begins.</summary>
    public HoconPlace Place => place;
}

/// <summary>A plain value.</summary>
/// <param name="place">Where it stands.</param>
/// <param name="text">The text; null for <c>null</c> without quotes.</param>
/// <param name="variable">The environment variable that it comes from; null when it stands in a file.</param>
internal sealed class HoconText(HoconPlace place, string? text, string? variable = null) : HoconNode(place)
{
    /// <summary>The text; null for <c>null</c> without quotes.</summary>
    public string? Text => text;

    /// <summary>The environment variable that it comes from; null when it stands in a file.</summary>
    public string? Variable => variable;
}

/// <summary>A list.</summary>
internal sealed class HoconList(HoconPlace place, IReadOnlyList<HoconNode> elements) : HoconNode(place)
{
    /// <summary>The elements.</summary>
    public IReadOnlyList<HoconNode> Elements => elements;
}

/// <summary><c>${path}</c> or <c>${?path}</c>.</summary>
/// <param name="place">Where it stands.</param>
/// <param name="path">The path.</param>
/// <param name="isOptional">Whether it may be absent.</param>
/// <param name="included">The block that the file was included in: the path is looked for in there first.</param>
internal sealed class HoconSubstitution(HoconPlace place, string[] path, bool isOptional, string[] included) : HoconNode(place)
{
    /// <summary>The path.</summary>
    public string[] Path => path;

    /// <summary>Whether it may be absent.</summary>
    public bool IsOptional => isOptional;

    /// <summary>The block that the file was included in; empty for the top.</summary>
    public string[] Included => included;
}

/// <summary>Values behind each other, which together are one: texts, lists, or blocks.</summary>
internal sealed class HoconJoin(HoconPlace place, IReadOnlyList<HoconNode> pieces) : HoconNode(place)
{
    /// <summary>The pieces.</summary>
    public IReadOnlyList<HoconNode> Pieces => pieces;
}

/// <summary>A block. Its keys stay in the order in which they came.</summary>
internal sealed class HoconBlock(HoconPlace place) : HoconNode(place)
{
    /// <summary>The keys.</summary>
    public Dictionary<string, HoconField> Fields { get; } = new(StringComparer.Ordinal);

    /// <summary>The field of a key, made if it is new.</summary>
    public HoconField Field(string key)
    {
        if (!Fields.TryGetValue(key, out HoconField? field))
            Fields.Add(key, field = new HoconField(key));
        return field;
    }

    /// <summary>A block with the keys of two, of which <paramref name="above"/> lies on top. Neither is changed.</summary>
    public static HoconBlock Merge(HoconBlock below, HoconBlock above)
    {
        var merged = new HoconBlock(above.Place);
        foreach (HoconBlock block in (ReadOnlySpan<HoconBlock>)[below, above])
        {
            foreach ((string key, HoconField field) in block.Fields)
                merged.Field(key).Assignments.AddRange(field.Assignments);
        }

        return merged;
    }
}

/// <summary>A key and all that was assigned to it, the undermost first.</summary>
internal sealed class HoconField(string key)
{
    /// <summary>The key.</summary>
    public string Key => key;

    /// <summary>What was assigned to it.</summary>
    public List<HoconNode> Assignments { get; } = [];

    /// <summary>Whether <see cref="Value"/> was found out.</summary>
    public bool IsEvaluated { get; set; }

    /// <summary>The text, the list or the block (whose fields are still to be evaluated) that holds; null when there is none.</summary>
    public HoconNode? Value { get; set; }
}
