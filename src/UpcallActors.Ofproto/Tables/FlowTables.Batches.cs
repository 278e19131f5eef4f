using System.Runtime.InteropServices;
using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto;

/// <content>Batches: what is done is kept in a journal, by which it is undone or told.</content>
internal sealed partial class FlowTables
{
    /// <summary>For how many entries the journal and the queue keep their room after a large batch.</summary>
    private const int KeptRoom = 1024;

    private readonly List<RuleChange> _journal = [];
    private readonly Queue<Rule> _gone = [];
    private int _liveRules;
    // A batch is made at one time. To ask for it is a system call where the kernel maps no clock into the process.
    private TimeSpan _batchTime;

    /// <summary>Makes the changes in their order and publishes the result at once, under the next version, which it returns.</summary>
    /// <exception cref="ArgumentException">A change that adds or modifies has no
    /// actions, or its table does not exist; nothing was changed.</exception>
    /// <exception cref="FlowRefusedException">A switch does not take one of the flows: an action does not fit its match, or it
    /// overlaps with another; nothing was changed.</exception>
    public ulong Apply(params ReadOnlySpan<FlowChange> changes)
    {
        Check(changes);
        TableSet touched;
        ulong version;
        lock (_writer)
        {
            Reserve(changes);
            try
            {
                _batchTime = Now;
                for (int i = 0; i < changes.Length; i++)
                {
                    if (Make(changes[i]) is { } problem)
                        throw new FlowRefusedException(i, problem);
                }
            }
            catch
            {
                Undo();
                throw;
            }

            version = Publish(out touched);
        }

        Changed?.Invoke(this, new TablesChangedEventArgs(version, touched));
        return version;
    }

    /// <summary>
    /// Throws what <see cref="Apply(ReadOnlySpan{FlowChange})"/> would throw if these changes were made to empty tables. Tables are
    /// built for it only if a flow wants no other beside it.
    /// </summary>
    public static void Try(ReadOnlySpan<FlowChange> changes)
    {
        foreach (FlowChange change in changes)
        {
            if (!WantsNoOverlap(change))
                continue;
            new FlowTables().Apply(changes);
            return;
        }

        Check(changes);
    }

    private static void Check(ReadOnlySpan<FlowChange> changes)
    {
        for (int i = 0; i < changes.Length; i++)
        {
            FlowChange change = changes[i];
            if (change.Actions is null && !IsDeletion(change))
                throw new ArgumentException($"a change of kind {change.Command} needs actions", nameof(changes));
            if (change.Table >= TablesSnapshot.TableCount)
                throw new ArgumentException($"there is no table {change.Table}", nameof(changes));
            if (FlowCheck.Find(change) is { } problem)
                throw new FlowRefusedException(i, problem);
        }
    }

    private static bool IsGone(in RuleChange change) => change.Kind >= RuleChangeKind.Deleted;

    /// <summary>Makes what the journal has visible, tells of it, and unlinks what nobody can see any more.</summary>
    private ulong Publish(out TableSet touched)
    {
        ulong version = _version + 1;
        touched = default;
        foreach (ref readonly RuleChange change in CollectionsMarshal.AsSpan(_journal))
        {
            touched.Add(change.Rule.Table);
            if (IsGone(change))
                _gone.Enqueue(change.Rule);
            else if (change.Before is { } before)
                _gone.Enqueue(before);
        }

        Arrange(touched);
        Volatile.Write(ref _ruleCount, _liveRules);
        Volatile.Write(ref _version, version);
        try
        {
            if (_journal.Count > 0)
                Observer?.RulesChanged(version, CollectionsMarshal.AsSpan(_journal));
        }
        finally
        {
            ClearJournal();
            UnlinkGone();
        }

        return version;
    }

    /// <summary>Takes the rules out of the tables that are gone in every version which a reader may name.</summary>
    private void UnlinkGone()
    {
        if (_gone.Count == 0)
            return;
        // After the version is published and before readers are asked, see the remarks of the class.
        Interlocked.MemoryBarrier();
        ulong oldest = _readers.Oldest;
        TableSet touched = default;
        while (_gone.TryPeek(out Rule? rule) && rule.Removed <= oldest)
        {
            _tables[rule.Table]!.Unlink(rule);
            touched.Add(rule.Table);
            _gone.Dequeue();
        }

        Arrange(touched);
        if (_gone.Count == 0 && _gone.Capacity > KeptRoom)
            _gone.TrimExcess();
    }

    /// <summary>
    /// Makes the tables what they were before the batch. Its version was not published, so no reader can see the rules that it added.
    /// </summary>
    private void Undo()
    {
        for (int i = _journal.Count - 1; i >= 0; i--)
        {
            RuleChange change = _journal[i];
            Rule? before = change.Before;
            if (IsGone(change))
            {
                before = change.Rule;
            }
            else
            {
                Remove(change.Rule, change.Rule.Added);
                _tables[change.Rule.Table]!.Unlink(change.Rule);
            }

            if (before is null)
                continue;
            before.Removed = ulong.MaxValue;
            Enter(before);
        }

        foreach (RuleTable? table in _tables)
            table?.Arrange();
        ClearJournal();
    }

    private void Arrange(in TableSet tables)
    {
        for (int table = tables.Next(0); table >= 0; table = tables.Next(table + 1))
            _tables[table]!.Arrange();
    }

    private void ClearJournal()
    {
        _journal.Clear();
        if (_journal.Capacity > KeptRoom)
            _journal.Capacity = KeptRoom;
    }
}
