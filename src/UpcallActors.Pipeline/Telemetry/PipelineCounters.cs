using System.Collections.Immutable;
using System.Runtime.InteropServices;
using UpcallActors.Odp;

namespace UpcallActors.Pipeline;

/// <summary>
/// What a pipeline has done: the sums over its lanes, and each lane's own.
/// Readable from any thread at any time, also after the pipeline has stopped.
/// </summary>
public sealed class PipelineCounters
{
    private readonly Lane[] _lanes;

    internal PipelineCounters(Lane[] lanes)
    {
        _lanes = lanes;
        Lanes = Array.ConvertAll(lanes, lane => lane.Counters);
    }

    /// <summary>Each lane's counters, by handler.</summary>
    internal IReadOnlyList<LaneCounters> Lanes { get; }

    /// <summary>See <see cref="LaneCounters.Received"/>.</summary>
    public long Received => Sum(lane => lane.Received);

    /// <summary>See <see cref="LaneCounters.Completed"/>.</summary>
    public long Completed => Sum(lane => lane.Completed);

    /// <summary>See <see cref="LaneCounters.Duplicates"/>.</summary>
    public long Duplicates => Sum(lane => lane.Duplicates);

    /// <summary>See <see cref="LaneCounters.ControllerPackets"/>.</summary>
    public long ControllerPackets => Sum(lane => lane.ControllerPackets);

    /// <summary>See <see cref="LaneCounters.WithMru"/>.</summary>
    public long WithMru => Sum(lane => lane.WithMru);

    /// <summary>See <see cref="LaneCounters.LargestMru"/>.</summary>
    public int LargestMru => Lanes.Max(lane => lane.LargestMru);

    /// <summary>See <see cref="LaneCounters.Executes"/>.</summary>
    public long Executes => Sum(lane => lane.Executes);

    /// <summary>See <see cref="LaneCounters.FlowPuts"/>.</summary>
    public long FlowPuts => Sum(lane => lane.FlowPuts);

    /// <summary>See <see cref="LaneCounters.Dropped"/>.</summary>
    public long Dropped => Sum(lane => lane.Dropped);

    /// <summary>See <see cref="LaneCounters.Consumed"/>.</summary>
    public long Consumed => Sum(lane => lane.Consumed);

    /// <summary>See <see cref="LaneCounters.ExistingFlows"/>.</summary>
    public long ExistingFlows => Sum(lane => lane.ExistingFlows);

    /// <summary>Upcalls lost by whatever cause: the sum of <see cref="Losses"/>.</summary>
    public long AllLost => Sum(lane => lane.AllLost) + _lanes[0].Datapath.UnreachableUpcalls;

    /// <summary>Requests of lanes that the datapath refused: the sum of <see cref="RequestErrors"/>.</summary>
    public long AllRequestErrors => Sum(lane => lane.ExecuteErrors.Total + lane.FlowPutErrors.Total + lane.SendErrors.Total);

    /// <summary>
    /// Every cause by which upcalls are lost, with its count, also where that is 0; always the same causes in the same order. The one
    /// source for all that shows, measures or sums losses.
    /// </summary>
    public IReadOnlyList<UpcallLoss> Losses() =>
    [
        .. Enum.GetValues<LossCause>().Select(cause => UpcallLoss.Of(cause, Lost(cause))),
        UpcallLoss.Unreachable(_lanes[0].Datapath.UnreachableUpcalls),
    ];

    /// <summary>The requests of lanes that the datapath refused, by kind and error, those that there were.</summary>
    public IReadOnlyList<RefusedRequests> RequestErrors() =>
    [
        .. Errors("execute", lane => lane.ExecuteErrors),
        .. Errors("flow_put", lane => lane.FlowPutErrors),
        .. Errors("send", lane => lane.SendErrors),
    ];

    /// <summary>See <see cref="LaneCounters.Latency"/>: the counts of all buckets, summed over the lanes.</summary>
    public ImmutableArray<long> Latency()
    {
        long[] sum = new long[LatencyBounds.Buckets];
        foreach (LaneCounters lane in Lanes)
        {
            for (int bucket = 0; bucket < sum.Length; bucket++)
                sum[bucket] += lane.Latency[bucket];
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(sum);
    }

    /// <summary>Batches in use.</summary>
    public int CreditsInUse
    {
        get
        {
            int inUse = 0;
            foreach (Lane lane in _lanes)
                inUse += lane.Pool.Credits - lane.Pool.Free;
            return inUse;
        }
    }

    /// <summary>Batches of a lane that are on their way or in its receiver's hand, and batches it has.</summary>
    public (int InUse, int All) Credits(int lane) => (_lanes[lane].Pool.Credits - _lanes[lane].Pool.Free, _lanes[lane].Pool.Credits);

    /// <summary>See <see cref="LaneCounters.ByClass"/>.</summary>
    public long ByClass(UpcallClass upcallClass) => Sum(lane => lane.ByClass(upcallClass));

    /// <summary>See <see cref="LaneCounters.Lost"/>.</summary>
    public long Lost(LossCause cause) => Sum(lane => lane.Lost(cause));

    /// <summary>See <see cref="LaneCounters.Malformed"/>.</summary>
    internal long Malformed(OdpParseError error) => Sum(lane => lane.Malformed(error));

    /// <summary>
    /// Upcalls received and shed by datapath port, over all lanes. Ports beyond a lane's bound are under <see cref="PortCounts.Others"/>.
    /// </summary>
    public IReadOnlyDictionary<uint, PortCounts> ByPort()
    {
        var ports = new Dictionary<uint, PortCounts>();
        foreach (Lane lane in _lanes)
        {
            for (int entry = 0; entry < lane.Ports.Count; entry++)
            {
                var counts = new PortCounts(lane.Ports.ReceivedOn(entry), lane.Ports.ShedOn(entry));
                if (counts.Received == 0)
                    continue;
                uint port = entry == PortTable.Others ? PortCounts.Others : lane.Ports.PortOf(entry);
                ports[port] = ports.TryGetValue(port, out PortCounts sum)
                    ? new PortCounts(sum.Received + counts.Received, sum.Shed + counts.Shed)
                    : counts;
            }
        }

        return ports;
    }

    private IEnumerable<RefusedRequests> Errors(string request, Func<LaneCounters, ErrnoCounts> errors) =>
        from lane in Lanes
        from error in errors(lane).NonZero()
        group error.Value by error.Key into byError
        select new RefusedRequests(request, byError.Key, byError.Sum());

    private long Sum(Func<LaneCounters, long> count)
    {
        long sum = 0;
        foreach (LaneCounters lane in Lanes)
            sum += count(lane);
        return sum;
    }
}

/// <summary>Upcalls of a port.</summary>
/// <param name="Received">Received, shed ones included.</param>
/// <param name="Shed">Shed because the port was over its share.</param>
public readonly record struct PortCounts(long Received, long Shed)
{
    /// <summary>Stands for the ports that are not counted one by one.</summary>
    public const uint Others = uint.MaxValue;
}
