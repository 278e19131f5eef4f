using UpcallActors.Daemon.Control;
using UpcallActors.Daemon.Control.Commands;
using UpcallActors.Daemon.Telemetry;
using UpcallActors.Hosting;
using UpcallActors.Odp;
using UpcallActors.Odp.Text;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;
using UpcallActors.Pipeline;
using UpcallActors.Switch;
using UpcallActors.Web;

namespace UpcallActors.Daemon.Status;

/// <summary>A switch that runs, as the status page sees it. Thread-safe.</summary>
/// <param name="datapath">The datapath.</param>
/// <param name="translators">The bridges.</param>
/// <param name="pipeline">The pipeline over the datapath.</param>
/// <param name="ports">The datapath's ports, where they are followed.</param>
/// <param name="waiting">The ports that the datapath does not have, at the moment; null where none ever waits.</param>
internal sealed class SwitchStatus(
    IDatapath datapath,
    OpenFlowTranslatorFactory translators,
    UpcallPipeline pipeline,
    IDatapathPorts? ports = null,
    Func<IReadOnlyList<WaitingInterface>>? waiting = null) : IStatusSource
{
    private readonly SnapshotSource _snapshots = new(datapath, translators, pipeline, waiting ?? (() => []), ports);

    /// <summary>What the switch's telemetry is about.</summary>
    public TelemetrySubject Subject { get; } = TelemetrySubject.Of(datapath);

    /// <summary>Whether the daemon answers upcalls.</summary>
    public UpcallHealth Health => _snapshots.Health;

    /// <summary>From now on the daemon is not ready: it finishes the upcalls in progress, and ends.</summary>
    public void Drain() => Health.Drain();

    /// <inheritdoc/>
    public DaemonSnapshot Take() => _snapshots.Take();

    /// <inheritdoc/>
    public FlowListing ListFlows(string? filter, int most, CancellationToken cancellation)
    {
        try
        {
            using var query = new DatapathQuery(datapath);
            IReadOnlyList<VportMessage> ports = query.GetPorts();
            FlowFilter? passes = null;
            if (filter != null && !FlowFilter.TryParse(filter, ports, out passes, out string? problem))
                throw new StatusRequestException(problem);
            return List(query, passes, most, new OdpPortNames(ports.Select(port => KeyValuePair.Create(port.PortNo ?? 0, port.Name ?? ""))),
                cancellation);
        }
        catch (DatapathException refused)
        {
            throw new StatusRequestException(refused.Message, refused);
        }
    }

    /// <inheritdoc/>
    public RuleListing ListRules(string bridge, string? match, int most)
    {
        Bridge found = Find(bridge);
        try
        {
            IReadOnlyList<Rule> rules = RuleSelection.Find(found, match);
            IEnumerable<Rule> busiest = rules.Count <= most ? rules : rules.OrderByDescending(rule => rule.Counters.Packets).Take(most)
                .OrderBy(rule => rule.Table).ThenByDescending(rule => rule.Priority);
            return new RuleListing(rules.Count, [.. busiest.Select(rule => ListedRules.Of(rule, found, found.Names))]);
        }
        catch (FlowSyntaxException malformed)
        {
            throw new StatusRequestException(malformed.Error.Message, malformed);
        }
    }

    /// <inheritdoc/>
    public TraceAnswer Trace(string bridge, string flow)
    {
        Bridge found = Find(bridge);
        try
        {
            OdpPortNames names = new(found.Ports.Where(port => port is { Tunnel: null, Patch: null })
                .Select(port => KeyValuePair.Create(port.DatapathPort, port.Name)));
            FlowTrace trace = new FlowTracer(translators, names).Trace(PacketSyntax.Parse(flow, found));
            return new TraceAnswer(trace, trace.ToString());
        }
        catch (FlowSyntaxException malformed)
        {
            throw new StatusRequestException(malformed.Error.Message, malformed);
        }
    }

    private Bridge Find(string bridge) =>
        translators.Bridges.FirstOrDefault(candidate => candidate.Name == bridge)
        ?? throw new StatusRequestException($"there is no bridge \"{bridge}\"");

    private FlowListing List(DatapathQuery query, FlowFilter? filter, int most, OdpPortNames names, CancellationToken cancellation)
    {
        int read = 0;
        int matched = 0;
        // The least on top, to make room for one with more packets.
        var busiest = new PriorityQueue<FlowDumpLine, ulong>(most + 1);
        long now = datapath.Milliseconds;
        query.ReadFlows(
            () =>
            {
                read = 0;
                matched = 0;
                busiest.Clear();
            },
            (in FlowMessage flow, ReadOnlySpan<byte> message) =>
            {
                read++;
                if (filter?.Passes(flow, message) == false)
                    return;
                matched++;
                if (busiest.Count < most)
                    busiest.Enqueue(FlowDumpLine.Of(flow, message, now), flow.Packets);
                else if (busiest.TryPeek(out _, out ulong least) && flow.Packets > least)
                    busiest.DequeueEnqueue(FlowDumpLine.Of(flow, message, now), flow.Packets);
            },
            () => read >= FlowListing.MostRead || cancellation.IsCancellationRequested);
        cancellation.ThrowIfCancellationRequested();
        return new FlowListing(
            read, read >= FlowListing.MostRead, matched,
            [.. busiest.UnorderedItems.OrderByDescending(flow => flow.Priority).Select(flow => Listed(flow.Element, names))]);
    }

    private static ListedFlow Listed(FlowDumpLine flow, OdpPortNames names) => new(
        FlowText.Format(flow.Key.Span, flow.Mask.Span, names, verbose: false),
        flow.Actions.IsEmpty ? "drop" : ActionText.Format(flow.Actions.Span, names),
        flow.Packets,
        flow.Bytes,
        flow.UsedAgo / 1000.0);
}
