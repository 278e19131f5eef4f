using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto;

/// <content>Single changes, for the version after the current one (<c>modify_flows_start</c>, <c>delete_flows_start</c>).</content>
internal sealed partial class FlowTables
{
    private static bool IsDeletion(FlowChange change) => change.Command is FlowCommand.Delete or FlowCommand.DeleteStrict;

    private ActionProblem? Make(FlowChange change)
    {
        switch (change.Command)
        {
            case FlowCommand.Add:
                return Add(change);
            case FlowCommand.Modify or FlowCommand.ModifyStrict:
                return Modify(change);
            default:
                foreach (Rule rule in Select(change))
                    Delete(rule, RuleChangeKind.Deleted);
                return null;
        }
    }

    private ActionProblem? Modify(FlowChange change)
    {
        List<Rule> rules = Select(change);
        foreach (Rule rule in rules)
            Put(WithActions(rule, change), RuleChangeKind.Modified);

        // OpenFlow 1.0 and ovs-ofctl: modifying nothing adds, unless flows were picked by cookie.
        return rules.Count == 0 && change.CookieMask == 0 ? Add(change) : null;
    }

    /// <summary>Puts a rule in, in place of the one with its match and priority.</summary>
    private void Put(Rule rule, RuleChangeKind kind)
    {
        rule.Added = _version + 1;
        RuleTable table = TableOf(rule.Table) ?? MakeTable(rule.Table);
        Rule? before = table.Insert(rule);
        if (before is not null)
            Remove(before, _version + 1);
        Enter(rule);
        bool isReplacement = kind == RuleChangeKind.Added && before is not null;
        _journal.Add(new RuleChange(isReplacement ? RuleChangeKind.Replaced : kind, rule, before));
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
        _liveRules++;
        _cookies.Add(rule);
        if (rule.IdleTimeout == 0 && rule.HardTimeout == 0)
            return;
        // An empty wheel has stood still, and would go on tick by tick.
        if (_timers.Count == 0)
            _timers.Advance(TickOf(_batchTime), _due);
        _timers.Add(rule.Timer ??= new RuleTimer(rule), TickOf(ExpiryOf(rule)));
    }

    /// <summary>Lets a rule be in no version from one on. It stays where readers of others find it.</summary>
    private void Remove(Rule rule, ulong version)
    {
        rule.Removed = version;
        _liveRules--;
        _cookies.Remove(rule);
        if (rule.Timer is { Place: >= 0 } timer)
            _timers.Remove(timer);
    }

    private List<Rule> Select(FlowChange change)
    {
        var rules = new List<Rule>();
        bool isStrict = change.Command is FlowCommand.ModifyStrict or FlowCommand.DeleteStrict;
        if (!isStrict && change is { CookieMask: ulong.MaxValue, CookieFilter: not 0 })
        {
            rules.AddRange(_cookies.RulesOf(change.CookieFilter)
                .Where(rule => (change.Table is not { } only || only == rule.Table) && rule.Match.IsWithin(change.Match)));
            return rules;
        }

        int last = change.Table ?? TablesSnapshot.TableCount - 1;
        for (int number = change.Table ?? 0; number <= last; number++)
        {
            if (_tables[number] is not { } table)
                continue;
            if (!isStrict)
                table.Select(change.Match, rules);
            else if (table.Find(change.Match, change.Priority) is { } exact)
                rules.Add(exact);
        }

        if (change.CookieMask != 0)
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
}
