using System.Collections.Immutable;
using System.Globalization;
using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto;

/// <summary>Keeps what a translation tells, as the tree that a trace shows.</summary>
/// <param name="namesPorts">Whether ports are called by the names that they have in the bridge where the packet is.</param>
internal sealed class TraceRecorder(bool namesPorts) : ITranslationObserver
{
    // How deep tables nest is bounded by the translation; the lines are
    // bounded here: a table that resubmits twice to itself makes thousands.
    private const int MostNodes = 20_000;

    // Beyond the bound a table is not opened, but its end is still reported.
    private readonly Stack<(TraceNode? Node, ImmutableArray<TraceNode>.Builder Children)> _open = new();
    private readonly ImmutableArray<TraceNode>.Builder _top = ImmutableArray.CreateBuilder<TraceNode>();
    private readonly List<ForkedPacket> _forks = [];
    private readonly Stack<Bridge> _bridges = new();
    private int _nodes;

    /// <inheritdoc/>
    public FlowNames? Names => namesPorts && _bridges.TryPeek(out Bridge? bridge) ? bridge.Names : null;

    /// <summary>The copies that went to conntrack, in order.</summary>
    public IReadOnlyList<ForkedPacket> Forks => _forks;

    private int Omitted => Math.Max(0, _nodes - MostNodes);

    public void BridgeEntered(Bridge bridge)
    {
        _bridges.Push(bridge);
        Open(new TraceNode(TraceNodeKind.Bridge, $"bridge(\"{bridge.Name}\")"));
    }

    public void BridgeLeft()
    {
        _bridges.Pop();
        Close();
    }

    public void Resumed(Bridge bridge, byte table)
    {
        _bridges.Push(bridge);
        var resume = new TraceNode(TraceNodeKind.Resume, string.Create(CultureInfo.InvariantCulture, $"Resuming from table {table}"));
        Add(new TraceNode(TraceNodeKind.Thaw, "thaw") { Children = [resume] });
    }

    public void TableEntered(byte table, Rule? rule)
    {
        string number = string.Create(CultureInfo.InvariantCulture, $"{table,2}. ");
        if (rule is null)
        {
            Open(new TraceNode(TraceNodeKind.Table, number + "No match.") { Table = table });
            return;
        }

        if (rule.Table != table)
        {
            // The switch's own rules: the one for a packet that met none, and that for fragments, which has no actions.
            string reason = rule.Actions.Actions.IsEmpty
                ? "Packets are IP fragments and the fragment handling mode is \"drop\"."
                : "No match, and a \"packet-in\" is called for.";
            Open(new TraceNode(TraceNodeKind.Table, number + reason) { Table = table });
            return;
        }

        string match = rule.Match.ToString(Names);
        string cookie = rule.Cookie == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", cookie 0x{rule.Cookie:x}");
        string text = string.Create(CultureInfo.InvariantCulture,
            $"{number}{match}{(match.Length > 0 ? ", " : "")}priority {rule.Priority}{cookie}");
        Open(new TraceNode(TraceNodeKind.Table, text) { Table = table, Priority = rule.Priority, Cookie = rule.Cookie, Match = match });
    }

    public void TableLeft() => Close();

    public void BucketEntered(uint bucket) =>
        Open(new TraceNode(TraceNodeKind.Bucket, string.Create(CultureInfo.InvariantCulture, $"bucket {bucket}")));

    public void BucketLeft() => Close();

    public void ActionTaken(string action) => Add(new TraceNode(TraceNodeKind.Action, action));

    public void Noted(TranslationNote note, uint argument)
    {
        (TraceNodeKind kind, string text) = NoteText.Of(note, argument);
        Add(new TraceNode(kind, text));
    }

    public void Noted(TranslationNote note, string subject)
    {
        (TraceNodeKind kind, string text) = NoteText.Of(note, subject);
        Add(new TraceNode(kind, text));
    }

    public void Recirculated(in ForkedPacket packet) => _forks.Add(packet);

    /// <summary>The tree, after the translation.</summary>
    public ImmutableArray<TraceNode> Finish()
    {
        while (_open.Count > 0)
            Close();
        if (Omitted > 0)
            _top.Add(new TraceNode(TraceNodeKind.Warning,
                string.Create(CultureInfo.InvariantCulture, $">> {Omitted} more lines are left out <<")));
        return _top.DrainToImmutable();
    }

    private void Open(TraceNode node) => _open.Push((HasRoom() ? node : null, ImmutableArray.CreateBuilder<TraceNode>()));

    private void Close()
    {
        (TraceNode? node, ImmutableArray<TraceNode>.Builder children) = _open.Pop();
        if (node is not null)
            Place(node with { Children = children.DrainToImmutable() });
    }

    private void Add(TraceNode node)
    {
        if (HasRoom())
            Place(node);
    }

    private bool HasRoom() => _nodes++ < MostNodes;

    private void Place(TraceNode node) => (_open.TryPeek(out var parent) ? parent.Children : _top).Add(node);
}
