using System.Globalization;
using System.Text;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;
using UpcallActors.Web;

namespace UpcallActors.Daemon.Status;

/// <summary>Rules as the status page and clients show them.</summary>
internal static class ListedRules
{
    /// <summary>A rule with what it has counted.</summary>
    public static ListedRule Of(Rule rule, Bridge bridge, FlowNames? names)
    {
        RuleStatistics statistics = bridge.Tables.GetStatistics(rule);
        var actions = new StringBuilder();
        rule.Actions.Format(actions, names);
        return new ListedRule
        {
            Table = rule.Table,
            Priority = rule.Priority,
            Match = rule.Match.ToString(names),
            Actions = actions.ToString(),
            Packets = statistics.Packets,
            Bytes = statistics.Bytes,
            DurationSeconds = statistics.Duration.TotalSeconds,
            Cookie = string.Create(CultureInfo.InvariantCulture, $"0x{rule.Cookie:x}"),
            IdleTimeout = rule.IdleTimeout,
            HardTimeout = rule.HardTimeout,
            Text = RuleText.Format(rule, names),
        };
    }
}
