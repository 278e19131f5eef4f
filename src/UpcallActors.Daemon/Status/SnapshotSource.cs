using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.InteropServices;
using UpcallActors.Daemon.Control;
using UpcallActors.Hosting;
using UpcallActors.Odp;
using UpcallActors.Ofproto;
using UpcallActors.Pipeline;
using UpcallActors.Switch;
using UpcallActors.Web;

namespace UpcallActors.Daemon.Status;

/// <summary>
/// Takes snapshots of a switch that runs. Costs the lanes nothing: their counters are
/// read, and the datapath is asked over a channel that lives as long. Thread-safe.
/// </summary>
/// <param name="datapath">The datapath.</param>
/// <param name="translators">The bridges.</param>
/// <param name="pipeline">The pipeline over the datapath.</param>
/// <param name="waiting">The ports that the datapath does not have, at the moment.</param>
/// <param name="ports">The datapath's ports, where they are followed.</param>
internal sealed class SnapshotSource(
    IDatapath datapath,
    OpenFlowTranslatorFactory translators,
    UpcallPipeline pipeline,
    Func<IReadOnlyList<WaitingInterface>> waiting,
    IDatapathPorts? ports = null)
{
    private static readonly DateTime _started = StartOfProcess();

    private readonly ImmutableArray<FeatureSnapshot> _features =
        [.. datapath.Support.Rows.Select(row => new FeatureSnapshot(row.Name, row.Result))];

    private Task _checking = Task.CompletedTask;

    /// <summary>
    /// Whether the daemon answers upcalls, by the same judgement as a host of the libraries: it is not ready while a port is missing.
    /// Whether it lives is another question.
    /// </summary>
    public UpcallHealth Health { get; } = new(datapath, ports, pipeline, waiting: waiting);

    /// <summary>Takes one. A datapath that does not answer leaves holes, as the parts of <see cref="DaemonSnapshot"/> say.</summary>
    public DaemonSnapshot Take()
    {
        // It runs in the background: a snapshot does not wait for a lane that hangs, and the next snapshot shows it.
        if (_checking.IsCompleted)
            _checking = Health.CheckAsync();
        (DatapathStatsSnapshot? stats, IReadOnlyList<VportMessage> vports) = AskDatapath();
        ImmutableArray<PortSnapshot> ports = PortsOf(vports);
        PipelineCounters counters = pipeline.Counters;
        DateTimeOffset now = DateTimeOffset.UtcNow;
        return new DaemonSnapshot
        {
            Time = now,
            UptimeSeconds = (now.UtcDateTime - _started).TotalSeconds,
            Version = typeof(SnapshotSource).Assembly.GetName().Version!.ToString(3),
            ProcessId = Environment.ProcessId,
            NotReadyBecause = Health.Problem,
            Datapath = new DatapathSnapshot(datapath.Name, datapath.FullName, datapath.Dispatch.Words(), _features, stats),
            Bridges = [.. translators.Bridges.Select(bridge =>
                new BridgeSnapshot(bridge.Name, bridge.Ports.Length, bridge.Tables.RuleCount, bridge.Tables.Unmatched.Packets))],
            Lanes = [.. counters.Lanes.Select((lane, handler) => LaneOf(lane, handler, counters.Credits(handler)))],
            Classes = [.. Enum.GetValues<UpcallClass>()
                .Select(upcallClass => new ClassSnapshot(UpcallActorsTelemetry.NameOf(upcallClass), counters.ByClass(upcallClass)))],
            Latency = LatencyOf(counters.Latency()),
            Losses = [.. counters.Losses().Select(loss => new LossSnapshot(loss.Cause, loss.Words, loss.Count))],
            Errors = [.. counters.RequestErrors().Select(refused =>
                new ErrorSnapshot(refused.Request, (int)refused.Error, Marshal.GetPInvokeErrorMessage((int)refused.Error), refused.Count))],
            Drops = [.. datapath.Drops.Select(drop => new DropSnapshot(drop.Cause, drop.Description, drop.Packets))],
            Ports = [.. ports.Take(DaemonSnapshot.MaxPorts)],
            PortCount = ports.Length,
            WaitingPorts =
                [.. waiting().Select(port => new WaitingPortSnapshot(port.Bridge, port.Name, port.Number, port.IsRefused, port.Reason))],
            Mru = new MruSnapshot(counters.WithMru, counters.LargestMru, translators.Refragmented.Sum(port => port.Value)),
            Revalidation = pipeline.Revalidation is { } revalidation ? RevalidationOf(revalidation) : null,
        };
    }

    private static DateTime StartOfProcess()
    {
        using var self = Process.GetCurrentProcess();
        return self.StartTime.ToUniversalTime();
    }

    private (DatapathStatsSnapshot? Stats, IReadOnlyList<VportMessage> Ports) AskDatapath()
    {
        try
        {
            using var query = new DatapathQuery(datapath);
            DatapathStats? stats = query.GetDatapath().Stats;
            return (stats is { } known ? new DatapathStatsSnapshot(known.Hit, known.Missed, known.Lost, known.Flows, known.Masks) : null,
                query.GetPorts());
        }
        catch (DatapathException)
        {
            // The datapath is gone, or there are no more sockets. The pipeline logs that; the rest of the snapshot is still useful.
            return (null, []);
        }
    }

    private ImmutableArray<PortSnapshot> PortsOf(IReadOnlyList<VportMessage> vports)
    {
        var byNumber = vports.Where(vport => vport.PortNo != null).ToDictionary(vport => vport.PortNo!.Value);
        Dictionary<uint, string> bridges = [];
        foreach (Bridge bridge in translators.Bridges)
        {
            // Tunnels may share a datapath port, across bridges too: the first one stands for all.
            foreach (BridgePort port in bridge.Ports.Where(port => port.Patch is null))
                bridges.TryAdd(port.DatapathPort, bridge.Name);
        }

        IReadOnlyDictionary<uint, PortCounts> upcalls = pipeline.Counters.ByPort();
        return [.. byNumber.Keys.Union(upcalls.Keys).Select(Port).OrderByDescending(port => port.Upcalls)
            .ThenByDescending(port => port.RxPackets + port.TxPackets ?? 0)];

        PortSnapshot Port(uint number)
        {
            VportMessage? vport = byNumber.GetValueOrDefault(number);
            PortCounts counts = upcalls.GetValueOrDefault(number);
            return new PortSnapshot
            {
                Number = number == PortCounts.Others ? null : number,
                Name = vport?.Name,
                Bridge = bridges.GetValueOrDefault(number),
                Upcalls = counts.Received,
                Shed = counts.Shed,
                RxPackets = vport?.Stats?.RxPackets,
                RxBytes = vport?.Stats?.RxBytes,
                TxPackets = vport?.Stats?.TxPackets,
                TxBytes = vport?.Stats?.TxBytes,
            };
        }
    }

    private static LaneSnapshot LaneOf(LaneCounters lane, int handler, (int InUse, int All) credits) => new()
    {
        Lane = handler,
        Received = lane.Received,
        Batches = lane.Batches,
        Duplicates = lane.Duplicates,
        Translated = lane.Translated,
        TranslationErrors = lane.TranslationErrors,
        Executes = lane.Executes,
        FlowPuts = lane.FlowPuts,
        Dropped = lane.Dropped,
        Consumed = lane.Consumed,
        Sends = lane.Sends,
        Completed = lane.Completed,
        Lost = lane.AllLost,
        CreditsInUse = credits.InUse,
        Credits = credits.All,
        Restarts = lane.Restarts,
    };

    private static LatencySnapshot LatencyOf(ImmutableArray<long> counts)
    {
        return new LatencySnapshot(LatencyBounds.Seconds, counts, Quantile(0.5), Quantile(0.99));

        // JSON has no infinity.
        double? Quantile(double share) =>
            LatencyBounds.Quantile(counts.AsSpan(), share) is var seconds && double.IsFinite(seconds) ? seconds : null;
    }

    private static RevalidationView RevalidationOf(Revalidation revalidation)
    {
        RevalidationSnapshot state = revalidation.Snapshot();
        return new RevalidationView(
            state.Flows, state.AverageFlows, state.MaxFlows, state.FlowLimit, state.DumpDuration.TotalMilliseconds, state.Rounds,
            state.IsPaused, state.Keys,
            Enum.GetValues<FlowDeletionReason>().Sum(revalidation.Counters.Deleted));
    }
}
