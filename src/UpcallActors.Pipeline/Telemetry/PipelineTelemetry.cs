using System.Diagnostics;
using System.Reflection;

namespace UpcallActors.Pipeline;

/// <summary>
/// The source of all spans, and the spans of batches: <c>upcall.batch</c> from reception until the datapath has handled the requests, with
/// the children <c>upcall.receive</c>, <c>upcall.route</c>, <c>upcall.translate</c> and <c>upcall.execute</c>. The span travels in the
/// batch. Without a listener it costs one field read per stage and batch.
/// </summary>
internal static class PipelineTelemetry
{
    /// <summary>The assembly's version, on source and meter.</summary>
    public static readonly string? Version =
        typeof(PipelineTelemetry).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;

    private static readonly ActivitySource Source = new(new ActivitySourceOptions(UpcallActorsTelemetry.SourceName) { Version = Version });

    /// <summary>Whether there is a listener.</summary>
    public static bool IsOn => Source.HasListeners();

    /// <summary>Starts the trace of a batch that is about to be handed on, if it is drawn, with the span of its reception.</summary>
    public static void TraceReceived(Lane lane, UpcallBatch batch, ref SampleChance chance)
    {
        lane.Metrics?.RecordBatch(lane, batch.Count);
        if (!Source.HasListeners() || !chance.Draw(lane.Tracing.Sampling.Batches))
            return;
        DateTimeOffset start = TimeOf(batch.ReceivedAt);
        Activity? span = StartRoot("upcall.batch", ActivityKind.Consumer, start, links: null);
        if (span is null)
            return;
        batch.Trace = span;
        span.SetTag("upcall.lane", lane.Handler);
        span.SetTag("upcall.batch.size", batch.Count);
        Source.StartActivity("upcall.receive", ActivityKind.Internal, span.Context, null, null, start)?.Dispose();
    }

    /// <summary>Starts a stage's span; null when the batch is not traced.</summary>
    public static Activity? TraceStage(UpcallBatch batch, string stage) =>
        batch.Trace is { } trace ? Source.StartActivity(stage, ActivityKind.Internal, trace.Context) : null;

    /// <summary>Makes the span of the stage that has just ended, since what it did was done for several batches at once.</summary>
    public static void TraceExecuted(UpcallBatch batch, long startedAt, int gathered)
    {
        if (batch.Trace is not { } trace)
            return;
        using Activity? span = Source.StartActivity("upcall.execute", ActivityKind.Producer, trace.Context, null, null, TimeOf(startedAt));
        span?.SetTag("upcall.batches", gathered);
    }

    /// <summary>Ends the span of a batch, if it has one.</summary>
    /// <param name="batch">A batch that is about to go back to its pool.</param>
    /// <param name="problem">Why it did not come to its end; null for one that did.</param>
    public static void EndBatch(UpcallBatch batch, string? problem = null)
    {
        if (batch.Trace is not { } trace)
            return;
        batch.Trace = null;
        if (problem is not null)
            trace.SetStatus(ActivityStatusCode.Error, problem);
        trace.Stop();
    }

    /// <summary>
    /// Starts a span in its own trace: the thread's current activity is not its parent, and it does not become the parent of others.
    /// </summary>
    public static Activity? StartRoot(string name, ActivityKind kind, DateTimeOffset start, IEnumerable<ActivityLink>? links)
    {
        Activity? outer = Activity.Current;
        Activity.Current = null;
        try
        {
            return Source.StartActivity(name, kind, default(ActivityContext), null, links, start);
        }
        finally
        {
            Activity.Current = outer;
        }
    }

    /// <summary>Records how long a batch waited for the router.</summary>
    public static void RecordQueueWait(Lane lane, UpcallBatch batch) => lane.Metrics?.RecordQueueWait(lane, batch.ReceivedAt);

    /// <summary>The time of day of a <see cref="Stopwatch.GetTimestamp"/> not long ago.</summary>
    public static DateTimeOffset TimeOf(long timestamp) => DateTimeOffset.UtcNow - Stopwatch.GetElapsedTime(timestamp);
}
