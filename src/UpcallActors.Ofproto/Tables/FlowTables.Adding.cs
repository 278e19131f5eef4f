using System.Runtime.InteropServices;
using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto;

/// <content>What is added: flows that want no other beside them, and how many are about to come.</content>
internal sealed partial class FlowTables
{
    /// <summary>Changes in a batch from which on it is worth to count flows before they are added.</summary>
    private const int LargeBatch = 256;

    /// <summary>
    /// A file's flows as empty tables would take them, one after the other: a line that wants no other beside it, and has one, is an
    /// error instead of a change.
    /// </summary>
    /// <param name="file">The flows.</param>
    /// <param name="source">The file's name, for the errors.</param>
    public static FlowFile CheckOverlaps(FlowFile file, string? source = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (!file.Changes.Any(WantsNoOverlap))
            return file;
        using TableTransaction transaction = new FlowTables().Begin(new ChangeOrigin(ChangeSource.Configuration));
        var errors = new List<FlowSyntaxError>(file.Errors);
        List<int> taken = [];
        for (int i = 0; i < file.Changes.Length; i++)
        {
            if (transaction.Make(file.Changes[i]) is null)
                taken.Add(i);
            else
                errors.Add(new FlowSyntaxError(source, file.Lines[i], 1, transaction.Problem!.ToString()));
        }

        transaction.Commit();
        return new FlowFile(
            [.. taken.Select(i => file.Changes[i])], [.. taken.Select(i => file.Lines[i])], [.. errors.OrderBy(error => error.Line)]);
    }

    private static bool WantsNoOverlap(FlowChange change) =>
        change is { MayOverlap: false } && (change.Flags & FlowFlags.CheckOverlap) != 0;

    /// <summary>
    /// Makes room for the flows of a large transaction. Tables that grow while flows come take twice the memory of those that know how many
    /// come.
    /// </summary>
    private void Reserve(ReadOnlySpan<FlowChange> changes)
    {
        if (changes.Length < LargeBatch)
            return;
        _journal.EnsureCapacity(changes.Length);
        var coming = new Dictionary<(byte Table, FlowMask Mask), int>();
        foreach (FlowChange change in changes)
        {
            if (change.Command == FlowCommand.Add)
                CollectionsMarshal.GetValueRefOrAddDefault(coming, (change.Table ?? 0, change.Match.Mask), out _)++;
        }

        foreach (((byte table, FlowMask mask), int count) in coming)
            (TableOf(table) ?? MakeTable(table)).Reserve(mask, count);
    }

    /// <summary>
    /// Adds a flow, unless it wants no other of its priority beside it that is for the same packets, or there is no room for it
    /// (<c>add_flow_start</c>).
    /// </summary>
    private ActionProblem? Add(FlowChange change)
    {
        Rule rule = NewRule(change);
        if ((WantsNoOverlap(change) || !HasRoom(rule.Table)) && TableOf(rule.Table)?.Find(rule.Match, rule.Priority) is null
            && MakeRoom(rule, change) is { } problem)
            return problem;
        Put(rule, RuleChangeKind.Added, change);
        return null;
    }

    /// <summary>What keeps a flow out that replaces none, if anything.</summary>
    private ActionProblem? MakeRoom(Rule rule, FlowChange change)
    {
        if (WantsNoOverlap(change) && TableOf(rule.Table)?.FindOverlap(rule.Match, rule.Priority) is { } other)
        {
            string reason = $"check_overlap: a packet can match '{rule.Match}' and '{other.Match}', both of priority {rule.Priority}";
            return new ActionProblem(FlowModFailed.Overlap, reason);
        }

        return HasRoom(rule.Table) || Evict(rule.Table)
            ? null
            : new ActionProblem(FlowModFailed.TableFull, $"table {rule.Table} has {_rulesOf[rule.Table]} flows, and none may go");
    }
}
