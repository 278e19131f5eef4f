using System.Collections.Immutable;
using System.Text.Json.Serialization;
using UpcallActors.Daemon.Terminal.Clients;
using UpcallActors.Pipeline;
using UpcallActors.Web;

namespace UpcallActors.Daemon.Terminal.Top;

/// <summary>What happened between two snapshots. Rates are per second.</summary>
internal sealed record TopSample
{
    /// <summary>When it ended.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>How long it was, seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>Version, process and how long it runs.</summary>
    public required string Daemon { get; init; }

    /// <summary>The datapath's name.</summary>
    public required string Datapath { get; init; }

    /// <summary>Why the daemon is not ready; null when it is.</summary>
    public required string? NotReadyBecause { get; init; }

    /// <summary>Flows in the datapath; null when it did not answer.</summary>
    public required ulong? Flows { get; init; }

    /// <summary>The limit of flows; null without revalidators.</summary>
    public required int? FlowLimit { get; init; }

    /// <summary>Packets that matched a flow, per second; null when the datapath did not answer.</summary>
    public required double? Hits { get; init; }

    /// <summary>The latency that half of the batches stayed below, seconds; 0 when there was none, null beyond the last bound.</summary>
    public required double? P50Seconds { get; init; }

    /// <summary>The latency that 99 of 100 batches stayed below; as <see cref="P50Seconds"/>.</summary>
    public required double? P99Seconds { get; init; }

    /// <summary>The lanes.</summary>
    public required ImmutableArray<LaneRates> Lanes { get; init; }

    /// <summary>Upcalls by class.</summary>
    public required ImmutableArray<NamedRate> Classes { get; init; }

    /// <summary>Losses by cause, those that there ever were.</summary>
    public required ImmutableArray<NamedRate> Losses { get; init; }

    /// <summary>The ports with the most upcalls, then the most packets, in this time.</summary>
    public required ImmutableArray<PortRates> Ports { get; init; }

    /// <summary>The largest MRU ever, 0 for none.</summary>
    public required int LargestMru { get; init; }

    /// <summary>Compares two snapshots of one daemon. A daemon that was started anew in between counts from 0.</summary>
    public static TopSample Between(DaemonSnapshot before, DaemonSnapshot now)
    {
        if (before.ProcessId != now.ProcessId || now.UptimeSeconds < before.UptimeSeconds)
            before = now;
        double seconds = Math.Max((now.Time - before.Time).TotalSeconds, 1e-3);
        var lanes = before.Lanes.ToDictionary(lane => lane.Lane);
        var classes = before.Classes.ToDictionary(entry => entry.Class, entry => entry.Upcalls);
        var losses = before.Losses.ToDictionary(loss => loss.Cause, loss => loss.Upcalls);
        var ports = before.Ports.Where(port => port.Number is not null).ToDictionary(port => port.Number!.Value);
        long[] latencies = [.. now.Latency.Counts.Select((count,
            bucket) => count - (bucket < before.Latency.Counts.Length ? before.Latency.Counts[bucket] : 0))];
        return new TopSample
        {
            Time = now.Time,
            Seconds = seconds,
            Daemon = $"upcall-actors {now.Version}, pid {now.ProcessId}, up {Quantity.Duration(now.UptimeSeconds)}",
            Datapath = now.Datapath.FullName,
            NotReadyBecause = now.NotReadyBecause,
            Flows = now.Datapath.Stats?.Flows,
            FlowLimit = now.Revalidation?.FlowLimit,
            Hits = (now.Datapath.Stats, before.Datapath.Stats) is ({ } stats, { } earlier)
                ? Math.Max(0, (double)stats.Hit - earlier.Hit) / seconds
                : null,
            P50Seconds = Quantile(latencies, 0.5),
            P99Seconds = Quantile(latencies, 0.99),
            Lanes = [.. now.Lanes.Select(lane => LaneRates.Between(lanes.GetValueOrDefault(lane.Lane, lane), lane, seconds))],
            Classes = [.. now.Classes.Select(entry => new NamedRate(entry.Class, entry.Upcalls,
                (entry.Upcalls - classes.GetValueOrDefault(entry.Class, entry.Upcalls)) / seconds))],
            Losses = [.. now.Losses.Where(loss => loss.Upcalls > 0)
                .Select(loss => new NamedRate(loss.Cause, loss.Upcalls,
                    (loss.Upcalls - losses.GetValueOrDefault(loss.Cause, loss.Upcalls)) / seconds))],
            Ports =
            [
                .. now.Ports.Select(
                    port => PortRates.Between(port.Number is { } number ? ports.GetValueOrDefault(number, port) : port, port, seconds))
                    .OrderByDescending(port => port.Upcalls).ThenByDescending(port => port.Packets)
                    .ThenBy(port => port.Port, StringComparer.Ordinal),
            ],
            LargestMru = now.Mru.Largest,
        };
    }

    private static double? Quantile(long[] counts, double share)
    {
        if (counts.Sum() <= 0)
            return 0;
        double seconds = LatencyBounds.Quantile(counts, share);
        return double.IsFinite(seconds) ? seconds : null;
    }
}

/// <summary>A lane's stages.</summary>
internal sealed record LaneRates(int Lane, double Received, double Translated, double Executed, double FlowPuts, double Lost,
    int CreditsInUse, int Credits)
{
    /// <summary>The rates between two snapshots.</summary>
    public static LaneRates Between(LaneSnapshot before, LaneSnapshot now, double seconds) => new(
        now.Lane,
        (now.Received - before.Received) / seconds,
        (now.Translated - before.Translated) / seconds,
        (now.Executes - before.Executes) / seconds,
        (now.FlowPuts - before.FlowPuts) / seconds,
        (now.Lost - before.Lost) / seconds,
        now.CreditsInUse,
        now.Credits);
}

/// <summary>A count and how fast it grows.</summary>
internal sealed record NamedRate(string Name, long Total, double Rate);

/// <summary>A port's traffic. Packets are those received and sent; null when the datapath does not say.</summary>
internal sealed record PortRates(string Port, string? Bridge, double Upcalls, double Shed, double? RxPackets, double? TxPackets)
{
    /// <summary>Packets in both directions.</summary>
    [JsonIgnore]
    public double Packets => (RxPackets ?? 0) + (TxPackets ?? 0);

    /// <summary>The rates between two snapshots.</summary>
    public static PortRates Between(PortSnapshot before, PortSnapshot now, double seconds) => new(
        SnapshotText.NameOf(now),
        now.Bridge,
        (now.Upcalls - before.Upcalls) / seconds,
        (now.Shed - before.Shed) / seconds,
        Rate(before.RxPackets, now.RxPackets, seconds),
        Rate(before.TxPackets, now.TxPackets, seconds));

    // A device that was made anew counts from 0.
    private static double? Rate(ulong? before, ulong? now, double seconds) =>
        before is { } from && now is { } to ? Math.Max(0, (double)to - from) / seconds : null;
}

/// <summary>How samples are written as JSON, one a line.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(TopSample))]
internal sealed partial class TopJson : JsonSerializerContext;
