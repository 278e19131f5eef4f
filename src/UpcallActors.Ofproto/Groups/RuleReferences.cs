using System.Collections.Immutable;
using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto;

/// <summary>Which rules name a group, or a meter, by its number; also in a list within the list. For one thread.</summary>
internal sealed class RuleReferences(ActionKind kind)
{
    private readonly Dictionary<uint, HashSet<Rule>> _rules = [];

    /// <summary>How many rules name it.</summary>
    public int CountOf(uint number) => _rules.GetValueOrDefault(number)?.Count ?? 0;

    /// <summary>The rules that name it, as they are now.</summary>
    public ImmutableArray<Rule> RulesOf(uint number) => _rules.GetValueOrDefault(number) is { } rules ? [.. rules] : [];

    /// <summary>A rule came.</summary>
    public void Add(Rule rule) => Add(rule, rule.Actions);

    /// <summary>A rule went that was there.</summary>
    public void Remove(Rule rule) => Remove(rule, rule.Actions);

    private void Add(Rule rule, ActionList actions)
    {
        foreach (OpenFlowAction action in actions.Actions)
        {
            if (action.Kind == kind)
            {
                uint number = NumberIn(action);
                if (!_rules.TryGetValue(number, out HashSet<Rule>? rules))
                    _rules[number] = rules = [];
                rules.Add(rule);
            }
            else if (action.Inner is { } inner)
            {
                Add(rule, inner);
            }
        }
    }

    private void Remove(Rule rule, ActionList actions)
    {
        foreach (OpenFlowAction action in actions.Actions)
        {
            if (action.Kind == kind && _rules.TryGetValue(NumberIn(action), out HashSet<Rule>? rules))
            {
                rules.Remove(rule);
                if (rules.Count == 0)
                    _rules.Remove(NumberIn(action));
            }
            else if (action.Inner is { } inner)
            {
                Remove(rule, inner);
            }
        }
    }

    private static uint NumberIn(OpenFlowAction action) => action is GroupAction group ? group.Group : ((MeterAction)action).Meter;
}
