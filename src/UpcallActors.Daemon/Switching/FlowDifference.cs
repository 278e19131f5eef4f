using UpcallActors.OpenFlow;

namespace UpcallActors.Daemon.Switching;

/// <summary>
/// What makes the flows of one configuration those of another, and touches nothing else: flows that are in both keep their counters and timeouts, and what came otherwise
/// (learned flows) stays. As <c>ovs-ofctl replace-flows</c>, but against the configuration before, not against the tables.
/// </summary>
internal static class FlowDifference
{
    /// <summary>The changes, to be made at once.</summary>
    public static FlowChange[] Between(ReadOnlySpan<FlowChange> before, ReadOnlySpan<FlowChange> after)
    {
        Dictionary<(byte, ushort, Match), Rule> had = RulesOf(before);
        Dictionary<(byte, ushort, Match), Rule> wanted = RulesOf(after);
        var changes = new List<FlowChange>();
        foreach (((byte, ushort, Match) key, Rule rule) in had)
        {
            if (!wanted.ContainsKey(key))
                changes.Add(ChangeOf(rule) with { Command = FlowCommand.DeleteStrict, Actions = null });
        }

        foreach (((byte, ushort, Match) key, Rule rule) in wanted)
        {
            if (!had.TryGetValue(key, out Rule? old))
                changes.Add(ChangeOf(rule));
            else if (AttributesOf(rule) != AttributesOf(old))
                changes.Add(ChangeOf(rule));
            else if (rule.ToString() != old.ToString())
                changes.Add(ChangeOf(rule) with { Command = FlowCommand.ModifyStrict });
        }

        return [.. changes];
    }

    /// <summary>A file of flows may also modify and delete; what is left in the end counts.</summary>
    private static Dictionary<(byte, ushort, Match), Rule> RulesOf(ReadOnlySpan<FlowChange> changes)
    {
        var tables = new FlowTables();
        tables.Apply(changes);
        return tables.GetRules().ToDictionary(rule => (rule.Table, rule.Priority, rule.Match));
    }

    /// <summary>What only adding it anew changes of a flow.</summary>
    private static (ulong Cookie, ushort Idle, ushort Hard, FlowFlags Flags, ushort Importance) AttributesOf(Rule rule) =>
        (rule.Cookie, rule.IdleTimeout, rule.HardTimeout, rule.Flags, rule.Importance);

    private static FlowChange ChangeOf(Rule rule) => new()
    {
        Command = FlowCommand.Add,
        Table = rule.Table,
        Priority = rule.Priority,
        Match = rule.Match,
        Cookie = rule.Cookie,
        IdleTimeout = rule.IdleTimeout,
        HardTimeout = rule.HardTimeout,
        Flags = rule.Flags,
        Importance = rule.Importance,
        // The file was read line by line with nothing beside it; here flows of before may still be in the way.
        MayOverlap = true,
        Actions = rule.Actions,
    };
}
