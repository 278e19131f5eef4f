using System.Runtime.InteropServices;
using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto;

/// <content>Transactions: what is done is kept in a journal, by which it is undone or told.</content>
internal sealed partial class FlowTables
{
    /// <summary>For how many entries the journal and the queue keep their room after a large batch.</summary>
    private const int KeptRoom = 1024;

    private readonly List<RuleChange> _journal = [];
    // Each with how many changes of rules were made before it.
    private readonly List<(int Place, TableChange Change)> _others = [];
    private readonly Queue<Rule> _gone = [];
    private readonly Queue<(ulong Version, TableChange Change)> _unsettled = [];
    private int _liveRules;
    private long _begun;
    private long _open;
    private ChangeOrigin _origin;
    private ActionProblem? _problem;
    // A transaction is made at one time. To ask for it is a system call where the kernel maps no clock into the process.
    private TimeSpan _batchTime;

    /// <summary>
    /// Takes the writer's lock, which the transaction has until it ends. An observer is called under this lock, with the journal: it
    /// cannot change the tables.
    /// </summary>
    public TableTransaction Begin(ChangeOrigin origin)
    {
        if (_writer.IsHeldByCurrentThread)
            throw new InvalidOperationException("a transaction, or an observer that is told of one, cannot begin another of its tables");
        _writer.Enter();
        _batchTime = Now;
        _origin = origin;
        _problem = null;
        _open = ++_begun;
        return new TableTransaction(this, _open);
    }

    /// <summary>Makes changes of the configuration in their order, in a transaction of their own. Returns its version.</summary>
    /// <exception cref="ArgumentException">A change that adds or modifies has no
    /// actions, or its table does not exist; nothing was changed.</exception>
    /// <exception cref="FlowRefusedException">A switch does not take one of the flows: an action does not fit its match, or it
    /// overlaps with another; nothing was changed.</exception>
    public ulong Apply(params ReadOnlySpan<FlowChange> changes)
    {
        using TableTransaction transaction = Begin(new ChangeOrigin(ChangeSource.Configuration));
        transaction.MakeAll(changes);
        return transaction.Commit();
    }

    /// <summary>
    /// Throws what <see cref="Apply(ReadOnlySpan{FlowChange})"/> would throw if these changes were made to empty tables. Tables are
    /// built for it only if a flow wants no other beside it, or names a group or a meter.
    /// </summary>
    public static void Try(ReadOnlySpan<FlowChange> changes)
    {
        foreach (FlowChange change in changes)
        {
            if (!WantsNoOverlap(change) && (change.Actions is not { } actions || !NamesSomething(actions)))
                continue;
            new FlowTables().Apply(changes);
            return;
        }

        Check(changes);
    }

    internal ActionProblem? Problem(long transaction)
    {
        RequireOpen(transaction);
        return _problem;
    }

    internal ActionProblem? Make(long transaction, FlowChange change)
    {
        RequireOpen(transaction);
        return _problem = Make(change);
    }

    internal void MakeAll(long transaction, ReadOnlySpan<FlowChange> changes)
    {
        RequireOpen(transaction);
        Check(changes);
        Reserve(changes);
        for (int i = 0; i < changes.Length; i++)
        {
            if (Make(changes[i]) is { } problem)
                throw new FlowRefusedException(i, problem);
        }
    }

    internal void Note(long transaction, TableChange change)
    {
        RequireOpen(transaction);
        Note(change);
    }

    internal void Show(long transaction)
    {
        RequireOpen(transaction);
        foreach (RuleTable? table in _tables)
            table?.Arrange();
    }

    internal ulong Commit(long transaction)
    {
        RequireOpen(transaction);
        TablesChangedEventArgs? change = null;
        try
        {
            try
            {
                if (_journal.Count + _others.Count > 0)
                {
                    change = Publish();
                    TellObserver(change.Version);
                }
                else
                {
                    UnlinkGone();
                }
            }
            finally
            {
                Close();
            }
        }
        finally
        {
            if (change is not null)
                Finish(change);
        }

        return change?.Version ?? Version;
    }

    internal void RollBack(long transaction)
    {
        // Read without the lock: while another thread has it, this transaction has ended.
        if (Volatile.Read(ref _open) != transaction)
            return;
        try
        {
            Undo();
        }
        finally
        {
            Close();
        }
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

    private void RequireOpen(long transaction)
    {
        if (Volatile.Read(ref _open) != transaction)
            throw new InvalidOperationException("the transaction has ended");
    }

    private void Close()
    {
        _open = 0;
        _writer.Exit();
    }

    private void Note(TableChange change) => _others.Add((_journal.Count, change));

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

        foreach ((_, TableChange change) in _others)
        {
            change.Publish(version, ref touched);
            _unsettled.Enqueue((version, change));
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
            ReadOnlySpan<RuleChange> changes = CollectionsMarshal.AsSpan(_journal);
            if (Observer is null)
                return;
            TableSet tables = default;
            foreach (RuleChange change in changes)
                tables.Add(change.Rule.Table);
            if (_journal.Exists(change => change.Rule.IsHidden))
                changes = _journal.Where(change => !change.Rule.IsHidden).ToArray();
            if (!changes.IsEmpty)
                Observer.RulesChanged(version, changes, _origin);
            TellVacancy(tables);
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
        if (_gone.Count + _unsettled.Count == 0)
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

        while (_unsettled.TryPeek(out (ulong Version, TableChange Change) published) && published.Version <= oldest)
        {
            published.Change.Settle();
            _unsettled.Dequeue();
        }

        Arrange(touched);
        if (_gone.Count == 0 && _gone.Capacity > KeptRoom)
            _gone.TrimExcess();
    }

    /// <summary>
    /// Makes the tables what they were before the transaction. Its version was not published, so no reader can see the rules that it added.
    /// </summary>
    private void Undo()
    {
        if (_journal.Count + _others.Count == 0)
            return;
        int other = _others.Count - 1;
        for (int i = _journal.Count - 1; i >= 0; i--)
        {
            for (; other >= 0 && _others[other].Place > i; other--)
                _others[other].Change.Undo();
            Undo(_journal[i]);
        }

        for (; other >= 0; other--)
            _others[other].Change.Undo();
        foreach (RuleTable? table in _tables)
            table?.Arrange();
        ClearJournal();
    }

    private void Undo(in RuleChange change)
    {
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
            return;
        before.Removed = ulong.MaxValue;
        Enter(before);
    }

    private void Arrange(in TableSet tables)
    {
        for (int table = tables.Next(0); table >= 0; table = tables.Next(table + 1))
            _tables[table]?.Arrange();
    }

    private void ClearJournal()
    {
        _journal.Clear();
        if (_journal.Capacity > KeptRoom)
            _journal.Capacity = KeptRoom;
        _others.Clear();
    }
}
