using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <summary>
/// What makes the flows of one configuration those of another, and touches nothing else: flows that are in both keep their counters and
/// timeouts, and what came otherwise (learned flows) stays. As <c>ovs-ofctl replace-flows</c>, but against the configuration before, not
/// against the tables.
/// </summary>
internal static class FlowDifference
{
    /// <summary>The changes, to be made at once.</summary>
    public static FlowChange[] Between(ReadOnlySpan<FlowChange> before, ReadOnlySpan<FlowChange> after)
    {
        Dictionary<(byte, ushort, Match), FlowChange> had = LeftBy(before);
        Dictionary<(byte, ushort, Match), FlowChange> wanted = LeftBy(after);
        var changes = new List<FlowChange>();
        foreach (((byte, ushort, Match) key, FlowChange flow) in had)
        {
            if (!wanted.ContainsKey(key))
                changes.Add(flow with { Command = FlowCommand.DeleteStrict, Table = flow.Table ?? 0, Actions = null });
        }

        var comparison = new ActionTextComparison();
        foreach (((byte, ushort, Match) key, FlowChange flow) in wanted)
        {
            if (!had.TryGetValue(key, out FlowChange? old) || AttributesOf(flow) != AttributesOf(old))
                changes.Add(Anew(flow));
            else if (!comparison.AreEqual(flow.Actions, old.Actions))
                changes.Add(flow with { Command = FlowCommand.ModifyStrict, Table = flow.Table ?? 0 });
        }

        return [.. changes];
    }

    /// <summary>
    /// The flows that are there in the end. A file of flows may also modify and delete, which needs tables to be tried on.
    /// </summary>
    private static Dictionary<(byte, ushort, Match), FlowChange> LeftBy(ReadOnlySpan<FlowChange> changes)
    {
        var left = new Dictionary<(byte, ushort, Match), FlowChange>(changes.Length);
        bool onlyAdds = true;
        foreach (FlowChange change in changes)
        {
            onlyAdds &= change.Command == FlowCommand.Add;
            left[(change.Table ?? 0, change.Priority, change.Match)] = change;
        }

        if (onlyAdds)
            return left;
        var tables = new FlowTables();
        tables.Apply(changes);
        return tables.GetRules().ToDictionary(rule => (rule.Table, (ushort)rule.Priority, rule.Match), ChangeOf);
    }

    /// <summary>What only adding it anew changes of a flow.</summary>
    private static (ulong Cookie, ushort Idle, ushort Hard, FlowFlags Flags, ushort Importance) AttributesOf(FlowChange flow) =>
        (flow.Cookie ?? 0, flow.IdleTimeout, flow.HardTimeout, flow.Flags, flow.Importance);

    /// <summary>
    /// Whether the flows go together is found where they are tried alone; here flows that are not theirs may be in the way.
    /// </summary>
    private static FlowChange Anew(FlowChange flow) =>
        (flow.Flags & FlowFlags.CheckOverlap) == 0 || flow.MayOverlap ? flow : flow with { MayOverlap = true };

    private static FlowChange ChangeOf(Rule rule) => new()
    {
        Command = FlowCommand.Add,
        Table = rule.Table,
        Priority = (ushort)rule.Priority,
        Match = rule.Match,
        Cookie = rule.Cookie,
        IdleTimeout = rule.IdleTimeout,
        HardTimeout = rule.HardTimeout,
        Flags = rule.Flags,
        Importance = rule.Importance,
        Actions = rule.Actions,
    };
}
