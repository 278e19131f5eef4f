using System.Text.RegularExpressions;
using UpcallActors.Linux;
using UpcallActors.Ofproto;
using UpcallActors.Pipeline;
using UpcallActors.Unixctl;

namespace UpcallActors.Daemon.Control;

/// <summary>The events of a daemon; those that Open vSwitch has too have its names.</summary>
internal static partial class DaemonEvents
{
    /// <summary>All of them, in the order in which they are shown.</summary>
    public static IEnumerable<CoverageCounter> Of(ControlContext context)
    {
        PipelineCounters pipeline = context.Pipeline.Counters;
        RevalidationCounters? revalidation = context.Pipeline.Revalidation?.Counters;
        return
        [
            new("upcall_received", () => pipeline.Received),
            .. from upcallClass in Enum.GetValues<UpcallClass>()
                select new CoverageCounter($"upcall_{Snake(upcallClass)}", () => pipeline.ByClass(upcallClass)),
            new("upcall_duplicate", () => pipeline.Duplicates),
            new("upcall_with_mru", () => pipeline.WithMru),
            new("upcall_dropped", () => pipeline.Dropped),
            .. pipeline.Losses().Select((loss, index) =>
                new CoverageCounter($"upcall_lost_{loss.Cause}", () => pipeline.Losses()[index].Count)),
            new("upcall_refragmented", () => context.Translators.Refragmented.Sum(port => port.Value)),
            .. Sending(context.Translators.Sent),
            new("xlate_actions", () => Sum(pipeline, lane => lane.Translated) + (revalidation?[RevalidationEvent.FlowTranslated] ?? 0)),
            new("xlate_actions_error", () => Sum(pipeline, lane => lane.TranslationErrors)),
            new("dpif_execute", () => pipeline.Executes),
            new("dpif_execute_error", () => Sum(pipeline, lane => lane.ExecuteErrors.Total)),
            new("dpif_flow_put", () => pipeline.FlowPuts + (revalidation?[RevalidationEvent.FlowModified] ?? 0)),
            new("dpif_flow_put_error", () => Sum(pipeline, lane => lane.FlowPutErrors.Total)),
            new("dpif_flow_exists", () => pipeline.ExistingFlows),
            new("dpif_flow_stale", () => Sum(pipeline, lane => lane.StaleFlows)),
            new("unattended_failure", () => UnattendedWork.Failures),
            new("netlink_sent", () => Sum(pipeline, lane => lane.Sends)),
            .. revalidation == null ? [] : Revalidating(revalidation),
            new("ofproto_dpif_expired", () => context.Translators.Bridges.Sum(bridge => bridge.Tables.Expired)),
            .. Learning(context),
        ];
    }

    private static IEnumerable<CoverageCounter> Sending(PacketOutSenderCounters counters) =>
    [
        new("packet_out", () => counters.PacketOuts),
        new("packet_resumed", () => counters.Resumed),
        new("packet_out_with_mru", () => counters.WithOrigin),
        new("packet_out_dropped", () => counters.Dropped),
        new("packet_out_too_long", () => counters.TooLong),
        new("packet_out_refused", () => counters.Refused),
    ];

    private static IEnumerable<CoverageCounter> Revalidating(RevalidationCounters counters) =>
    [
        new("dpif_flow_del", () => Enum.GetValues<FlowDeletionReason>().Sum(counters.Deleted)),
        .. from reason in Enum.GetValues<FlowDeletionReason>()
            select new CoverageCounter($"flow_del_{Snake(reason)}", () => counters.Deleted(reason)),
        .. from happened in Enum.GetValues<RevalidationEvent>() select new CoverageCounter(Snake(happened), () => counters[happened]),
        new("revalidate_request_error", () => counters.RequestErrors.Total),
    ];

    private static IEnumerable<CoverageCounter> Learning(ControlContext context)
    {
        long Count(Func<MacLearningTable, long> read) => context.Translators.Bridges.Sum(bridge => read(bridge.MacLearning));
        return
        [
            new("mac_learning_learned", () => Count(table => table.Learned)),
            new("mac_learning_expired", () => Count(table => table.Expired)),
            new("mac_learning_evicted", () => Count(table => table.Evicted)),
            new("mac_learning_moved", () => Count(table => table.Moved)),
        ];
    }

    private static long Sum(PipelineCounters counters, Func<LaneCounters, long> count) => counters.Lanes.Sum(count);

    /// <summary>TooLong becomes too_long.</summary>
    private static string Snake<T>(T name)
        where T : struct, Enum => Boundary().Replace(name.ToString(), "_").ToLowerInvariant();

    [GeneratedRegex("(?<=[a-z])(?=[A-Z])")]
    private static partial Regex Boundary();
}
