using System.Collections.Immutable;

namespace UpcallActors.OpenFlow;

/// <summary>
/// The flow syntax of <c>ovs-ofctl</c>: <c>priority=100,icmp,in_port=1,actions=ct(commit,zone=9),2</c>. Stricter than ovs-ofctl in one way:
/// a field without its prerequisite is an error, and so is a field with two values. ovs-ofctl drops the field, which makes the match wider
/// than written.
/// </summary>
public static class FlowSyntax
{
    private static readonly (string Name, FlowCommand Command)[] _commands =
    [
        ("add", FlowCommand.Add), ("modify", FlowCommand.Modify), ("modify_strict", FlowCommand.ModifyStrict),
        ("delete", FlowCommand.Delete), ("delete_strict", FlowCommand.DeleteStrict),
    ];

    /// <summary>
    /// Reads one flow, which may begin with a command (<c>add</c>, <c>modify</c>,
    /// <c>modify_strict</c>, <c>delete</c>, <c>delete_strict</c>); without one it is added.
    /// </summary>
    /// <exception cref="FlowSyntaxException">Anything that is not understood.</exception>
    public static FlowChange ParseFlow(ReadOnlySpan<char> text, string? source = null, int line = 1, FlowNames? names = null)
    {
        return ParseFlow(new FlowParser(), text, source, line, names);
    }

    private static FlowChange ParseFlow(FlowParser parser, ReadOnlySpan<char> text, string? source, int line, FlowNames? names)
    {
        var cursor = new TextCursor(text, source, line) { Names = names ?? FlowNames.None };
        cursor.SkipBlanks();
        return parser.Parse(TakeCommand(ref cursor), ref cursor);
    }

    /// <summary>Reads a match by itself, to its end: <c>icmp,in_port=1,nw_src=10.0.0.0/8</c>. An empty one matches every packet.</summary>
    /// <exception cref="FlowSyntaxException">Anything that is not understood,
    /// or what is no field: a table, a priority, actions.</exception>
    public static Match ParseMatch(ReadOnlySpan<char> text, FlowNames? names = null)
    {
        var cursor = new TextCursor(text) { Names = names ?? FlowNames.None };
        return new FlowParser { FieldsOnly = true }.Parse(FlowCommand.Delete, ref cursor).Match;
    }

    /// <summary>Reads the fields of one packet, without masks; what is not said is 0.</summary>
    /// <exception cref="FlowSyntaxException">As for <see cref="ParseMatch"/>, or a mask.</exception>
    internal static Flow ParsePacket(ReadOnlySpan<char> text, FlowNames names)
    {
        var cursor = new TextCursor(text) { Names = names };
        return new FlowParser { FieldsOnly = true, WithoutMasks = true }.Parse(FlowCommand.Delete, ref cursor).Match.ToValue();
    }

    /// <summary>
    /// Reads a file: a flow a line, <c>#</c> starts a comment; blank lines are nothing, and so is the line before the flows in what
    /// <c>ovs-ofctl dump-flows</c> prints.
    /// Reads on after an error, so that all are reported at once.
    /// </summary>
    public static FlowFile ParseFile(string text, string? source = null, FlowNames? names = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        using var reader = new StringReader(text);
        return ParseFile(reader, source, names);
    }

    /// <summary>
    /// Reads a file as it comes, to its end: of a hundred thousand flows the text is never in memory as a whole. Throws what the reader
    /// throws.
    /// </summary>
    internal static FlowFile ParseFile(TextReader reader, string? source = null, FlowNames? names = null)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var changes = new Gathering<FlowChange>();
        var numbers = new Gathering<int>();
        var errors = ImmutableArray.CreateBuilder<FlowSyntaxError>();
        var parser = new FlowParser { Texts = new ActionTexts() };
        using var lines = new LineReader(reader);
        while (lines.TryRead(out ReadOnlySpan<char> whole))
        {
            int comment = whole.IndexOf('#');
            ReadOnlySpan<char> line = (comment < 0 ? whole : whole[..comment]).TrimEnd();
            if (line.IsEmpty || IsDumpHeader(line))
                continue;
            try
            {
                changes.Add(ParseFlow(parser, line, source, lines.Number, names));
                numbers.Add(lines.Number);
            }
            catch (FlowSyntaxException exception)
            {
                errors.Add(exception.Error);
            }
        }

        return new FlowFile(changes.ToImmutable(), numbers.ToImmutable(), errors.DrainToImmutable());
    }

    /// <summary>Whether it is <c>NXST_FLOW reply (xid=0x4):</c> or <c>OFPST_FLOW reply (OF1.3) (xid=0x2):</c>.</summary>
    private static bool IsDumpHeader(ReadOnlySpan<char> line) =>
        line[^1] == ':' && line.TrimStart() is var text && (text.StartsWith("NXST_FLOW reply (") || text.StartsWith("OFPST_FLOW reply ("));

    private static FlowCommand TakeCommand(ref TextCursor cursor)
    {
        ReadOnlySpan<char> word = cursor.Rest;
        int end = word.IndexOfAny(", \t\r\n");
        word = end < 0 ? word : word[..end];
        foreach ((string name, FlowCommand command) in _commands)
        {
            if (word.SequenceEqual(name))
            {
                cursor.TryTake(name);
                return command;
            }
        }
        return FlowCommand.Add;
    }
}
