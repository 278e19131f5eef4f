using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto;

/// <content>Single changes, for the version after the current one (<c>modify_flows_start</c>, <c>delete_flows_start</c>).</content>
internal sealed partial class FlowTables
{
    private static bool IsDeletion(FlowChange change) => change.Command is FlowCommand.Delete or FlowCommand.DeleteStrict;

    private ActionProblem? Make(FlowChange change)
    {
        if (IsDeletion(change))
        {
            foreach (Rule rule in Select(change))
                Delete(rule, RuleChangeKind.Deleted);
            return null;
        }

        if (change.Table == FlowCheck.InternalTable)
            return new ActionProblem(BadRequest.NotPermitted, $"table {FlowCheck.InternalTable} is the switch's own");
        if (change.Command != FlowCommand.Add)
            return Modify(change);
        return FindMissing(change.Actions!) ?? Add(change);
    }

    private ActionProblem? Modify(FlowChange change)
    {
        List<Rule> rules = Select(change);
        // Before OpenFlow 1.2, and in ovs-ofctl's files, modifying nothing adds, unless flows were picked by cookie.
        bool adds = rules.Count == 0 && change is { MayAdd: true, CookieMask: 0 };
        if (rules.Count == 0 && !adds)
            return null;
        if (FindMissing(change.Actions!) is { } missing)
            return missing;
        foreach (Rule rule in rules)
            Put(WithActions(rule, change), RuleChangeKind.Modified);
        return adds ? Add(change) : null;
    }

    /// <summary>Puts a rule in that is added, or has other actions, in place of the one with its match and priority.</summary>
    private void Put(Rule rule, RuleChangeKind kind, FlowChange? addition = null)
    {
        rule.Added = _version + 1;
        RuleTable table = TableOf(rule.Table) ?? MakeTable(rule.Table);
        Rule? before = table.Insert(rule);
        if (before is not null)
            Remove(before, _version + 1);
        if (addition is not null && before is not null)
        {
            TakeAfter(rule, before, addition);
            kind = RuleChangeKind.Replaced;
        }

        if (addition is not null)
            rule.Counters.Use(_batchTime);
        Enter(rule);
        _journal.Add(new RuleChange(kind, rule, before));
    }

    /// <summary>
    /// What a flow takes over from the one in whose place it is added (<c>replace_rule_start</c> in ofproto.c, <c>rule_insert</c> in
    /// ofproto-dpif.c): its counters, unless they are to begin anew. Its idle time begins anew in any case.
    /// </summary>
    private static void TakeAfter(Rule rule, Rule before, FlowChange addition)
    {
        if (addition.KeepsCounts)
            rule.Counters = before.Counters;
        // All ones stand for no cookie.
        if (addition.Cookie == ulong.MaxValue)
            rule.Cookie = before.Cookie;
    }

    private void Delete(Rule rule, RuleChangeKind kind)
    {
        Remove(rule, _version + 1);
        _journal.Add(new RuleChange(kind, rule));
    }

    private RuleTable MakeTable(byte number)
    {
        var table = new RuleTable();
        Volatile.Write(ref _tables[number], table);
        return table;
    }

    /// <summary>What goes with a rule being there, apart from being found.</summary>
    private void Enter(Rule rule)
    {
        Count(rule, 1);
        _evictions[rule.Table]?.Add(rule);
        _cookies.Add(rule);
        _groupUsers.Add(rule);
        _meterUsers.Add(rule);
        if (rule.IdleTimeout == 0 && rule.HardTimeout == 0)
            return;
        // An empty wheel has stood still, and would go on tick by tick.
        if (_timers.Count == 0)
            _timers.Advance(TickOf(_batchTime), _due);
        _timers.Add(rule.Timer ??= new RuleTimer(rule), TickOf(ExpiryOf(rule)));
    }

    private void Count(Rule rule, int change)
    {
        if (rule.IsHidden)
            return;
        _liveRules += change;
        _rulesOf[rule.Table] += change;
    }

    /// <summary>Lets a rule be in no version from one on. It stays where readers of others find it.</summary>
    private void Remove(Rule rule, ulong version)
    {
        rule.Removed = version;
        Count(rule, -1);
        _evictions[rule.Table]?.Remove(rule);
        _cookies.Remove(rule);
        _groupUsers.Remove(rule);
        _meterUsers.Remove(rule);
        if (rule.Timer is { Place: >= 0 } timer)
            _timers.Remove(timer);
    }

    /// <summary>The rules that a modification or deletion is about (<c>collect_rules_loose</c>, <c>collect_rules_strict</c>).</summary>
    private List<Rule> Select(FlowChange change)
    {
        var rules = new List<Rule>();
        bool isStrict = change.Command is FlowCommand.ModifyStrict or FlowCommand.DeleteStrict;
        if (!isStrict && change is { CookieMask: ulong.MaxValue, CookieFilter: not 0 })
        {
            rules.AddRange(_cookies.RulesOf(change.CookieFilter)
                .Where(rule => (change.Table is not { } only || only == rule.Table) && rule.Match.IsWithin(change.Match)));
            Narrow(rules, change);
            return rules;
        }

        int last = Math.Min(change.Table ?? int.MaxValue, FlowCheck.InternalTable - 1);
        for (int number = change.Table ?? 0; number <= last; number++)
        {
            if (_tables[number] is not { } table)
                continue;
            if (!isStrict)
                table.Select(change.Match, rules);
            else if (table.Find(change.Match, change.Priority) is { } exact)
                rules.Add(exact);
            if (!isStrict && table.HasHidden)
                rules.RemoveAll(rule => rule.IsHidden);
        }

        if (change.CookieMask != 0)
            rules.RemoveAll(rule => ((rule.Cookie ^ change.CookieFilter) & change.CookieMask) != 0);
        Narrow(rules, change);
        return rules;
    }

    /// <summary>Leaves those that output where a deletion, or a question, wants them to.</summary>
    private static void Narrow(List<Rule> rules, FlowChange change)
    {
        if (!IsDeletion(change))
            return;
        if (change.OutPort != OpenFlowPorts.None)
            rules.RemoveAll(rule => !rule.Actions.OutputsTo(change.OutPort));
        if (change.OutGroup != FlowChange.AnyGroup)
            rules.RemoveAll(rule => !rule.Actions.OutputsToGroup(change.OutGroup));
    }

    private Rule NewRule(FlowChange change) => new(change.Table ?? 0, change.Priority, change.Match, change.Actions!)
    {
        Cookie = change.Cookie ?? 0,
        IdleTimeout = change.IdleTimeout,
        HardTimeout = change.HardTimeout,
        Flags = change.Flags,
        Importance = change.Importance,
        Created = _batchTime,
        Modified = _batchTime,
    };

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
            Cookie = change.KeepsCookie ? rule.Cookie : change.Cookie ?? rule.Cookie,
            IdleTimeout = rule.IdleTimeout,
            HardTimeout = rule.HardTimeout,
            Flags = rule.Flags,
            Importance = rule.Importance,
            Created = rule.Created,
            Modified = _batchTime,
            Counters = counters,
        };
    }
}
