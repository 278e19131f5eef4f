using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace UpcallActors.Pipeline;

/// <summary>
/// The pipeline's instruments. Counters are read off the lanes' own when somebody collects; histograms are recorded once per batch.
/// <list type="table">
/// <item><term>upcalls.received</term><description>{upcall}, by <c>class</c></description></item>
/// <item><term>upcalls.port.received</term><description>{upcall}, by <c>in_port</c>; the first 64 ports seen, the rest as <c>other</c></description></item>
/// <item><term>upcalls.port.shed</term><description>{upcall}, by <c>in_port</c> likewise</description></item>
/// <item><term>upcalls.completed</term><description>{upcall}, by <c>lane</c></description></item>
/// <item><term>upcalls.duplicates</term><description>{upcall}: translated with an earlier one of their batch, by <c>lane</c></description></item>
/// <item><term>upcalls.with_mru</term><description>{upcall}, by <c>lane</c></description></item>
/// <item><term>upcalls.lost</term><description>{upcall}, by <c>cause</c>; <c>source</c> is lost before we could receive it</description></item>
/// <item><term>upcalls.dropped</term><description>{upcall}: translated to no action, by <c>lane</c></description></item>
/// <item><term>translations</term><description>{translation}, by <c>lane</c></description></item>
/// <item><term>translations.with_error</term><description>{translation}, by <c>lane</c></description></item>
/// <item><term>executes</term><description>{request}, by <c>lane</c></description></item>
/// <item><term>flow_puts</term><description>{request}, by <c>lane</c></description></item>
/// <item><term>flow_puts.stale</term><description>{flow}: not installed because the tables had changed, by <c>lane</c></description></item>
/// <item><term>datapath.errors</term><description>{error}, by <c>request</c> (execute, flow_put, send) and <c>errno</c></description></item>
/// <item><term>sends</term><description>{send}: system calls with a kernel datapath, by <c>lane</c></description></item>
/// <item><term>answers.stray</term><description>{answer}: to no request of ours, by <c>lane</c></description></item>
/// <item><term>actor.restarts</term><description>{restart}, by <c>lane</c></description></item>
/// <item><term>credits.in_use</term><description>{batch}, by <c>lane</c></description></item>
/// <item><term>batch.size</term><description>{upcall}, histogram, by <c>lane</c></description></item>
/// <item><term>batch.queue_wait</term><description>s, histogram: first upcall received → router starts, by <c>lane</c></description></item>
/// <item><term>batch.latency</term><description>s, histogram: first upcall received → datapath has handled the batch's requests, by <c>lane</c></description></item>
/// </list>
/// All names start with <c>upcall_actors.</c>.
/// </summary>
internal sealed class PipelineMetrics : IDisposable
{
    /// <summary>Ports measured one by one; a time series each.</summary>
    private const int MaxPortSeries = 64;

    private static readonly InstrumentAdvice<double> _durations = new() { HistogramBucketBoundaries = LatencyBounds.Seconds };

    private readonly Lane[] _lanes;
    private readonly Meter _meter = new(new MeterOptions(UpcallActorsTelemetry.MeterName) { Version = PipelineTelemetry.Version });
    private readonly Histogram<int> _batchSize;
    private readonly Histogram<double> _queueWait;
    private readonly Histogram<double> _latency;

    public PipelineMetrics(Lane[] lanes)
    {
        _lanes = lanes;
        _batchSize = _meter.CreateHistogram<int>("upcall_actors.batch.size", "{upcall}", "Upcalls in a batch", tags: null, new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64] });
        _queueWait = _meter.CreateHistogram<double>("upcall_actors.batch.queue_wait", "s", "From reception to the router", tags: null, _durations);
        _latency = _meter.CreateHistogram<double>("upcall_actors.batch.latency", "s", "From reception until the datapath has handled the requests", tags: null, _durations);
        _meter.CreateObservableCounter("upcall_actors.upcalls.received", Classes, "{upcall}", "Upcalls by what they ask");
        _meter.CreateObservableCounter("upcall_actors.upcalls.port.received", () => Ports((ports, entry) => ports.ReceivedOn(entry)), "{upcall}", "Upcalls by input port");
        _meter.CreateObservableCounter("upcall_actors.upcalls.port.shed", () => Ports((ports, entry) => ports.ShedOn(entry)), "{upcall}", "Upcalls shed because their port was over its share");
        _meter.CreateObservableCounter("upcall_actors.upcalls.lost", Losses, "{upcall}", "Upcalls given up, by cause");
        _meter.CreateObservableCounter("upcall_actors.datapath.errors", Errors, "{error}", "Requests that the datapath refused");
        PerLane("upcall_actors.upcalls.completed", "{upcall}", "Upcalls done with", counters => counters.Completed);
        PerLane("upcall_actors.upcalls.duplicates", "{upcall}", "Upcalls translated with an earlier one of their batch", counters => counters.Duplicates);
        PerLane("upcall_actors.upcalls.with_mru", "{upcall}", "Upcalls of reassembled packets", counters => counters.WithMru);
        PerLane("upcall_actors.upcalls.dropped", "{upcall}", "Upcalls translated to no action", counters => counters.Dropped);
        PerLane("upcall_actors.translations", "{translation}", "Translations made", counters => counters.Translated);
        PerLane("upcall_actors.translations.with_error", "{translation}", "Translations that ended with an error", counters => counters.TranslationErrors);
        PerLane("upcall_actors.sends", "{send}", "Sends to the datapath", counters => counters.Sends);
        PerLane("upcall_actors.answers.stray", "{answer}", "Answers to no request of ours", counters => counters.StrayAnswers);
        PerLane("upcall_actors.executes", "{request}", "EXECUTEs sent", counters => counters.Executes);
        PerLane("upcall_actors.flow_puts", "{request}", "Flow puts sent", counters => counters.FlowPuts);
        PerLane("upcall_actors.flow_puts.stale", "{flow}", "Flows not installed because the tables had changed", counters => counters.StaleFlows);
        PerLane("upcall_actors.actor.restarts", "{restart}", "Actors restarted", counters => counters.Restarts);
        _meter.CreateObservableUpDownCounter("upcall_actors.credits.in_use", Credits, "{batch}", "Batches on their way");
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

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

    private void PerLane(string name, string unit, string description, Func<LaneCounters, long> count) =>
        _meter.CreateObservableCounter(name, () => _lanes.Select(lane => new Measurement<long>(count(lane.Counters), lane.Tag)), unit, description);

    private IEnumerable<Measurement<int>> Credits() => _lanes.Select(lane => new Measurement<int>(lane.Pool.Credits - lane.Pool.Free, lane.Tag));

    private IEnumerable<Measurement<long>> Classes()
    {
        foreach (UpcallClass upcallClass in Enum.GetValues<UpcallClass>())
        {
            yield return new Measurement<long>(
                _lanes.Sum(lane => lane.Counters.ByClass(upcallClass)),
                new KeyValuePair<string, object?>("class", UpcallActorsTelemetry.NameOf(upcallClass)));
        }
    }

    private IEnumerable<Measurement<long>> Ports(Func<PortTable, int, long> count)
    {
        var byPort = new SortedDictionary<uint, long>();
        long others = 0;
        foreach (Lane lane in _lanes)
        {
            others += count(lane.Ports, PortTable.Others);
            for (int entry = PortTable.Others + 1; entry < lane.Ports.Count; entry++)
            {
                uint port = lane.Ports.PortOf(entry);
                if (byPort.TryGetValue(port, out long sum) || byPort.Count < MaxPortSeries)
                    byPort[port] = sum + count(lane.Ports, entry);
                else
                    others += count(lane.Ports, entry);
            }
        }

        foreach ((uint port, long upcalls) in byPort)
            yield return new Measurement<long>(upcalls, new KeyValuePair<string, object?>("in_port", port));
        yield return new Measurement<long>(others, new KeyValuePair<string, object?>("in_port", "other"));
    }

    private IEnumerable<Measurement<long>> Losses()
    {
        foreach (LossCause cause in Enum.GetValues<LossCause>())
            yield return Loss(UpcallActorsTelemetry.NameOf(cause), _lanes.Sum(lane => lane.Counters.Lost(cause)));
        yield return Loss("source", _lanes.Sum(lane => lane.Counters.LostAtSource));
    }

    private static Measurement<long> Loss(string cause, long upcalls) => new(upcalls, new KeyValuePair<string, object?>("cause", cause));

    private IEnumerable<Measurement<long>> Errors() =>
        Errors("execute", counters => counters.ExecuteErrors)
            .Concat(Errors("flow_put", counters => counters.FlowPutErrors))
            .Concat(Errors("send", counters => counters.SendErrors));

    private IEnumerable<Measurement<long>> Errors(string request, Func<LaneCounters, ErrnoCounts> errors) =>
        from lane in _lanes
        from error in errors(lane.Counters).NonZero()
        group error.Value by error.Key into byErrno
        select new Measurement<long>(
            byErrno.Sum(),
            new KeyValuePair<string, object?>("request", request),
            new KeyValuePair<string, object?>("errno", byErrno.Key));
}
