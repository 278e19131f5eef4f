using System.Diagnostics;
using System.Diagnostics.Metrics;
using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Pipeline;

/// <summary>
/// The pipeline's instruments; docs/observability.md lists them. Counters are read from the lanes' counters at each collection. Histograms
/// are recorded once per batch, and once per round of the revalidators. Attributes have few values: lanes (up to 64), classes, causes,
/// reasons, events, errnos, and the first <see cref="MaxPortSeries"/> ports.
/// </summary>
internal sealed class PipelineMetrics : IDisposable
{
    /// <summary>Ports measured one by one; a time series each.</summary>
    private const int MaxPortSeries = 64;

    private const string Prefix = "upcall_actors.";

    private static readonly InstrumentAdvice<double> _latencies = new() { HistogramBucketBoundaries = LatencyBounds.Seconds };
    private static readonly InstrumentAdvice<double> _rounds =
        new() { HistogramBucketBoundaries = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10] };
    private static readonly InstrumentAdvice<int> _sizes = new() { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64] };

    private readonly HashSet<uint> _portSeries = [];
    private readonly Lane[] _lanes;
    private readonly PipelineCounters _counters;
    private readonly Meter _meter = new(new MeterOptions(UpcallActorsTelemetry.MeterName) { Version = SpanSource.Version });
    private readonly Histogram<int> _batchSize;
    private readonly Histogram<double> _queueWait;
    private readonly Histogram<double> _latency;

    public PipelineMetrics(Lane[] lanes, PipelineCounters counters, RevalidationState? revalidation)
    {
        _lanes = lanes;
        _counters = counters;
        _batchSize = _meter.CreateHistogram(Prefix + "batch.size", "{upcall}", "Upcalls in a batch.", tags: null, _sizes);
        _queueWait = _meter.CreateHistogram(Prefix + "batch.wait.duration", "s",
            "From the reception of a batch's first upcall until the router begins with it.", tags: null, _latencies);
        _latency = _meter.CreateHistogram(Prefix + "batch.duration", "s",
            "From the reception of a batch's first upcall until the datapath has handled the batch's requests.", tags: null, _latencies);
        Count("upcalls.received", Classes, "{upcall}", "Upcalls received, by class.");
        Count("upcalls.by_port", () => Ports((ports, entry) => ports.ReceivedOn(entry)), "{upcall}", "Upcalls received, by datapath port.");
        Count("upcalls.shed", () => Ports((ports, entry) => ports.ShedOn(entry)), "{upcall}",
            "Upcalls shed because their port was over its share, by datapath port.");
        Count("upcalls.lost", Losses, "{upcall}", "Upcalls lost, by cause.");
        Count("datapath.dropped", () => _lanes[0].Datapath.Drops.Select(drop => Of(drop.Packets, "cause", drop.Cause)), "{packet}",
            "Packets that the embedded datapath dropped, by cause.");
        PerLane("upcalls.completed", "{upcall}", "Upcalls done with.", counters => counters.Completed);
        PerLane("upcalls.duplicates", "{upcall}", "Upcalls translated by an earlier upcall of their batch.",
            counters => counters.Duplicates);
        PerLane("upcalls.with_mru", "{upcall}", "Upcalls of packets put together from fragments.", counters => counters.WithMru);
        PerLane("upcalls.mru_clamped", "{upcall}", "Upcalls that went back with a smaller MRU, because of the MTU of the port out.",
            counters => counters.MruClamped);
        PerLane("upcalls.dropped", "{upcall}", "Upcalls translated to no action.", counters => counters.Dropped);
        PerLane("translations", "{translation}", "Translations made.", counters => counters.Translated);
        PerLane("translation_errors", "{translation}", "Translations that ended with an error.", counters => counters.TranslationErrors);
        PerLane("executes", "{request}", "EXECUTEs that the datapath accepted.", counters => counters.Executes);
        PerLane("flow_puts", "{request}", "Flow puts that the datapath accepted.", counters => counters.FlowPuts);
        PerLane("existing_flows", "{request}", "Flow puts that found their flow already installed.", counters => counters.ExistingFlows);
        PerLane("stale_flows", "{flow}", "Flows not put because the tables had changed since their translation.",
            counters => counters.StaleFlows);
        PerLane("sends", "{send}", "Sends to the datapath; a system call each with the kernel's.", counters => counters.Sends);
        Count("request_errors", RequestErrors, "{request}", "Requests of lanes that the datapath refused, by kind and errno.");
        PerLane("stray_answers", "{answer}", "Answers without a request.", counters => counters.StrayAnswers);
        PerLane("restarts", "{restart}", "Actors of lanes that failed and were restarted.", counters => counters.Restarts);
        PerLane("suppressed_spans", "{span}", "Spans of upcalls not made because there were too many in that second.",
            counters => counters.SuppressedSpans);
        _meter.CreateObservableCounter(
            Prefix + "unattended_failures", () => UnattendedWork.Failures, "{failure}", "Failures of background threads and timers.");
        _meter.CreateObservableUpDownCounter(Prefix + "credits.used", () => PerLane(lane => lane.Pool.Credits - lane.Pool.Free), "{batch}",
            "Batches in use.");
        _meter.CreateObservableUpDownCounter(Prefix + "credits.limit", () => PerLane(lane => lane.Pool.Credits), "{batch}",
            "Batches in total.");
        if (revalidation is not null)
            revalidation.RoundDuration = Measure(revalidation);
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

    private Histogram<double> Measure(RevalidationState state)
    {
        _meter.CreateObservableUpDownCounter(Prefix + "flows.count", () => state.Flows.Count, "{flow}", "Flows in the datapath.");
        _meter.CreateObservableUpDownCounter(Prefix + "flows.limit", () => state.Flows.Limit, "{flow}", "Flows that the datapath may have at this time.");
        Count("flows.deleted", () => Each<FlowDeletionReason>("reason", reason => state.Counters.Deleted(reason)), "{flow}", "Flows deleted, by reason.");
        Count("revalidation.events", () => Each<RevalidationEvent>("event", happened => state.Counters[happened]), "{event}", "What revalidators met with, by event.");
        Count("revalidation.errors", () => state.Counters.RequestErrors.NonZero().Select(error => Of(error.Value, "errno", (int)error.Key)), "{request}", "Requests of revalidators that the datapath refused, by errno.");
        return _meter.CreateHistogram(Prefix + "revalidation.duration", "s", "A round of the revalidators through all flows.", tags: null, _rounds);
    }

    private void Count(string name, Func<IEnumerable<Measurement<long>>> observe, string unit, string description) =>
        _meter.CreateObservableCounter(Prefix + name, observe, unit, description);

    private void PerLane(string name, string unit, string description, Func<LaneCounters, long> count) =>
        Count(name, () => _lanes.Select(lane => new Measurement<long>(count(lane.Counters), lane.Tag)), unit, description);

    private IEnumerable<Measurement<int>> PerLane(Func<Lane, int> number) =>
        _lanes.Select(lane => new Measurement<int>(number(lane), lane.Tag));

    private static IEnumerable<Measurement<long>> Each<T>(string attribute, Func<T, long> count)
        where T : struct, Enum =>
        Enum.GetValues<T>().Select(value => Of(count(value), attribute, SnakeCase.Of(value.ToString())));

    private static Measurement<long> Of(long count, string attribute, object value) =>
        new(count, new KeyValuePair<string, object?>(attribute, value));

    private static Measurement<long> OfPort(long count, uint port, UpcallPort? named) => named is not { } known
        ? Of(count, "in_port", port)
        : new Measurement<long>(
            count,
            new KeyValuePair<string, object?>("in_port", port),
            new KeyValuePair<string, object?>("in_port.name", known.Name),
            new KeyValuePair<string, object?>("bridge", known.Bridge));

    private IEnumerable<Measurement<long>> Classes()
    {
        foreach (UpcallClass upcallClass in Enum.GetValues<UpcallClass>())
            yield return Of(_lanes.Sum(lane => lane.Counters.ByClass(upcallClass)), "class", UpcallActorsTelemetry.NameOf(upcallClass));
    }

    private IEnumerable<Measurement<long>> Ports(Func<PortTable, int, long> count)
    {
        var byPort = new SortedDictionary<uint, long>();
        IUpcallPortNames? names = _lanes[0].Translators.PortNames;
        long others = 0;
        foreach (Lane lane in _lanes)
        {
            others += count(lane.Ports, PortTable.Others);
            for (int entry = PortTable.Others + 1; entry < lane.Ports.Count; entry++)
            {
                uint port = lane.Ports.PortOf(entry);
                if (HasSeries(port))
                    byPort[port] = byPort.GetValueOrDefault(port) + count(lane.Ports, entry);
                else
                    others += count(lane.Ports, entry);
            }
        }

        foreach ((uint port, long upcalls) in byPort)
            yield return OfPort(upcalls, port, names?.Find(port));
        yield return Of(others, "in_port", "other");
    }

    /// <summary>
    /// Once a port has a series it keeps it: what went over to the others later would make one counter jump and the other go back.
    /// </summary>
    private bool HasSeries(uint port)
    {
        lock (_portSeries)
            return _portSeries.Contains(port) || (_portSeries.Count < MaxPortSeries && _portSeries.Add(port));
    }

    private IEnumerable<Measurement<long>> Losses() => _counters.Losses().Select(loss => Of(loss.Count, "cause", loss.Cause));

    private IEnumerable<Measurement<long>> RequestErrors() => _counters.RequestErrors().Select(refused => new Measurement<long>(
        refused.Count,
        new KeyValuePair<string, object?>("request", refused.Request),
        new KeyValuePair<string, object?>("errno", (int)refused.Error)));
}
