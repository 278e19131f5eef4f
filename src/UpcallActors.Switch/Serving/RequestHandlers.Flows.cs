using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <content>Flows.</content>
internal static partial class RequestHandlers
{
    private const byte AllTables = 255;

    private static IEnumerable<RequestRow> FlowRows() =>
    [
        Transaction(MessageType.FlowMod, ChangeFlows),
        Row<FlowRequestMessage>(MessageType.FlowStatsRequest, DumpFlows),
        Row<FlowRequestMessage>(MessageType.AggregateStatsRequest, SumFlows),
    ];

    /// <summary>No packet waits here for a flow; that is looked at when the flow was found right (<c>handle_flow_mod</c>).</summary>
    private static OpenFlowError? ChangeFlows(BridgeRequest request, in TableTransaction transaction)
    {
        var message = (FlowModMessage)request.Message.Body;
        if (transaction.Make(message.Change) is { } error)
            return error;
        if (message.Change.Actions is { } actions)
            request.Bridge.TellUnknownMeter(actions);
        return message.BufferId == FlowModMessage.NoBuffer ? null : BadRequest.BufferUnknown;
    }

    /// <summary>The rules of one moment; what they count is looked at when the answer is sent.</summary>
    private static OpenFlowError? DumpFlows(BridgeRequest request, FlowRequestMessage asked)
    {
        FlowTables tables = request.Bridge.Tables;
        request.ReplyAll(MessageType.FlowStatsReply, Select(tables, asked).Select(rule => StatsOf(tables, rule)));
        return null;
    }

    private static OpenFlowError? SumFlows(BridgeRequest request, FlowRequestMessage asked)
    {
        ulong packets = 0;
        ulong bytes = 0;
        uint flows = 0;
        foreach (Rule rule in Select(request.Bridge.Tables, asked))
        {
            packets += rule.Counters.Packets;
            bytes += rule.Counters.Bytes;
            flows++;
        }

        request.Reply(MessageType.AggregateStatsReply, new AggregateMessage(packets, bytes, flows));
        return null;
    }

    /// <summary>The switch's own table is shown to those who ask for it (<c>FOR_EACH_MATCHING_TABLE</c>).</summary>
    private static IEnumerable<Rule> Select(FlowTables tables, FlowRequestMessage asked) => asked.Table == FlowCheck.InternalTable
        ? tables.GetAllRules().Where(rule => rule.Table == FlowCheck.InternalTable && rule.Match.IsWithin(asked.Match))
        : tables.GetRules(SelectionOf(asked));

    private static FlowChange SelectionOf(FlowRequestMessage asked) => new()
    {
        Command = FlowCommand.Delete,
        Table = asked.Table == AllTables ? null : asked.Table,
        Match = asked.Match,
        CookieFilter = asked.Cookie,
        CookieMask = asked.CookieMask,
        OutPort = asked.OutPort,
        OutGroup = asked.OutGroup,
    };

    private static FlowStats StatsOf(FlowTables tables, Rule rule)
    {
        RuleStatistics statistics = tables.GetStatistics(rule);
        return new FlowStats
        {
            Table = rule.Table,
            Priority = (ushort)rule.Priority,
            Match = rule.Match,
            Cookie = rule.Cookie,
            IdleTimeout = rule.IdleTimeout,
            HardTimeout = rule.HardTimeout,
            Flags = rule.Flags,
            Importance = rule.Importance,
            Actions = rule.Actions,
            HardAge = SecondsOf(statistics.SinceModified),
            Counters = new FlowCounters(
                SecondsOf(statistics.Duration),
                NanosecondsOf(statistics.Duration),
                SecondsOf(statistics.Idle),
                statistics.Packets,
                statistics.Bytes,
                Flows: uint.MaxValue),
        };
    }

    private static uint SecondsOf(TimeSpan time) => (uint)Math.Clamp(time.Ticks / TimeSpan.TicksPerSecond, 0, uint.MaxValue - 1);

    private static uint NanosecondsOf(TimeSpan time) => (uint)(time.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick);
}
