using System.Diagnostics.Metrics;
using UpcallActors.Pipeline;

namespace UpcallActors.Switch;

/// <summary>The instruments of packets for controllers; docs/observability.md lists them. Counts are read at each collection.</summary>
internal static class PacketInMetrics
{
    private const string Prefix = PipelineHistograms.Prefix + "packet_ins.";
    private const string Unit = "{packet}";

    /// <summary>Measures what is counted, until the meter is disposed of, which is the caller's.</summary>
    public static Meter Measure(PacketInCounters counters)
    {
        var meter = new Meter(new MeterOptions(UpcallActorsTelemetry.MeterName) { Version = SpanSource.Version });
        meter.CreateObservableCounter(Prefix + "sent", () => Each(counters.Sent), Unit, "Packets sent to OpenFlow clients, by type.");
        meter.CreateObservableCounter(
            Prefix + "limited", () => Each(counters.Limited), Unit, "Packets that had to wait for the client's rate limit, by type.");
        meter.CreateObservableUpDownCounter(
            Prefix + "waiting", () => Each(counters.Waiting), Unit, "Packets that wait for their client, by type.");
        meter.CreateObservableCounter(
            Prefix + "dropped", () => Dropped(counters), Unit, "Packets that a client did not get, by type and cause.");
        return meter;
    }

    private static IEnumerable<Measurement<long>> Each(Func<PacketInType, long> count) =>
        Enum.GetValues<PacketInType>().Select(type => new Measurement<long>(count(type), TagOf(type)));

    private static IEnumerable<Measurement<long>> Dropped(PacketInCounters counters) =>
        from type in Enum.GetValues<PacketInType>()
        from cause in Enum.GetValues<PacketInLoss>()
        select new Measurement<long>(
            counters.Dropped(type, cause), TagOf(type), new KeyValuePair<string, object?>("cause", SnakeCase.Of(cause.ToString())));

    private static KeyValuePair<string, object?> TagOf(PacketInType type) => new("type", SnakeCase.Of(type.ToString()));
}
