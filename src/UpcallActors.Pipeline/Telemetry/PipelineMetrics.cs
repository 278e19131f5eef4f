using System.Diagnostics.Metrics;
using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Pipeline;

/// <summary>
/// The pipeline's instruments; docs/observability.md lists them. Counters are read from the lanes' counters at each collection. Histograms
/// are recorded once per batch, and once per round of the revalidators. Attributes have few values: lanes (up to 64), classes, causes,
/// reasons, events, errnos, and the first <see cref="MaxPortSeries"/> ports.
/// </summary>
internal sealed class PipelineMetrics
{
    /// <summary>Ports measured one by one; a time series each.</summary>
    private const int MaxPortSeries = 64;

    private const string Prefix = PipelineHistograms.Prefix;

    private readonly HashSet<uint> _portSeries = [];
    private readonly Lane[] _lanes;
    private readonly PipelineCounters _counters;
    private readonly Meter _meter;

    private PipelineMetrics(Meter meter, Lane[] lanes, PipelineCounters counters, RevalidationState? revalidation)
    {
        _meter = meter;
        _lanes = lanes;
        _counters = counters;
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
            Observe(revalidation);
    }

    /// <summary>Adds the instruments to a meter, with which they go.</summary>
    public static void AddTo(Meter meter, Lane[] lanes, PipelineCounters counters, RevalidationState? revalidation) =>
        _ = new PipelineMetrics(meter, lanes, counters, revalidation);

    private void Observe(RevalidationState state)
    {
        _meter.CreateObservableUpDownCounter(Prefix + "flows.count", () => state.Flows.Count, "{flow}", "Flows in the datapath.");
        _meter.CreateObservableUpDownCounter(
            Prefix + "flows.limit", () => state.Flows.Limit, "{flow}", "The current limit of flows in the datapath.");
        Count("flows.deleted", () => Each<FlowDeletionReason>("reason", reason => state.Counters.Deleted(reason)), "{flow}",
            "Flows deleted, by reason.");
        Count("revalidation.events", () => Each<RevalidationEvent>("event", happened => state.Counters[happened]), "{event}",
            "Events of revalidators.");
        Count(
            "revalidation.errors",
            () => state.Counters.RequestErrors.NonZero().Select(error => Of(error.Value, "errno", (int)error.Key)),
            "{request}",
            "Requests of revalidators that the datapath refused, by errno.");
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
