namespace UpcallActors.Daemon.Configuration.Hocon;

/// <summary>
/// Puts in what substitutions stand for, once all files lie over each other: a path of the
/// configuration, else an environment variable. A key whose value leads to itself means what it had
/// before (<c>a = ${a} [2]</c>); any other circle is a problem. What can go on without bound is bounded.
/// </summary>
/// <param name="root">All files.</param>
/// <param name="environment">The value of an environment variable; null when there is none.</param>
/// <param name="problems">Where problems go.</param>
internal sealed class HoconResolver(HoconBlock root, Func<string, string?> environment, List<ConfigurationProblem> problems)
{
    /// <summary>Substitutions, joins and references; plain values are as many as the files have.</summary>
    private const int MaxSteps = 1_000_000;

    private const int MaxChain = 64;
    private const int MaxTextLength = 64 << 10;
    private const int MaxElements = 10_000;

    /// <summary>A value that leads to itself: it was reported, and so need not be what depends on it.</summary>
    private static readonly HoconNode _circle = new HoconList(new HoconPlace("", "", 0), []);

    private readonly List<(HoconField Field, int Level)> _underWay = [];
    private int _steps;

    /// <summary>The whole configuration. Keys whose value cannot be found are left out.</summary>
    public ConfigurationValue Resolve()
    {
        try
        {
            return BuildBlock(root, 0);
        }
        catch (BoundlessException boundless)
        {
            Report(boundless.Place, boundless.Message);
            return ConfigurationValue.OfBlock(root.Place, new Dictionary<string, ConfigurationValue>());
        }
    }

    private ConfigurationValue BuildBlock(HoconBlock block, int depth)
    {
        if (depth > HoconParser.MaxDepth)
            throw new BoundlessException(block.Place,
                $"blocks are nested deeper than {HoconParser.MaxDepth}; does a block contain itself by a substitution?");
        var items = new Dictionary<string, ConfigurationValue>(StringComparer.Ordinal);
        foreach (HoconField field in block.Fields.Values)
        {
            switch (ValueOf(field))
            {
                case HoconBlock inner:
                    items.Add(field.Key, BuildBlock(inner, depth + 1));
                    break;
                case HoconList list when list != _circle:
                    items.Add(field.Key, BuildList(list, depth + 1));
                    break;
                case HoconText text:
                    items.Add(field.Key, ConfigurationValue.OfText(text.Place, text.Text, text.Variable));
                    break;
            }
        }

        return ConfigurationValue.OfBlock(block.Place, items);
    }

    private ConfigurationValue BuildList(HoconList list, int depth)
    {
        if (depth > HoconParser.MaxDepth)
            throw new BoundlessException(
                list.Place, $"lists are nested deeper than {HoconParser.MaxDepth}; does a list contain itself by a substitution?");
        var elements = new List<ConfigurationValue>(list.Elements.Count);
        foreach (HoconNode node in list.Elements)
        {
            switch (Evaluate(node))
            {
                case HoconBlock block:
                    elements.Add(BuildBlock(block, depth + 1));
                    break;
                case HoconList inner when inner != _circle:
                    elements.Add(BuildList(inner, depth + 1));
                    break;
                case HoconText text:
                    elements.Add(ConfigurationValue.OfText(text.Place, text.Text, text.Variable));
                    break;
            }
        }

        return ConfigurationValue.OfList(list.Place, elements);
    }

    /// <summary>The value of a field; what it had below, when it is asked for by its own value.</summary>
    private HoconNode? ValueOf(HoconField field, HoconSubstitution? asked = null)
    {
        if (field.IsEvaluated)
            return field.Value;
        int at = _underWay.FindLastIndex(other => ReferenceEquals(other.Field, field));
        if (at < 0)
        {
            field.Value = Below(field, field.Assignments.Count);
            field.IsEvaluated = true;
            return field.Value;
        }

        if (at == _underWay.Count - 1)
            return Below(field, _underWay[at].Level);
        HoconPlace place = asked?.Place ?? field.Assignments[0].Place;
        IEnumerable<string> circle = _underWay.Skip(at).Select(other => other.Field.Key).Append(field.Key);
        Report(place, $"substitutions lead in a circle: {string.Join(" → ", circle)}");
        return _circle;
    }

    /// <summary>What the assignments below a level make together.</summary>
    private HoconNode? Below(HoconField field, int level)
    {
        List<HoconBlock>? blocks = null;
        while (--level >= 0)
        {
            HoconNode assigned = field.Assignments[level];
            if (_underWay.Count >= MaxChain)
                throw new BoundlessException(assigned.Place, $"substitutions lead to each other more than {MaxChain} times");
            _underWay.Add((field, level));
            HoconNode? below = Evaluate(assigned);
            _underWay.RemoveAt(_underWay.Count - 1);
            // A plain value or a list hides what is below it, a block goes together with blocks.
            if (below is HoconBlock block)
                (blocks ??= []).Add(block);
            else if (below != null && blocks == null)
                return below;
            else if (below != null)
                break;
        }

        blocks?.Reverse();
        return blocks == null ? null : HoconBlock.Merge(blocks);
    }

    private HoconNode? Evaluate(HoconNode node)
    {
        if (node is not (HoconText or HoconList or HoconBlock) && ++_steps > MaxSteps)
            throw new BoundlessException(node.Place, "substitutions make more than a configuration has");
        return node switch
        {
            HoconSubstitution substitution => Substitute(substitution),
            HoconReference reference => ValueOf(reference.Target) is { } value ? Refer(value) : null,
            HoconJoin join => Join(join),
            _ => node,
        };
    }

    private HoconNode? Substitute(HoconSubstitution substitution)
    {
        HoconPlace place = substitution.Place;
        HoconNode? found = (substitution.Included.Length > 0 ? Find([.. substitution.Included, .. substitution.Path], substitution) : null)
            ?? Find(substitution.Path, substitution);
        string name = string.Join('.', substitution.Path);
        // An empty one that need not be there is as good as none: that is how those
        // who start containers leave one out, and OpenTelemetry's rule for its own.
        if (found == null && environment(name) is { } variable && (variable.Length > 0 || !substitution.IsOptional))
            // A relative path in it starts from where the daemon was started.
            return new HoconText(place with { Directory = Environment.CurrentDirectory }, variable, name);
        if (found == null && !substitution.IsOptional)
            Report(place, $"${{{name}}} is set neither in the configuration nor in the environment");
        return found switch
        {
            HoconText text => new HoconText(place with { Directory = text.Place.Directory }, text.Text, text.Variable),
            HoconList list when list != _circle => list.At(place),
            null => null,
            _ => Refer(found),
        };
    }

    private HoconNode? Find(ReadOnlySpan<string> path, HoconSubstitution asked)
    {
        HoconBlock block = root;
        foreach (string key in path[..^1])
        {
            if (!block.Fields.TryGetValue(key, out HoconField? field) || ValueOf(field, asked) is not HoconBlock inner)
                return null;
            block = inner;
        }

        return block.Fields.TryGetValue(path[^1], out HoconField? last) ? ValueOf(last, asked) : null;
    }

    /// <summary>A block whose fields lead to those of another: what they have below is theirs, whatever lies over the new ones.</summary>
    private static HoconNode Refer(HoconNode value)
    {
        if (value is not HoconBlock block)
            return value;
        var reference = new HoconBlock(block.Place);
        foreach (HoconField field in block.Fields.Values)
            reference.Field(field.Key).Assign(new HoconReference(block.Place, field));
        return reference;
    }

    private HoconNode? Join(HoconJoin join)
    {
        List<HoconNode> pieces = [.. join.Pieces.Select(Evaluate).OfType<HoconNode>()];
        if (pieces.Contains(_circle))
            return _circle;
        // Between lists and blocks white space is nothing, and neither is it where nothing else is left.
        if (pieces.Exists(piece => piece is not HoconText) || pieces.TrueForAll(IsBlank))
            pieces.RemoveAll(IsBlank);
        if (pieces.Count <= 1)
            return pieces.FirstOrDefault();
        if (pieces.TrueForAll(piece => piece is HoconText))
            return JoinTexts(join, [.. pieces.Cast<HoconText>()]);
        if (pieces.TrueForAll(piece => piece is HoconList))
            return JoinLists(join, pieces.Cast<HoconList>());
        if (pieces.TrueForAll(piece => piece is HoconBlock))
            return HoconBlock.Merge([.. pieces.Cast<HoconBlock>()]);
        Report(join.Place, "texts, lists and blocks go together only with their like");
        return null;
    }

    private static bool IsBlank(HoconNode node) => node is HoconText { Variable: null, Text: { } text } && string.IsNullOrWhiteSpace(text);

    private static HoconText JoinTexts(HoconJoin join, IReadOnlyList<HoconText> texts)
    {
        if (texts.Sum(text => (long)(text.Text?.Length ?? 0)) > MaxTextLength)
            throw new BoundlessException(join.Place, $"substitutions make a text of more than {MaxTextLength} characters");
        return new HoconText(join.Place with { Directory = texts[0].Place.Directory },
            string.Concat(texts.Select(text => text.Text ?? "null")));
    }

    private static HoconList JoinLists(HoconJoin join, IEnumerable<HoconList> lists)
    {
        List<HoconNode> elements = [.. lists.SelectMany(list => list.Elements)];
        return elements.Count <= MaxElements
            ? new HoconList(join.Place, elements)
            : throw new BoundlessException(join.Place, $"substitutions make a list of more than {MaxElements} elements");
    }

    private void Report(HoconPlace place, string message) => problems.Add(new ConfigurationProblem(place.File, place.Line, message));

    /// <summary>A field of another block.</summary>
    private sealed class HoconReference(HoconPlace place, HoconField target) : HoconNode(place)
    {
        public HoconField Target => target;
    }

#pragma warning disable CA1032, CA1064 // Caught in this class; without a place there is nothing to say.
    private sealed class BoundlessException(HoconPlace place, string message) : Exception(message)
    {
        public HoconPlace Place => place;
    }
#pragma warning restore CA1032, CA1064
}
