using System.Globalization;
using System.Text;
using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto;

/// <summary>
/// Prints rules as <c>ovs-ofctl dump-flows</c> does (<c>ofputil_flow_stats_format</c>); what is printed can be read again.
/// </summary>
internal static class RuleText
{
    /// <summary>Without statistics: <c>ovs-ofctl dump-flows --no-stats</c>.</summary>
    public static string Format(Rule rule, FlowNames? names = null)
    {
        ArgumentNullException.ThrowIfNull(rule);
        var text = new StringBuilder();
        if (rule.Cookie != 0)
            AppendCookie(text, rule);
        if (rule.Table != 0 || names?.HasTable(rule.Table) == true)
            AppendTable(text, rule, names);
        AppendRest(text, rule, names);
        return text.ToString();
    }

    /// <summary>
    /// With statistics: <c>cookie=0x0, duration=5.123s, table=0, n_packets=3, n_bytes=180, priority=5,ip actions=output:2</c>.
    /// </summary>
    public static string Format(Rule rule, in RuleStatistics statistics, FlowNames? names = null)
    {
        ArgumentNullException.ThrowIfNull(rule);
        var text = new StringBuilder();
        AppendCookie(text, rule);
        text.Append("duration=");
        AppendDuration(text, statistics.Duration);
        text.Append(", ");
        AppendTable(text, rule, names);
        text.Append(CultureInfo.InvariantCulture, $"n_packets={statistics.Packets}, n_bytes={statistics.Bytes}, ");
        AppendRest(text, rule, names);
        return text.ToString();
    }

    private static void AppendCookie(StringBuilder text, Rule rule) =>
        text.Append(CultureInfo.InvariantCulture, $"cookie=0x{rule.Cookie:x}, ");

    private static void AppendTable(StringBuilder text, Rule rule, FlowNames? names)
    {
        text.Append("table=");
        (names ?? FlowNames.None).AppendTable(text, rule.Table);
        text.Append(", ");
    }

    /// <summary>Seconds, with milliseconds unless they are 0 (<c>ofp_print_duration</c>).</summary>
    private static void AppendDuration(StringBuilder text, TimeSpan duration)
    {
        text.Append((long)duration.TotalSeconds);
        if (duration.Milliseconds != 0)
            text.Append(CultureInfo.InvariantCulture, $".{duration.Milliseconds:d3}");
        text.Append('s');
    }

    private static void AppendRest(StringBuilder text, Rule rule, FlowNames? names)
    {
        if (rule.IdleTimeout != 0)
            text.Append(CultureInfo.InvariantCulture, $"idle_timeout={rule.IdleTimeout}, ");
        if (rule.HardTimeout != 0)
            text.Append(CultureInfo.InvariantCulture, $"hard_timeout={rule.HardTimeout}, ");
        FlowFlagText.Append(text, rule.Flags);
        if (rule.Importance != 0)
            text.Append(CultureInfo.InvariantCulture, $"importance={rule.Importance}, ");
        string priority = rule.Priority == FlowChange.DefaultPriority
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $"priority={rule.Priority}");
        string match = rule.Match.ToString(names);
        text.Append(priority).Append(priority.Length > 0 && match.Length > 0 ? "," : "").Append(match);
        if (priority.Length + match.Length > 0)
            text.Append(' ');
        text.Append("actions=");
        rule.Actions.Format(text, names);
    }
}
