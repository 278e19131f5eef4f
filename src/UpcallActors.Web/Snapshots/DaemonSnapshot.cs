using System.Collections.Immutable;

namespace UpcallActors.Web;

/// <summary>
/// A running daemon at one moment: what the status page shows, and what <c>upcall-actors/snapshot</c>
/// answers as JSON. Counters count from the daemon's start and only grow, except those of datapath
/// and ports, which may be older than the daemon; rates are the differences of two snapshots.
/// </summary>
internal sealed record DaemonSnapshot
{
    /// <summary>When it was taken.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Seconds since the process started.</summary>
    public required double UptimeSeconds { get; init; }

    /// <summary>The daemon's version, three numbers.</summary>
    public required string Version { get; init; }

    /// <summary>The daemon's process id.</summary>
    public required int ProcessId { get; init; }

    /// <summary>Why the daemon is not ready; null when it is.</summary>
    public required string? NotReadyBecause { get; init; }

    /// <summary>The datapath.</summary>
    public required DatapathSnapshot Datapath { get; init; }

    /// <summary>The bridges, in the order of the configuration.</summary>
    public required ImmutableArray<BridgeSnapshot> Bridges { get; init; }

    /// <summary>Each lane, by handler.</summary>
    public required ImmutableArray<LaneSnapshot> Lanes { get; init; }

    /// <summary>Upcalls by what they asked, over all lanes.</summary>
    public required ImmutableArray<ClassSnapshot> Classes { get; init; }

    /// <summary>From a batch's reception until the datapath has handled its requests, over all lanes.</summary>
    public required LatencySnapshot Latency { get; init; }

    /// <summary>Upcalls lost, by every cause there is, over all lanes.</summary>
    public required ImmutableArray<LossSnapshot> Losses { get; init; }

    /// <summary>Requests that the datapath answered with an error; those that occurred.</summary>
    public required ImmutableArray<ErrorSnapshot> Errors { get; init; }

    /// <summary>Packets that the datapath dropped, by cause; empty for the kernel's, which does not report them.</summary>
    public required ImmutableArray<DropSnapshot> Drops { get; init; }

    /// <summary>The ports with the most upcalls, and behind them with the most packets; at most <see cref="MaxPorts"/>.</summary>
    public required ImmutableArray<PortSnapshot> Ports { get; init; }

    /// <summary>How many ports there are.</summary>
    public required int PortCount { get; init; }

    /// <summary>The ports that the configuration asks for and the datapath does not have.</summary>
    public required ImmutableArray<WaitingPortSnapshot> WaitingPorts { get; init; }

    /// <summary>Packets that were reassembled before they came up.</summary>
    public required MruSnapshot Mru { get; init; }

    /// <summary>The state of revalidation; null without it.</summary>
    public required RevalidationView? Revalidation { get; init; }

    /// <summary>The most that <see cref="Ports"/> has.</summary>
    public const int MaxPorts = 128;
}

/// <summary>The datapath.</summary>
/// <param name="Name">Its name.</param>
/// <param name="FullName">With its type: <c>system@ovs-system</c>.</param>
/// <param name="Dispatch">How upcalls are spread over lanes: by flow, per-cpu or per-vport.</param>
/// <param name="Features">What it was found to support.</param>
/// <param name="Stats">Its counters; null when it did not answer.</param>
internal sealed record DatapathSnapshot(string Name, string FullName, string Dispatch, ImmutableArray<FeatureSnapshot> Features,
    DatapathStatsSnapshot? Stats);

/// <summary>A feature of a datapath.</summary>
/// <param name="Name">Its name, as <c>dpif/show-dp-features</c> has it.</param>
/// <param name="Value">Yes, No, or how much of it.</param>
internal sealed record FeatureSnapshot(string Name, string Value);

/// <summary>A datapath's counters, as <c>dpctl/show</c> has them.</summary>
/// <param name="Hit">Packets that matched a flow.</param>
/// <param name="Missed">Packets that matched none.</param>
/// <param name="Lost">Upcalls that could not be delivered.</param>
/// <param name="Flows">Flows there are.</param>
/// <param name="Masks">Masks there are.</param>
internal sealed record DatapathStatsSnapshot(ulong Hit, ulong Missed, ulong Lost, ulong Flows, uint Masks);

/// <summary>A bridge.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Ports">Ports it has at the moment, LOCAL included.</param>
/// <param name="Rules">OpenFlow rules in its tables.</param>
/// <param name="Missed">Packets that met no rule where they came in.</param>
internal sealed record BridgeSnapshot(string Name, int Ports, int Rules, ulong Missed);

/// <summary>A lane, stage by stage: receive, route, translate, execute.</summary>
internal sealed record LaneSnapshot
{
    /// <summary>Its handler.</summary>
    public required int Lane { get; init; }

    /// <summary>Upcalls received, shed and malformed ones included.</summary>
    public required long Received { get; init; }

    /// <summary>Batches handed to the router.</summary>
    public required long Batches { get; init; }

    /// <summary>Upcalls that shared the translation of an earlier one in their batch.</summary>
    public required long Duplicates { get; init; }

    /// <summary>Translations made.</summary>
    public required long Translated { get; init; }

    /// <summary>Translations that ended with an error.</summary>
    public required long TranslationErrors { get; init; }

    /// <summary>EXECUTEs that the datapath accepted.</summary>
    public required long Executes { get; init; }

    /// <summary>Flow puts that the datapath accepted.</summary>
    public required long FlowPuts { get; init; }

    /// <summary>Upcalls whose packet the translation drops.</summary>
    public required long Dropped { get; init; }

    /// <summary>Upcalls for a consumer of ours, as a controller's: their packets have gone on by themselves.</summary>
    public required long Consumed { get; init; }

    /// <summary>Sends, each one system call with the kernel's datapath.</summary>
    public required long Sends { get; init; }

    /// <summary>Upcalls done with, however they ended.</summary>
    public required long Completed { get; init; }

    /// <summary>Upcalls lost in the lane and at its source.</summary>
    public required long Lost { get; init; }

    /// <summary>Batches on their way or in the receiver's hand.</summary>
    public required int CreditsInUse { get; init; }

    /// <summary>Batches there are.</summary>
    public required int Credits { get; init; }

    /// <summary>Actors that failed and were restarted.</summary>
    public required long Restarts { get; init; }
}

/// <summary>Upcalls of a class.</summary>
/// <param name="Class">As telemetry names it: miss, slow_path, controller, sflow, flow_sample, ipfix, bad.</param>
/// <param name="Upcalls">How many came.</param>
internal sealed record ClassSnapshot(string Class, long Upcalls);

/// <summary>A histogram of latencies.</summary>
/// <param name="BoundsSeconds">Upper bounds of the buckets, ascending; what is longer than the last is in one bucket more.</param>
/// <param name="Counts">Batches by bucket, since the start.</param>
/// <param name="P50Seconds">The bound that half of all stay below; null when that is beyond the last.</param>
/// <param name="P99Seconds">The bound that 99 of 100 stay below; null when that is beyond the last.</param>
internal sealed record LatencySnapshot(ImmutableArray<double> BoundsSeconds, ImmutableArray<long> Counts, double? P50Seconds,
    double? P99Seconds);

/// <summary>Upcalls lost for a cause.</summary>
/// <param name="Cause">As telemetry names it: source, shed, truncated, malformed, …</param>
/// <param name="Description">The same in words.</param>
/// <param name="Upcalls">How many.</param>
internal sealed record LossSnapshot(string Cause, string Description, long Upcalls);

/// <summary>Packets that the datapath dropped for a cause.</summary>
/// <param name="Cause">As telemetry names it: over_mtu, meter, …</param>
/// <param name="Description">The same in words.</param>
/// <param name="Packets">How many.</param>
internal sealed record DropSnapshot(string Cause, string Description, long Packets);

/// <summary>Requests that the datapath refused.</summary>
/// <param name="Request">execute, flow_put or send.</param>
/// <param name="Errno">The error's number.</param>
/// <param name="Description">The error in words.</param>
/// <param name="Count">How often.</param>
internal sealed record ErrorSnapshot(string Request, int Errno, string Description, long Count);

/// <summary>A port of the datapath.</summary>
internal sealed record PortSnapshot
{
    /// <summary>Its number in the datapath; null for all those together that are not counted one by one.</summary>
    public required uint? Number { get; init; }

    /// <summary>Its name; null when the datapath does not have it any more.</summary>
    public required string? Name { get; init; }

    /// <summary>The bridge it belongs to; null for none.</summary>
    public required string? Bridge { get; init; }

    /// <summary>Upcalls that came of it.</summary>
    public required long Upcalls { get; init; }

    /// <summary>Upcalls of it that were shed, it being over its share.</summary>
    public required long Shed { get; init; }

    /// <summary>Packets received on it; null when the datapath does not say.</summary>
    public required ulong? RxPackets { get; init; }

    /// <summary>Bytes received on it.</summary>
    public required ulong? RxBytes { get; init; }

    /// <summary>Packets sent on it.</summary>
    public required ulong? TxPackets { get; init; }

    /// <summary>Bytes sent on it.</summary>
    public required ulong? TxBytes { get; init; }
}

/// <summary>A port that the configuration asks for and the datapath does not have; it is tried again.</summary>
/// <param name="Bridge">Its bridge.</param>
/// <param name="Name">Its name.</param>
/// <param name="Number">Its OpenFlow port number.</param>
/// <param name="IsRefused">Whether it was refused, rather than its device missing.</param>
/// <param name="Reason">What is in its way, in words.</param>
internal sealed record WaitingPortSnapshot(string Bridge, string Name, uint Number, bool IsRefused, string Reason);

/// <summary>Packets with an MRU.</summary>
/// <param name="Upcalls">Upcalls that had one.</param>
/// <param name="Largest">The largest, bytes of layer 3; 0 when there was none.</param>
/// <param name="Refragmented">Packets that had to leave in smaller fragments
/// than they had come in, for the egress MTU is less than their MRU.</param>
internal sealed record MruSnapshot(long Upcalls, int Largest, long Refragmented);

/// <summary>The state of revalidation, as in <c>upcall/show</c>.</summary>
/// <param name="Flows">Flows in the datapath.</param>
/// <param name="AverageFlows">A running average of them.</param>
/// <param name="MaxFlows">The most there were.</param>
/// <param name="FlowLimit">The current limit.</param>
/// <param name="DumpMilliseconds">How long the last round took.</param>
/// <param name="Rounds">Rounds ended.</param>
/// <param name="IsPaused">Whether no rounds are started.</param>
/// <param name="Keys">Flows of each revalidator.</param>
/// <param name="Deleted">Flows deleted, for any reason.</param>
internal sealed record RevalidationView(
    int Flows, int AverageFlows, int MaxFlows, int FlowLimit, double DumpMilliseconds, long Rounds, bool IsPaused, ImmutableArray<int> Keys,
    long Deleted);
