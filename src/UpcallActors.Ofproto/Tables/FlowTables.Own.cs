using System.Collections.Immutable;
using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto;

/// <content>
/// Rules that the switch adds and removes by itself. Those with a priority that no message can name are hidden: no question, no change
/// of others and no observer comes upon them.
/// </content>
internal sealed partial class FlowTables
{
    private static readonly ActionList _normal = ActionList.Of(OutputAction.To(OpenFlowPorts.Normal));
    private static readonly FlowChange _own = new();

    /// <summary>What the bridge has in its last table.</summary>
    public OwnRules Own { get; }

    /// <summary>All rules now, the hidden ones included, by table (<c>ofproto_get_all_flows</c>).</summary>
    public ImmutableArray<Rule> GetAllRules()
    {
        lock (_writer)
            return [.. _tables.SelectMany(table => table?.Rules ?? [])];
    }

    internal void AddOwn(long transaction, int priority, Match match, ActionList actions)
    {
        RequireOwn(transaction);
        // One that is there already goes on with its counters (ofproto_add_flow).
        if (TableOf(0)?.Find(match, priority) is { } rule && rule.Actions.ToString() == actions.ToString())
            return;
        Put(new Rule(0, priority, match, actions) { Created = _batchTime, Modified = _batchTime }, RuleChangeKind.Added, _own);
    }

    internal void DeleteOwn(long transaction, int priority, Match match)
    {
        RequireOwn(transaction);
        if (TableOf(0)?.Find(match, priority) is { } rule)
            Delete(rule, RuleChangeKind.Deleted);
    }

    internal void AddNormal(long transaction) => AddOwn(transaction, 0, Match.Any, _normal);

    /// <summary>
    /// The rules of in-band control stay. Open vSwitch deletes them, too, and adds them again right after (<c>connmgr_flushed</c>):
    /// a packet in between would not reach the controller.
    /// </summary>
    internal void Flush(long transaction)
    {
        RequireOwn(transaction);
        for (int table = 0; table < FlowCheck.InternalTable; table++)
        {
            foreach (Rule rule in _tables[table]?.Rules.ToArray() ?? [])
            {
                if (!InBandPriority.Has(rule.Priority))
                    Delete(rule, RuleChangeKind.Deleted);
            }
        }
    }

    private void MakeOwnTable()
    {
        RuleTable table = MakeTable(FlowCheck.InternalTable);
        foreach (Rule rule in Own.All)
            table.Insert(rule);
        table.Arrange();
    }

    /// <summary>What others make, messages or files, has no way to hidden rules.</summary>
    private void RequireOwn(long transaction)
    {
        RequireOpen(transaction);
        if (_origin.Source is not (ChangeSource.Configuration or ChangeSource.FailOpen or ChangeSource.InBand))
            throw new InvalidOperationException($"{_origin.Source} has no rules of the switch's own");
    }
}
