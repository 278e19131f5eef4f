namespace UpcallActors.OpenFlow;

/// <content>Flows that want no other beside them, and batches of which nothing is left when one of their flows is refused for it.</content>
public sealed partial class FlowTables
{
    private readonly List<(Rule? Before, Rule? After)> _done = [];
    private bool _isJournaling;

    /// <summary>
    /// What is wrong with changes that are made one after the other to empty tables: with which of them, and what. A change with
    /// anything wrong is not made.
    /// </summary>
    internal static IEnumerable<(int Index, ActionProblem Problem)> FindOverlaps(IReadOnlyList<FlowChange> changes)
    {
        if (!changes.Any(WantsNoOverlap))
            yield break;
        var tables = new FlowTables();
        for (int i = 0; i < changes.Count; i++)
        {
            if (tables.Apply(changes[i], []) is { } problem)
                yield return (i, problem);
        }
    }

    private static bool WantsNoOverlap(FlowChange change) =>
        change is { MayOverlap: false } && (change.Flags & FlowFlags.CheckOverlap) != 0;

    private void ApplyAll(ReadOnlySpan<FlowChange> changes, HashSet<int> touched)
    {
        _isJournaling = false;
        _batchTime = Now;
        foreach (FlowChange change in changes)
            _isJournaling |= WantsNoOverlap(change);
        for (int i = 0; i < changes.Length; i++)
        {
            if (Apply(changes[i], touched) is not { } problem)
                continue;
            Undo();
            throw new FlowRefusedException(i, problem);
        }

        _done.Clear();
    }

    /// <summary>
    /// Adds a flow, unless it wants no other of its priority beside it that is for the same packets (<c>add_flow_start</c>).
    /// </summary>
    private ActionProblem? Add(FlowChange change, HashSet<int> touched)
    {
        Rule rule = NewRule(change);
        ClassifierBuilder? builder = _builders[rule.Table];
        if (WantsNoOverlap(change) && builder is not null && builder.Find(rule.Match, rule.Priority) is null
            && builder.FindOverlap(rule.Match, rule.Priority) is { } other)
        {
            string reason = $"check_overlap: a packet can match '{rule.Match}' and '{other.Match}', both of priority {rule.Priority}";
            return new ActionProblem(OpenFlowErrors.Overlap, reason);
        }

        Set(rule, touched);
        return null;
    }

    private void Undo()
    {
        _isJournaling = false;
        for (int i = _done.Count - 1; i >= 0; i--)
        {
            (Rule? before, Rule? after) = _done[i];
            if (before is not null)
                Set(before, []);
            else
                Remove(after!, []);
        }

        _done.Clear();
    }
}
