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
        RefuseObserver();
        TablesChangedEventArgs? change = null;
        try
        {
            lock (_writer)
            {
                MakeAll(changes);
                change = Publish();
                TellObserver(change.Version);
            }
        }
        finally
        {
            if (change is not null)
                Finish(change);
        }

        return change.Version;
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

    private void MakeAll(ReadOnlySpan<FlowChange> changes)
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
    }

    private static bool IsGone(in RuleChange change) => change.Kind >= RuleChangeKind.Deleted;

    /// <summary>
    /// An observer is called under the writer's lock, with the journal. To change the tables there would change what it reads.
    /// </summary>
    private void RefuseObserver()
    {
        if (_writer.IsHeldByCurrentThread)
            throw new InvalidOperationException("an observer of flow tables cannot change them while it is told of a change");
    }

    /// <summary>Makes what the journal has visible.</summary>
    private TablesChangedEventArgs Publish()
    {
        ulong version = _version + 1;
        TableSet touched = default;
        ReadOnlySpan<RuleChange> journal = CollectionsMarshal.AsSpan(_journal);
        // The latest first: a match has its newest rule first, so each is found at once when it is unlinked.
        for (int i = journal.Length - 1; i >= 0; i--)
        {
            RuleChange change = journal[i];
            touched.Add(change.Rule.Table);
            if (IsGone(change))
                _gone.Enqueue(change.Rule);
            else if (change.Before is { } before)
                _gone.Enqueue(before);
        }

        Arrange(touched);
        Volatile.Write(ref _ruleCount, _liveRules);
        Volatile.Write(ref _version, version);
        return new TablesChangedEventArgs(version, touched);
    }

    /// <summary>Tells the observer what the journal has, and empties it.</summary>
    private void TellObserver(ulong version)
    {
        try
        {
            if (_journal.Count > 0)
                Observer?.RulesChanged(version, CollectionsMarshal.AsSpan(_journal));
        }
        finally
        {
            ClearJournal();
        }
    }

    /// <summary>
    /// Raises <see cref="Changed"/>, and then unlinks what no reader can see any more. In this order: flows of the old tables must not be
    /// installed while many rules are unlinked. Without the lock, and though an observer has failed.
    /// </summary>
    private void Finish(TablesChangedEventArgs change)
    {
        try
        {
            Changed?.Invoke(this, change);
        }
        finally
        {
            lock (_writer)
                UnlinkGone();
        }
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
