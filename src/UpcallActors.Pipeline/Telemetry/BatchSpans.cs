using System.Diagnostics;

namespace UpcallActors.Pipeline;

/// <summary>
/// The spans of batches: <c>upcall.batch</c> from reception until the datapath has handled the requests, with the children
/// <c>upcall.receive</c>, <c>upcall.route</c>, <c>upcall.translate</c> and <c>upcall.execute</c>. The span travels in the batch. Without a
/// listener it costs one field read per stage and batch.
/// </summary>
internal static class BatchSpans
{
    /// <summary>Starts the trace of a batch that is about to be handed on, if it is drawn, with the span of its reception.</summary>
    public static void Begin(Lane lane, UpcallBatch batch, ref SampleChance chance)
    {
        if (!SpanSource.IsOn || !chance.Draw(lane.Tracing.Sampling.Batches))
            return;
        DateTimeOffset start = SpanSource.TimeOf(batch.ReceivedAt);
        Activity? span = SpanSource.StartRoot("upcall.batch", ActivityKind.Consumer, start, links: null);
        if (span is null)
            return;
        batch.Trace = span;
        span.SetTag("upcall.lane", lane.Handler);
        span.SetTag("upcall.batch.size", batch.Count);
        SpanSource.StartChild("upcall.receive", ActivityKind.Internal, span, start)?.Dispose();
    }

    /// <summary>Starts a stage's span; null when the batch is not traced.</summary>
    public static Activity? BeginStage(UpcallBatch batch, string stage) =>
        batch.Trace is { } trace ? SpanSource.StartChild(stage, ActivityKind.Internal, trace) : null;

    /// <summary>Makes the span of the stage that has just ended, since what it did was done for several batches at once.</summary>
    public static void AddExecuted(UpcallBatch batch, long startedAt, int gathered)
    {
        if (batch.Trace is not { } trace)
            return;
        using Activity? span = SpanSource.StartChild("upcall.execute", ActivityKind.Producer, trace, SpanSource.TimeOf(startedAt));
        span?.SetTag("upcall.batches", gathered);
    }

    /// <summary>Ends the span of a batch, if it has one.</summary>
    /// <param name="batch">A batch that is about to go back to its pool.</param>
    /// <param name="problem">Why it did not come to its end; null for one that did.</param>
    public static void End(UpcallBatch batch, string? problem = null)
    {
        if (batch.Trace is not { } trace)
            return;
        batch.Trace = null;
        if (problem is not null)
            trace.SetStatus(ActivityStatusCode.Error, problem);
        trace.Stop();
    }
}
