using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace UpcallActors.OpenFlow;

/// <summary>
/// The flow syntax of <c>ovs-ofctl</c>: <c>priority=100,icmp,in_port=1,actions=ct(commit,zone=9),2</c>.
/// Stricter than ovs-ofctl in one way: a field whose prerequisite is missing is an error here, where ovs-ofctl drops the field and so
/// makes the match wider than it was written; and so is a field said to have two values.
/// </summary>
public static class FlowSyntax
{
    private static readonly (string Name, FlowCommand Command)[] _commands =
    [
        ("add", FlowCommand.Add), ("modify", FlowCommand.Modify), ("modify_strict", FlowCommand.ModifyStrict),
        ("delete", FlowCommand.Delete), ("delete_strict", FlowCommand.DeleteStrict),
    ];

    /// <summary>Reads one flow, which may begin with a command (<c>add</c>, <c>modify</c>, <c>modify_strict</c>, <c>delete</c>, <c>delete_strict</c>); without one it is added.</summary>
    /// <exception cref="FlowSyntaxException">Anything that is not understood.</exception>
    public static FlowChange ParseFlow(ReadOnlySpan<char> text, string? source = null, int line = 1, FrozenDictionary<string, uint>? portNames = null)
    {
        var cursor = new TextCursor(text, source, line) { PortNames = portNames ?? FrozenDictionary<string, uint>.Empty };
        cursor.SkipBlanks();
        return new FlowParser(TakeCommand(ref cursor)).Parse(ref cursor);
    }

    /// <summary>Reads a match by itself, to its end: <c>icmp,in_port=1,nw_src=10.0.0.0/8</c>. An empty one matches every packet.</summary>
    /// <exception cref="FlowSyntaxException">Anything that is not understood, or what is no field: a table, a priority, actions.</exception>
    public static Match ParseMatch(ReadOnlySpan<char> text, FrozenDictionary<string, uint>? portNames = null)
    {
        var cursor = new TextCursor(text) { PortNames = portNames ?? FrozenDictionary<string, uint>.Empty };
        return new FlowParser(FlowCommand.Delete) { FieldsOnly = true }.Parse(ref cursor).Match;
    }

    /// <summary>Reads the fields of one packet, without masks; what is not said is 0. <c>Key.InPort</c> is the OpenFlow port.</summary>
    /// <exception cref="FlowSyntaxException">As for <see cref="ParseMatch"/>, or a mask.</exception>
    internal static Flow ParsePacket(ReadOnlySpan<char> text, FrozenDictionary<string, uint> portNames)
    {
        var cursor = new TextCursor(text) { PortNames = portNames };
        return new FlowParser(FlowCommand.Delete) { FieldsOnly = true, WithoutMasks = true }.Parse(ref cursor).Match.ToValue();
    }

    /// <summary>
    /// Reads a file: a flow a line, <c>#</c> starts a comment, blank lines are nothing. Reads on after an error, so that all are reported at once.
    /// </summary>
    public static FlowFile ParseFile(string text, string? source = null, FrozenDictionary<string, uint>? portNames = null)
    {
        ImmutableArray<FlowChange>.Builder changes = ImmutableArray.CreateBuilder<FlowChange>();
        ImmutableArray<FlowSyntaxError>.Builder errors = ImmutableArray.CreateBuilder<FlowSyntaxError>();
        int number = 0;
        foreach (ReadOnlySpan<char> whole in text.AsSpan().EnumerateLines())
        {
            number++;
            int comment = whole.IndexOf('#');
            ReadOnlySpan<char> line = (comment < 0 ? whole : whole[..comment]).TrimEnd();
            if (line.IsEmpty)
                continue;
            try
            {
                changes.Add(ParseFlow(line, source, number, portNames));
            }
            catch (FlowSyntaxException exception)
            {
                errors.Add(exception.Error);
            }
        }
        return new FlowFile(changes.ToImmutable(), errors.ToImmutable());
    }

    /// <summary>Prints a flow as <c>ovs-ofctl --no-stats dump-flows</c> does; what is printed can be read again.</summary>
    public static string Format(Rule rule)
    {
        var text = new StringBuilder();
        if (rule.Cookie != 0)
            text.Append(CultureInfo.InvariantCulture, $"cookie=0x{rule.Cookie:x}, ");
        if (rule.Table != 0)
            text.Append(CultureInfo.InvariantCulture, $"table={rule.Table}, ");
        if (rule.IdleTimeout != 0)
            text.Append(CultureInfo.InvariantCulture, $"idle_timeout={rule.IdleTimeout}, ");
        if (rule.HardTimeout != 0)
            text.Append(CultureInfo.InvariantCulture, $"hard_timeout={rule.HardTimeout}, ");
        string priority = rule.Priority == Rule.DefaultPriority ? "" : string.Create(CultureInfo.InvariantCulture, $"priority={rule.Priority}");
        string match = rule.Match.ToString();
        text.Append(priority).Append(priority.Length > 0 && match.Length > 0 ? "," : "").Append(match);
        if (priority.Length + match.Length > 0)
            text.Append(' ');
        return text.Append("actions=").Append(rule.Actions).ToString();
    }

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
