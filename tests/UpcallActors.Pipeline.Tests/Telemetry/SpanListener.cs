using System.Collections.Concurrent;
using System.Diagnostics;

namespace UpcallActors.Pipeline.Tests;

/// <summary>Gathers the spans that end, of all pipelines of the process.</summary>
internal sealed class SpanListener : IDisposable
{
    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly ActivityListener _listener;

    public SpanListener()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == UpcallActorsTelemetry.SourceName,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _spans.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public Activity Single(string name) => Named(name).ShouldHaveSingleItem();

    public IReadOnlyList<Activity> Named(string name) => [.. _spans.Where(span => span.OperationName == name)];

    public void Dispose() => _listener.Dispose();
}
