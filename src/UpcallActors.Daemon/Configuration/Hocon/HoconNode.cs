namespace UpcallActors.Daemon.Configuration.Hocon;

/// <summary>Where something stands in a text.</summary>
/// <param name="File">The file as it was named on the command line or in another file.</param>
/// <param name="Directory">What relative paths in it start from.</param>
/// <param name="Line">The line, from 1.</param>
internal sealed record HoconPlace(string File, string Directory, int Line);

/// <summary>A value as a text has it, before anything is put in for substitutions.</summary>
internal abstract class HoconNode(HoconPlace place)
{
    /// <summary>Where it begins; of a block or a list that was written to more than once, where that was done last.</summary>
    public HoconPlace Place { get; protected set; } = place;
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
internal sealed class HoconList(HoconPlace place, List<HoconNode> elements) : HoconNode(place)
{
    /// <summary>The elements.</summary>
    public IReadOnlyList<HoconNode> Elements => elements;

    /// <summary>The same elements, as they are used elsewhere.</summary>
    public HoconList At(HoconPlace place) => new(place, elements);

    /// <summary>Adds an element behind the others, while the text is read.</summary>
    public void Add(HoconText element)
    {
        elements.Add(element);
        Place = element.Place;
    }
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

    /// <summary>The block that a key has, to write into; made where what was assigned last is none.</summary>
    /// <param name="key">The key.</param>
    /// <param name="place">Where it is written to.</param>
    public HoconBlock Inner(string key, HoconPlace place)
    {
        HoconField field = Field(key);
        if (field.Last is HoconBlock inner)
            inner.MoveTo(place);
        else
            field.Assign(inner = new HoconBlock(place));
        return inner;
    }

    /// <summary>Says where it was written to last.</summary>
    public void MoveTo(HoconPlace place) => Place = place;

    /// <summary>
    /// Lays a block over this one, and takes its content: no other block may hold it. Each of its values is moved once, so that N lines
    /// which name a block one after the other cost N steps, however large the block is.
    /// </summary>
    public void Absorb(HoconBlock above)
    {
        foreach ((string key, HoconField field) in above.Fields)
        {
            HoconField own = Field(key);
            foreach (HoconNode node in field.Assignments)
                own.Assign(node);
        }
    }

    /// <summary>A block with the keys of several, the last on top. None of them is changed.</summary>
    public static HoconBlock Merge(IReadOnlyList<HoconBlock> blocks)
    {
        if (blocks.Count == 1)
            return blocks[0];
        var merged = new HoconBlock(blocks[^1].Place);
        foreach (HoconBlock block in blocks)
        {
            foreach ((string key, HoconField field) in block.Fields)
                merged.Field(key).Share(field);
        }

        return merged;
    }
}

/// <summary>A key and all that was assigned to it, the undermost first.</summary>
internal sealed class HoconField(string key)
{
    private readonly List<HoconNode> _assignments = [];

    /// <summary>The key.</summary>
    public string Key => key;

    /// <summary>What was assigned to it.</summary>
    public IReadOnlyList<HoconNode> Assignments => _assignments;

    /// <summary>What was assigned last; null for nothing yet.</summary>
    public HoconNode? Last => _assignments.Count == 0 ? null : _assignments[^1];

    /// <summary>Whether <see cref="Value"/> was found out.</summary>
    public bool IsEvaluated { get; set; }

    /// <summary>The text, the list or the block (whose fields are still to be evaluated) that holds; null when there is none.</summary>
    public HoconNode? Value { get; set; }

    /// <summary>Lays a value over what there is. A block over a block goes into it.</summary>
    public void Assign(HoconNode node)
    {
        if (node is not HoconBlock above || Last is not HoconBlock block)
        {
            _assignments.Add(node);
            return;
        }

        block.Absorb(above);
        block.MoveTo(above.Place);
    }

    /// <summary>Lays what was assigned to another field over what there is, which the other one keeps.</summary>
    public void Share(HoconField other) => _assignments.AddRange(other._assignments);

    /// <summary>
    /// <c>+=</c>. HOCON says that it stands for <c>a = ${?a} [value]</c>; behind a list that stands in the text this is the list with one
    /// element more, and costs one step.
    /// </summary>
    /// <param name="place">Where it stands.</param>
    /// <param name="before">What stands for the value before.</param>
    /// <param name="element">The element.</param>
    public void Append(HoconPlace place, HoconSubstitution before, HoconNode element)
    {
        HoconNode? last = Last is HoconJoin join ? join.Pieces[^1] : Last;
        if (element is HoconText text && last is HoconList list)
            list.Add(text);
        else
            _assignments.Add(new HoconJoin(place, [before, new HoconList(place, [element])]));
    }
}
