using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace UpcallActors.Pipeline;

/// <summary>
/// The pipeline's meter, and those of its instruments that are recorded in the course of the work: sizes and times.
/// <see cref="PipelineMetrics"/> reads the counts at each collection. Without a listener it costs one field read.
/// </summary>
internal sealed class PipelineHistograms : IDisposable
{
    /// <summary>What the names of all instruments begin with.</summary>
    public const string Prefix = "upcall_actors.";

    private static readonly InstrumentAdvice<double> _latencies = new() { HistogramBucketBoundaries = LatencyBounds.Seconds };
    private static readonly InstrumentAdvice<int> _sizes = new() { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64] };
    private static readonly InstrumentAdvice<double> _rounds = new()
    {
        HistogramBucketBoundaries = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10],
    };

    private readonly Histogram<int> _batchSize;
    private readonly Histogram<double> _queueWait;
    private readonly Histogram<double> _latency;
    private readonly Histogram<double> _round;

    public PipelineHistograms()
    {
        _batchSize = Meter.CreateHistogram(Prefix + "batch.size", "{upcall}", "Upcalls in a batch.", tags: null, _sizes);
        _queueWait = Meter.CreateHistogram(
            Prefix + "batch.wait.duration",
            "s",
            "From the reception of a batch's first upcall until the router begins with it.",
            tags: null,
            _latencies);
        _latency = Meter.CreateHistogram(
            Prefix + "batch.duration",
            "s",
            "From the reception of a batch's first upcall until the datapath has handled the batch's requests.",
            tags: null,
            _latencies);
        _round = Meter.CreateHistogram(
            Prefix + "revalidation.duration", "s", "A round of the revalidators through all flows.", tags: null, _rounds);
    }

    /// <summary>The meter.</summary>
    public Meter Meter { get; } = new(new MeterOptions(UpcallActorsTelemetry.MeterName) { Version = SpanSource.Version });

    public void RecordBatch(Lane lane, int upcalls)
    {
        if (_batchSize.Enabled)
            _batchSize.Record(upcalls, lane.Tag);
    }

    public void RecordQueueWait(Lane lane, long receivedAt)
    {
        if (_queueWait.Enabled)
            _queueWait.Record(Stopwatch.GetElapsedTime(receivedAt).TotalSeconds, lane.Tag);
    }

    public void RecordLatency(Lane lane, TimeSpan latency)
    {
        if (_latency.Enabled)
            _latency.Record(latency.TotalSeconds, lane.Tag);
    }

    public void RecordRound(TimeSpan duration) => _round.Record(duration.TotalSeconds);

    /// <inheritdoc/>
    public void Dispose() => Meter.Dispose();
}
