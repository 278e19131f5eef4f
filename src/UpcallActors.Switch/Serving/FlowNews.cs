using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <summary>Tells clients what became of flows: that one went, and what monitors asked for.</summary>
internal static class FlowNews
{
    // OFPRR_*.
    private const byte IdleTimeout = 0;
    private const byte HardTimeout = 1;
    private const byte Deleted = 2;
    private const byte GroupDeleted = 3;
    private const byte MeterDeleted = 4;
    private const byte Evicted = 5;

    private static readonly MessageForm _nicira =
        MessageForms.All.First(form => form is { Type: MessageType.FlowRemoved, Space: MessageSpace.Nicira });

    /// <summary>Tells all clients of a batch of changes.</summary>
    public static void Tell(ServedBridge bridge, RulesChanged news)
    {
        foreach (RuleChange change in news.Changes)
        {
            if (change.Rule.IsHidden)
                continue;
            if (change.Kind >= RuleChangeKind.Deleted && (change.Rule.Flags & FlowFlags.SendFlowRemoved) != 0)
                TellRemoved(bridge, change);
            foreach (OpenFlowClient client in bridge.Clients)
                client.Monitors.Take(change, news.Origin, client);
        }

        foreach (OpenFlowClient client in bridge.Clients)
            client.Monitors.Flush(client, bridge.Tables);
    }

    /// <summary>Tells clients that a table runs full, or does so no more.</summary>
    public static void Tell(ServedBridge bridge, VacancyChanged crossed)
    {
        TableStatusMessage? status = null;
        foreach (OpenFlowClient client in bridge.Clients.Where(client => client.Wants(AsyncKind.TableStatus, (int)crossed.Event)))
        {
            status ??= new TableStatusMessage((byte)crossed.Event, TableAbilities.ConfigOf(bridge.Tables, crossed.Table));
            client.Tell(MessageType.TableStatus, status);
        }
    }

    /// <summary>Why a rule went, in OpenFlow's numbers.</summary>
    public static byte ReasonOf(RuleChangeKind kind) => kind switch
    {
        RuleChangeKind.IdleTimedOut => IdleTimeout,
        RuleChangeKind.HardTimedOut => HardTimeout,
        RuleChangeKind.GroupDeleted => GroupDeleted,
        RuleChangeKind.MeterDeleted => MeterDeleted,
        RuleChangeKind.Evicted => Evicted,
        _ => Deleted,
    };

    private static void TellRemoved(ServedBridge bridge, in RuleChange change)
    {
        byte reason = ReasonOf(change.Kind);
        FlowRemovedMessage? removed = null;
        foreach (OpenFlowClient client in bridge.Clients.Where(client => client.Wants(AsyncKind.FlowRemoved, reason)))
        {
            removed ??= Describe(bridge.Tables, change.Rule, reason);
            // What came after 1.3 is a deletion to those before (ofputil_encode_flow_removed).
            bool isNew = reason is MeterDeleted or Evicted && client.Version < OpenFlowVersion.V14;
            client.Tell(
                client.UsesNxm ? _nicira : MessageForms.Find(MessageType.FlowRemoved, client.Version)!,
                isNew ? removed with { Reason = Deleted } : removed);
        }
    }

    private static FlowRemovedMessage Describe(FlowTables tables, Rule rule, byte reason)
    {
        RuleStatistics statistics = tables.GetStatistics(rule);
        return new FlowRemovedMessage
        {
            Match = rule.Match,
            Cookie = rule.Cookie,
            Priority = (ushort)rule.Priority,
            Reason = reason,
            Table = rule.Table,
            IdleTimeout = rule.IdleTimeout,
            HardTimeout = rule.HardTimeout,
            Counters = FlowCounters.Unknown with
            {
                DurationSeconds = (uint)(statistics.Duration.Ticks / TimeSpan.TicksPerSecond),
                DurationNanoseconds = (uint)(statistics.Duration.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick),
                Packets = statistics.Packets,
                Bytes = statistics.Bytes,
            },
        };
    }
}
