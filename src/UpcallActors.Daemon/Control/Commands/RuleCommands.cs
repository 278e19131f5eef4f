using System.Globalization;
using System.Text;
using System.Text.Json;
using UpcallActors.Daemon.Status;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;
using UpcallActors.Unixctl;
using UpcallActors.Web;

namespace UpcallActors.Daemon.Control.Commands;

/// <summary>
/// The bridges and their OpenFlow rules: <c>ofproto/list</c>, <c>bridge/dump-flows</c> (<c>ofproto_get_all_flows</c> in ofproto.c), the
/// same as <c>ovs-ofctl dump-flows</c> prints them, and as JSON.
/// </summary>
internal sealed class RuleCommands(ControlContext context)
{
    private const string Names = "--names";
    private const string NoStatistics = "--no-stats";
    private const string OffloadStatistics = "--offload-stats";

    /// <summary>The commands.</summary>
    public IEnumerable<ControlCommand> Commands =>
    [
        new("ofproto/list", "", 0, 0, _ => ControlReply.Of(string.Join('\n', context.Translators.Bridges.Select(bridge => bridge.Name)))),
        new("bridge/dump-flows", "[--offload-stats] bridge", 1, 2, DumpFlows),
        // There are no controllers to connect to again.
        new("bridge/reconnect", "[bridge]", 0, 1, arguments =>
            arguments.Count == 0 || context.TryGetBridge(arguments[0], out _) ? ControlReply.Empty : UnknownBridge),
        new("upcall-actors/dump-rules", $"[{Names}] [{NoStatistics}] bridge [match]", 1, 4, arguments => List(arguments, Print)),
        new("upcall-actors/rules", $"[{Names}] bridge [match]", 1, 4, arguments => List(arguments, PrintDocument)),
    ];

    private static ControlReply UnknownBridge => ControlReply.Error("Unknown bridge");

    private ControlReply DumpFlows(IReadOnlyList<string> arguments)
    {
        bool isOffloaded = arguments.Count == 2 && arguments[0] == OffloadStatistics;
        if (arguments.Count == 2 && !isOffloaded)
            return ControlReply.Error($"unrecognized option '{arguments[0]}'");
        if (!context.TryGetBridge(arguments[^1], out Bridge? bridge))
            return UnknownBridge;
        var text = new StringBuilder();
        foreach (Rule rule in RuleSelection.FindAll(bridge))
            Append(text, rule, bridge.Tables.GetStatistics(rule), isOffloaded);
        return ControlReply.Of(text);
    }

    /// <summary>A line as <c>flow_stats_ds</c> writes it: a match of every packet leaves nothing between its commas.</summary>
    private static void Append(StringBuilder text, Rule rule, RuleStatistics statistics, bool isOffloaded)
    {
        if (rule.Table != 0)
            text.Append(CultureInfo.InvariantCulture, $"table_id={rule.Table}, ");
        text.Append(CultureInfo.InvariantCulture, $"duration={(long)statistics.Duration.TotalSeconds}s, ");
        text.Append(CultureInfo.InvariantCulture, $"n_packets={statistics.Packets}, n_bytes={statistics.Bytes}, ");
        if (isOffloaded)
            text.Append("n_offload_packets=0, n_offload_bytes=0, ");
        string match = rule.Match.ToString();
        if (rule.Priority != FlowChange.DefaultPriority)
            text.Append(CultureInfo.InvariantCulture, $"priority={rule.Priority}{(match.Length > 0 ? "," : "")}");
        text.Append(match).Append(",actions=").Append(rule.Actions).Append('\n');
    }

    private ControlReply List(IReadOnlyList<string> arguments, Func<Bridge, IReadOnlyList<Rule>, HashSet<string>, ControlReply> print)
    {
        HashSet<string> options = [.. arguments.TakeWhile(argument => argument.StartsWith("--", StringComparison.Ordinal))];
        if (options.FirstOrDefault(option => option is not (Names or NoStatistics)) is { } unknown)
            return ControlReply.Error($"unrecognized option '{unknown}'");
        string[] rest = [.. arguments.SkipWhile(argument => argument.StartsWith("--", StringComparison.Ordinal))];
        if (rest.Length is not (1 or 2))
            return ControlReply.Error(rest.Length == 0 ? "no bridge is named" : "too many arguments");
        if (!context.TryGetBridge(rest[0], out Bridge? bridge))
            return BridgeLookup.NoSuchBridge;
        try
        {
            return print(bridge, RuleSelection.Find(bridge, rest.ElementAtOrDefault(1)), options);
        }
        catch (FlowSyntaxException malformed)
        {
            return ControlReply.Error($"{rest[1]}: {malformed.Error.Message}");
        }
    }

    private static ControlReply Print(Bridge bridge, IReadOnlyList<Rule> rules, HashSet<string> options)
    {
        FlowNames? names = options.Contains(Names) ? bridge.Names : null;
        var text = new StringBuilder();
        foreach (Rule rule in rules)
        {
            string line = options.Contains(NoStatistics)
                ? RuleText.Format(rule, names)
                : RuleText.Format(rule, bridge.Tables.GetStatistics(rule), names);
            text.Append(' ').Append(line).Append('\n');
        }

        return ControlReply.Of(text);
    }

    /// <summary>One JSON object, <c>{"bridge":"br0","rules":[…]}</c>, a rule a line.</summary>
    private static ControlReply PrintDocument(Bridge bridge, IReadOnlyList<Rule> rules, HashSet<string> options)
    {
        FlowNames? names = options.Contains(Names) ? bridge.Names : null;
        var text = new StringBuilder($"{{\"bridge\":\"{JsonEncodedText.Encode(bridge.Name)}\",\"rules\":[");
        for (int i = 0; i < rules.Count; i++)
        {
            text.Append(i == 0 ? "\n" : ",\n");
            text.Append(JsonSerializer.Serialize(ListedRules.Of(rules[i], bridge, names), StatusJson.Default.ListedRule));
        }

        return ControlReply.Of(text.Append("\n]}"));
    }
}
