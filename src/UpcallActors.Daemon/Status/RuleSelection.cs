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
        IEnumerable<Rule> rules = bridge.Tables.GetRules(selection);
        if (bridge.FailMode == FailMode.Standalone && Selects(selection, bridge.Tables.Standalone))
            rules = rules.Append(bridge.Tables.Standalone);
        return [.. rules.OrderBy(rule => rule.Table).ThenByDescending(rule => rule.Priority)];
    }

    private static bool Selects(FlowChange selection, Rule rule) =>
        (selection.Table ?? rule.Table) == rule.Table
        && rule.Match.IsWithin(selection.Match)
        && ((rule.Cookie ^ selection.CookieFilter) & selection.CookieMask) == 0;
}
