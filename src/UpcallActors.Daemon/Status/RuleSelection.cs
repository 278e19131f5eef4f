using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;

namespace UpcallActors.Daemon.Status;

/// <summary>
/// A selection of a bridge's rules, in the syntax of <c>ovs-ofctl dump-flows BRIDGE MATCH</c>: a match, a table, a cookie.
/// </summary>
internal static class RuleSelection
{
    /// <summary>
    /// The rules that a text selects, all of them without one: by table, and within it the higher priority first. Throws
    /// <see cref="FlowSyntaxException"/> when the text cannot be read.
    /// </summary>
    public static IReadOnlyList<Rule> Find(Bridge bridge, string? text)
    {
        FlowChange selection = string.IsNullOrWhiteSpace(text)
            ? new FlowChange()
            : FlowSyntax.ParseFlow($"delete {text}", names: bridge.Names);
        return InOrder(bridge.Tables.GetRules(selection));
    }

    /// <summary>All rules of a bridge, those included that OpenFlow does not show.</summary>
    public static IReadOnlyList<Rule> FindAll(Bridge bridge) => InOrder(bridge.Tables.GetAllRules());

    private static Rule[] InOrder(IEnumerable<Rule> rules) =>
        [.. rules.OrderBy(rule => rule.Table).ThenByDescending(rule => rule.Priority)];
}
