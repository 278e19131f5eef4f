using System.Text.RegularExpressions;
using UpcallActors.Ofproto;

namespace UpcallActors.Tests;

/// <summary>
/// What the rules of a bridge have counted by themselves that packets meet first, those that are gone included. A packet meets one of
/// them each time that the datapath looks it up: in table 0 when it has come in, and behind <c>ct(table=N)</c> in that table. What it
/// meets after that, by <c>resubmit</c> or <c>goto_table</c>, counts it, too, and is left out here.
/// </summary>
internal sealed partial class FirstRules
{
    private readonly FlowTables _tables;
    private readonly Lock _lock = new();
    private readonly Dictionary<RuleCounters, byte> _rules = [];
    private readonly HashSet<byte> _first = [0];

    public FirstRules(FlowTables tables)
    {
        _tables = tables;
        tables.Changed += (_, _) => Note();
        Note();
    }

    /// <summary>Packets that they were credited with, those that met no rule included.</summary>
    public long Packets
    {
        get
        {
            lock (_lock)
            {
                return (long)_tables.Unmatched.Packets
                    + _rules.Where(rule => _first.Contains(rule.Value)).Sum(rule => (long)rule.Key.Packets);
            }
        }
    }

    /// <summary>The tables in which a rule's actions let the datapath look a packet up again.</summary>
    public static IEnumerable<byte> TablesBehind(string actions) =>
        ConntrackTable().Matches(actions).Select(match => byte.Parse(match.Groups["table"].Value, null));

    private void Note()
    {
        lock (_lock)
        {
            foreach (Rule rule in _tables.GetRules())
            {
                _rules[rule.Counters] = rule.Table;
                _first.UnionWith(TablesBehind(rule.Actions.ToString()));
            }
        }
    }

    [GeneratedRegex(@"\bct\((?:[^()]|\([^()]*\))*?\btable=(?<table>\d+)")]
    private static partial Regex ConntrackTable();
}
