using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <summary>
/// What a client has asked to be told of flows (<c>struct ofmonitor</c>), and what it still has to read of that. A client that does not
/// read is told of no more flows than it knew; when it has read all, it is told what has changed meanwhile. Its bridge's.
/// </summary>
internal sealed class FlowMonitors
{
    /// <summary>Bytes that a client may have to read before it is told no more (<c>ofmonitor_flush</c>).</summary>
    private const int MostUnread = 128 * 1024;

    /// <summary>Monitors of a client. Open vSwitch has no bound; each change of a flow is held against all of them.</summary>
    private const int MostMonitors = 1024;

    private readonly Dictionary<uint, FlowMonitorRequest> _monitors = [];
    private readonly List<FlowUpdate> _updates = [];
    private bool _isAbbreviated;
    private int _unread;
    private (ulong Version, TimeSpan Time)? _paused;

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => _monitors.Count == 0;

    /// <summary>Whether there is room for another.</summary>
    public bool IsFull => _monitors.Count >= MostMonitors;

    /// <summary>Adds a monitor; false if the client has one of this number.</summary>
    public bool TryAdd(FlowMonitorRequest monitor) => _monitors.TryAdd(monitor.Id, monitor);

    /// <summary>Takes a monitor out; false if there is none of this number.</summary>
    public bool Remove(uint id) => _monitors.Remove(id);

    /// <summary>Takes note of a change (<c>ofmonitor_report</c>).</summary>
    public void Take(in RuleChange change, in ChangeOrigin origin, OpenFlowClient client)
    {
        if (IsEmpty || !IsNews(change))
            return;
        (FlowUpdateEvent happened, FlowMonitorFlags kind) = change.Kind switch
        {
            RuleChangeKind.Modified => (FlowUpdateEvent.Modified, FlowMonitorFlags.Modify),
            < RuleChangeKind.Deleted => (FlowUpdateEvent.Added, FlowMonitorFlags.Add),
            _ => (FlowUpdateEvent.Removed, FlowMonitorFlags.Removed),
        };
        if (_paused is { } since && (happened != FlowUpdateEvent.Removed || change.Rule.Created > since.Time))
            return;
        FlowMonitorFlags flags = FlagsFor(_monitors.Values, change.Rule, kind, change.Before?.Actions);
        if (flags == FlowMonitorFlags.None)
            return;
        bool isOwn = origin.Connection == client.Number && _paused is null;
        if (!isOwn || (flags & (FlowMonitorFlags.NoAbbreviation | FlowMonitorFlags.OnlyOwn)) != 0)
        {
            byte reason = happened == FlowUpdateEvent.Removed ? FlowNews.ReasonOf(change.Kind) : (byte)0;
            _updates.Add(Describe(change.Rule, happened, reason, (flags & FlowMonitorFlags.Instructions) != 0));
        }
        else if (!_isAbbreviated)
        {
            _isAbbreviated = true;
            _updates.Add(new FlowUpdate { Event = FlowUpdateEvent.Abbreviated, Xid = origin.Xid });
        }
    }

    /// <summary>The flows that new monitors ask for to begin with, each once: those of this moment.</summary>
    public static IEnumerable<FlowUpdate> InitialOf(FlowTables tables, IReadOnlyList<FlowMonitorRequest> monitors, OpenFlowVersion version)
    {
        FlowUpdateEvent happened = version >= OpenFlowVersion.V14 ? FlowUpdateEvent.Initial : FlowUpdateEvent.Added;
        FlowMonitorRequest[] initial = [.. monitors.Where(monitor => (monitor.Flags & FlowMonitorFlags.Initial) != 0)];
        return initial.Length == 0 ? [] :
            from rule in tables.GetRules()
            let flags = FlagsFor(initial, rule, FlowMonitorFlags.Initial)
            where flags != FlowMonitorFlags.None
            select Describe(rule, happened, reason: 0, (flags & FlowMonitorFlags.Instructions) != 0);
    }

    /// <summary>Tells the client what was noted. If it has much to read then, it is told that there is a pause.</summary>
    public void Flush(OpenFlowClient client, FlowTables tables)
    {
        _isAbbreviated = false;
        if (_updates.Count == 0)
            return;
        Send(client);
        if (_paused is not null || _unread <= MostUnread)
            return;
        _paused = (tables.Version, tables.Time);
        TellPause(client, MessageType.FlowMonitorPaused, FlowUpdateEvent.Paused);
    }

    /// <summary>The client has read all: it is told what has changed during the pause (<c>ofmonitor_resume</c>).</summary>
    public void Resume(OpenFlowClient client, FlowTables tables)
    {
        if (_paused is not { } since)
            return;
        _paused = null;
        foreach (Rule rule in tables.GetRules().Where(rule => rule.Added > since.Version))
        {
            bool isNew = rule.Created > since.Time;
            FlowMonitorFlags flags = FlagsFor(rule, isNew ? FlowMonitorFlags.Add : FlowMonitorFlags.Modify);
            if (flags == FlowMonitorFlags.None)
                continue;
            _updates.Add(Describe(
                rule,
                isNew ? FlowUpdateEvent.Added : FlowUpdateEvent.Modified,
                reason: 0,
                (flags & FlowMonitorFlags.Instructions) != 0));
        }

        Send(client);
        TellPause(client, MessageType.FlowMonitorResumed, FlowUpdateEvent.Resumed);
    }

    /// <summary>Whether a change says anything: one that leaves actions and cookie does not.</summary>
    private static bool IsNews(in RuleChange change) =>
        change is not { Kind: RuleChangeKind.Modified, Before: { } before }
        || before.Cookie != change.Rule.Cookie || !before.Actions.Equals(change.Rule.Actions);

    /// <param name="monitors">The monitors.</param>
    /// <param name="rule">The flow as it is now.</param>
    /// <param name="kind">What has happened to it.</param>
    /// <param name="before">The actions that it had before; null if they are the same.</param>
    private static FlowMonitorFlags FlagsFor(
        IEnumerable<FlowMonitorRequest> monitors, Rule rule, FlowMonitorFlags kind, ActionList? before = null)
    {
        FlowMonitorFlags flags = FlowMonitorFlags.None;
        foreach (FlowMonitorRequest monitor in monitors)
        {
            if ((monitor.Flags & kind) != 0 && (monitor.Table == byte.MaxValue || monitor.Table == rule.Table)
                && rule.Match.IsWithin(monitor.Match)
                && (HasPort(rule.Actions, monitor) || (before is not null && HasPort(before, monitor)))
                && (monitor.OutGroup == FlowChange.AnyGroup || rule.Actions.OutputsToGroup(monitor.OutGroup)))
                flags |= monitor.Flags;
        }

        return flags;
    }

    private static bool HasPort(ActionList actions, FlowMonitorRequest monitor) =>
        monitor.OutPort == OpenFlowPorts.None || actions.OutputsTo(monitor.OutPort);

    private static FlowUpdate Describe(Rule rule, FlowUpdateEvent happened, byte reason, bool hasActions) => new()
    {
        Event = happened,
        Reason = reason,
        Priority = (ushort)rule.Priority,
        IdleTimeout = rule.IdleTimeout,
        HardTimeout = rule.HardTimeout,
        Table = rule.Table,
        Cookie = rule.Cookie,
        Match = rule.Match,
        Actions = hasActions ? rule.Actions : ActionList.Empty,
    };

    private FlowMonitorFlags FlagsFor(Rule rule, FlowMonitorFlags kind) => FlagsFor(_monitors.Values, rule, kind);

    private void TellPause(OpenFlowClient client, MessageType type, FlowUpdateEvent happened)
    {
        // Since 1.4 it is one more piece of news, before that a message of its own.
        if (client.Version < OpenFlowVersion.V14)
        {
            client.Tell(type, new EmptyMessage());
            return;
        }

        _updates.Add(new FlowUpdate { Event = happened });
        Send(client);
    }

    private void Send(OpenFlowClient client)
    {
        if (_updates.Count == 0)
            return;
        MessageForm form = MessageForms.Find(MessageType.FlowMonitorReply, client.Version)!;
        var list = new MultipartReply<FlowUpdate>((byte)client.Version, xid: 0, form, _updates.ToArray().AsEnumerable().GetEnumerator());
        _updates.Clear();
        var writer = new WireWriter();
        while (list.TryEncodeNext(writer))
        {
            int length = writer.Length;
            _unread += length;
            client.Tell(new ReadNotice(new OutgoingCopy([writer.Written.ToArray()], xid: 0), () => OnRead(client, length)));
            writer.Truncate(0);
        }
    }

    /// <summary>On the loop's thread, as all of it: the client has taken a message.</summary>
    private void OnRead(OpenFlowClient client, int length)
    {
        _unread -= length;
        if (_unread == 0 && _paused is not null)
            client.Bridge.Tell(new MonitorsRead(client), client.Connection);
    }
}
