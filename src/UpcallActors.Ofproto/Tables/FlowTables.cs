using System.Collections.Immutable;
using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto;

/// <summary>
/// The flow tables of a bridge. Changes come one batch at a time, from any thread; readers take
/// <see cref="Current"/> and see all of a batch or none of it. Only the masks whose rules changed are built anew.
/// </summary>
public sealed partial class FlowTables
{
    private readonly Lock _writer = new();
    private readonly ClassifierBuilder?[] _builders = new ClassifierBuilder?[TablesSnapshot.TableCount];
    private readonly TimeProvider _time;
    private TablesSnapshot _current = TablesSnapshot.Empty;
    private int _ruleCount;
    // A batch is made at one time. To ask for it is a system call where the kernel maps no clock into the process.
    private TimeSpan _batchTime;

    /// <summary>Empty tables; timeouts count by <paramref name="time"/>, the system's if null.</summary>
    public FlowTables(TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        TimeSpan now = Now;
        Standalone = new Rule(0, 0, Match.Any, ActionList.Of(OutputAction.To(OpenFlowPorts.Normal))) { Created = now, Modified = now };
        Missed = new Rule(0, 0, Match.Any, ActionList.Empty) { Created = now, Modified = now };
    }

    /// <summary>Raised after a batch was published, on the thread that made it.</summary>
    public event EventHandler? Changed;

    /// <summary>
    /// What table 0 of a standalone bridge has behind all others. Open vSwitch adds such a flow; here it is no entry of the table, and no
    /// change touches it.
    /// </summary>
    public Rule Standalone { get; }

    /// <summary>
    /// What packets are credited to that met no rule where they came in, so that none goes uncounted (<c>miss_rule</c> of
    /// ofproto-dpif.c). It is no entry of the tables either.
    /// </summary>
    public Rule Missed { get; }

    /// <summary>The tables as the last batch left them.</summary>
    public TablesSnapshot Current => Volatile.Read(ref _current);

    /// <summary>Makes the changes in their order and publishes the result at once, under the next version.</summary>
    /// <exception cref="ArgumentException">A change that adds or modifies has no
    /// actions, or its table does not exist; nothing was changed.</exception>
    /// <exception cref="FlowRefusedException">A switch does not take one of the flows: an action does not fit its match, or it
    /// overlaps with another; nothing was changed.</exception>
    public TablesSnapshot Apply(params ReadOnlySpan<FlowChange> changes)
    {
        Check(changes);
        TablesSnapshot next;
        lock (_writer)
        {
            var touched = new HashSet<int>();
            ApplyAll(changes, touched);
            next = Publish(touched);
        }

        Changed?.Invoke(this, EventArgs.Empty);
        return next;
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

    /// <summary>The number of rules now; it does not wait for a running batch.</summary>
    public int RuleCount => Volatile.Read(ref _ruleCount);

    /// <summary>The rules now, by table; those of one mask together.</summary>
    public ImmutableArray<Rule> GetRules()
    {
        lock (_writer)
            return [.. _builders.SelectMany(builder => builder?.Rules ?? [])];
    }

    /// <summary>The rules now that a deletion with this table, match and cookie would take, by table.</summary>
    public ImmutableArray<Rule> GetRules(FlowChange selection)
    {
        ArgumentNullException.ThrowIfNull(selection);
        lock (_writer)
            return [.. Select(selection with { Command = FlowCommand.Delete })];
    }

    /// <summary>How long a rule of these tables is there, and what it has counted.</summary>
    public RuleStatistics GetStatistics(Rule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        return new RuleStatistics(Now - rule.Created, rule.Counters.Packets, rule.Counters.Bytes);
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

    private TablesSnapshot Publish(HashSet<int> touched)
    {
        Classifier?[] tables = _current.CopyTables();
        foreach (int table in touched)
            tables[table] = _builders[table]!.Build();
        var next = new TablesSnapshot(_current.Version + 1, tables);
        Volatile.Write(ref _current, next);
        Volatile.Write(ref _ruleCount, _builders.Sum(builder => builder?.Count ?? 0));
        return next;
    }

    private ActionProblem? Apply(FlowChange change, HashSet<int> touched)
    {
        switch (change.Command)
        {
            case FlowCommand.Add:
                return Add(change, touched);
            case FlowCommand.Modify or FlowCommand.ModifyStrict:
                return Modify(change, touched);
            default:
                foreach (Rule rule in Select(change))
                    Remove(rule, touched);
                return null;
        }
    }

    private ActionProblem? Modify(FlowChange change, HashSet<int> touched)
    {
        List<Rule> rules = Select(change);
        foreach (Rule rule in rules)
            Set(WithActions(rule, change), touched);

        // OpenFlow 1.0 and ovs-ofctl: modifying nothing adds, unless flows were picked by cookie.
        return rules.Count == 0 && change.CookieMask == 0 ? Add(change, touched) : null;
    }

    private void Set(Rule rule, HashSet<int> touched)
    {
        ClassifierBuilder builder = _builders[rule.Table] ??= new ClassifierBuilder();
        Rule? before = _expirable.Count != 0 || _isJournaling ? builder.Find(rule.Match, rule.Priority) : null;
        if (before is not null)
            _expirable.Remove(before);
        if (_isJournaling)
            _done.Add((before, rule));
        builder.Set(rule);
        touched.Add(rule.Table);
        if (rule.IdleTimeout == 0 && rule.HardTimeout == 0)
            return;
        _expirable.Add(rule);
        if (ExpiryOf(rule) is TimeSpan expiry && expiry < EarliestExpiry)
            EarliestExpiry = expiry;
    }

    private void Remove(Rule rule, HashSet<int> touched)
    {
        if (_isJournaling)
            _done.Add((rule, null));
        _builders[rule.Table]!.Remove(rule);
        _expirable.Remove(rule);
        touched.Add(rule.Table);
    }

    private List<Rule> Select(FlowChange change)
    {
        var rules = new List<Rule>();
        bool strict = change.Command is FlowCommand.ModifyStrict or FlowCommand.DeleteStrict;
        int first = change.Table ?? 0;
        int last = change.Table ?? TablesSnapshot.TableCount - 1;
        for (int table = first; table <= last; table++)
        {
            if (_builders[table] is not { } builder)
                continue;
            if (!strict)
                rules.AddRange(builder.Rules.Where(rule => rule.Match.IsWithin(change.Match)));
            else if (builder.Find(change.Match, change.Priority) is { } exact)
                rules.Add(exact);
        }
        rules.RemoveAll(rule => ((rule.Cookie ^ change.CookieFilter) & change.CookieMask) != 0);
        return rules;
    }

    private Rule NewRule(FlowChange change)
    {
        var rule = new Rule(change.Table ?? 0, change.Priority, change.Match, change.Actions!)
        {
            Cookie = change.Cookie ?? 0,
            IdleTimeout = change.IdleTimeout,
            HardTimeout = change.HardTimeout,
            Flags = change.Flags,
            Importance = change.Importance,
            Created = _batchTime,
            Modified = _batchTime,
        };
        rule.Counters.Use(_batchTime);
        return rule;
    }

    private Rule WithActions(Rule rule, FlowChange change)
    {
        RuleCounters counters = rule.Counters;
        if (change.Flags.HasFlag(FlowFlags.ResetCounts))
        {
            counters = new RuleCounters();
            counters.Use(rule.Counters.Used);
        }

        return new Rule(rule.Table, rule.Priority, rule.Match, change.Actions!)
        {
            Cookie = change.Cookie ?? rule.Cookie,
            IdleTimeout = rule.IdleTimeout,
            HardTimeout = rule.HardTimeout,
            Flags = rule.Flags,
            Importance = rule.Importance,
            Created = rule.Created,
            Modified = _batchTime,
            Counters = counters,
        };
    }

    private static bool IsDeletion(FlowChange change) => change.Command is FlowCommand.Delete or FlowCommand.DeleteStrict;
}
