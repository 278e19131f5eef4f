using System.Diagnostics;
using System.Reflection;
using UpcallActors.Netlink;
using UpcallActors.Odp;
using UpcallActors.Odp.Text;

namespace UpcallActors.Pipeline;

/// <summary>
/// The pipeline's spans. A sampled batch has the spans <c>upcall.receive</c>, <c>upcall.route</c>, <c>upcall.translate</c> and
/// <c>upcall.execute</c> in one trace; every n-th upcall in it has a span <c>upcall</c> of its own, linked to the batch's, with its key, its megaflow (the key under
/// the mask) and its actions as <c>ovs-dpctl</c> prints them. The trace's context travels in the batch. Costs one field read per stage and batch while nobody listens.
/// </summary>
internal static class PipelineTelemetry
{
    /// <summary>The assembly's version, on source and meter.</summary>
    public static readonly string? Version = typeof(PipelineTelemetry).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;

    /// <summary>Room for a mask's attributes: twice a <see cref="FlowKey"/>, which all its fields' headers do not fill.</summary>
    private const int MaxMask = 2 * FlowKey.WordCount * sizeof(ulong);

    private static readonly ActivitySource Source = new(new ActivitySourceOptions(UpcallActorsTelemetry.SourceName) { Version = Version });

    /// <summary>Starts the batch's trace with the span of its reception, which lasts until it is handed on.</summary>
    public static void TraceReceived(Lane lane, UpcallBatch batch)
    {
        lane.Metrics?.RecordBatch(lane, batch.Count);
        if (!Source.HasListeners())
            return;

        // A trace of its own: what happens to run on this thread is no parent of it.
        Activity.Current = null;
        DateTimeOffset start = DateTimeOffset.UtcNow - Stopwatch.GetElapsedTime(batch.ReceivedAt);
        using Activity? span = Source.StartActivity("upcall.receive", ActivityKind.Consumer, default(ActivityContext), null, null, start);
        if (span is null)
            return;
        batch.Trace = span.Context;
        if (!span.IsAllDataRequested)
            return;
        span.SetTag("lane", lane.Handler);
        span.SetTag("upcalls", batch.Count);
    }

    /// <summary>Starts a stage's span; null when the batch is not traced.</summary>
    public static Activity? TraceStage(UpcallBatch batch, string stage) =>
        batch.Trace == default ? null : Source.StartActivity(stage, ActivityKind.Internal, batch.Trace);

    /// <summary>Records how long a batch waited for the router.</summary>
    public static void RecordQueueWait(Lane lane, UpcallBatch batch) => lane.Metrics?.RecordQueueWait(lane, batch.ReceivedAt);

    /// <summary>Records that a batch's requests were handled, and makes the spans of its sampled upcalls.</summary>
    public static void RecordExecuted(Lane lane, UpcallBatch batch, long startedAt, ref int countdown)
    {
        long now = Stopwatch.GetTimestamp();
        lane.Counters.Latency.Count(now - batch.ReceivedAt);
        lane.Metrics?.RecordLatency(lane, Stopwatch.GetElapsedTime(batch.ReceivedAt, now));
        if (batch.Trace == default)
            return;
        DateTimeOffset start = DateTimeOffset.UtcNow - Stopwatch.GetElapsedTime(startedAt);
        using Activity? span = Source.StartActivity("upcall.execute", ActivityKind.Producer, batch.Trace, null, null, start);
        if (span is null || lane.Settings.UpcallSpanInterval == 0)
            return;
        span.SetTag("lane", lane.Handler);
        for (int i = 0; i < batch.Count; i++)
        {
            if (--countdown >= 0)
                continue;
            countdown = lane.Settings.UpcallSpanInterval - 1;
            TraceUpcall(batch, i);
        }
    }

    private static void TraceUpcall(UpcallBatch batch, int upcall)
    {
        ref UpcallRecord record = ref batch.Record(upcall);
        if (record.Class == UpcallClass.Bad)
            return;

        // Linked, not nested: a trace of its own that says in which batch it was.
        Activity? outer = Activity.Current;
        Activity.Current = null;
        DateTimeOffset start = DateTimeOffset.UtcNow - Stopwatch.GetElapsedTime(batch.ReceivedAt);
        using (Activity? span = Source.StartActivity("upcall", ActivityKind.Internal, default(ActivityContext), null, [new ActivityLink(batch.Trace)], start))
        {
            if (span is { IsAllDataRequested: true })
                Describe(span, batch, upcall, record);
        }

        Activity.Current = outer;
    }

    private static void Describe(Activity span, UpcallBatch batch, int upcall, in UpcallRecord record)
    {
        span.SetTag("in_port", batch.Key(upcall).InPort);
        span.SetTag("class", UpcallActorsTelemetry.NameOf(record.Class));
        span.SetTag("mru", record.Message.Origin.Mru);
        span.SetTag("recirc_id", batch.Key(upcall).RecircId);
        if (record.Class is not (UpcallClass.Miss or UpcallClass.SlowPath))
            return;
        ReadOnlySpan<byte> key = record.Message.Key.Of(batch.Slots.Message(upcall));
        span.SetTag("key", FlowText.Format(key, [], names: null, verbose: false));
        if (record.Translation == default)
        {
            span.SetStatus(ActivityStatusCode.Error, "not translated");
            return;
        }

        int masked = record.DuplicateOf == UpcallRecord.Original ? upcall : record.DuplicateOf;
        var mask = new NetlinkWriter(new byte[MaxMask]);
        OvsFlowKeyWriter.WriteMask(batch.Key(upcall), batch.Mask(masked), ref mask);
        span.SetTag("megaflow", FlowText.Format(key, mask.Written, names: null, verbose: false));
        span.SetTag("actions", ActionText.Format(batch.Actions(record), names: null));
        if (record.Translation.Error != XlateError.None)
            span.SetStatus(ActivityStatusCode.Error, record.Translation.Error.ToString());
    }
}
