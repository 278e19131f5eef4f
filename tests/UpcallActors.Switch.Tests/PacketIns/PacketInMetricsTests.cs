using System.Diagnostics.Metrics;

namespace UpcallActors.Switch.Tests.PacketIns;

/// <summary>What an operator sees of packets for controllers.</summary>
public sealed class PacketInMetricsTests
{
    [Fact]
    public void What_becomes_of_packets_is_measured_by_type_and_cause()
    {
        var counters = new PacketInCounters();
        using Meter meter = PacketInMetrics.Measure(counters);
        for (int i = 0; i < 9; i++)
            counters.CountTold(PacketInType.Miss);
        counters.CountSent(PacketInType.Miss);
        counters.CountLimited(PacketInType.Miss);
        counters.CountDropped(PacketInType.Miss, PacketInLoss.RateLimit, 5);
        counters.CountUnsent(PacketInType.Action, PacketInLoss.NoClient);

        string[] measured = Collect(meter);

        Assert.Equal(
            [
                "upcall_actors.packet_ins.dropped type=action,cause=no_client 1",
                "upcall_actors.packet_ins.dropped type=miss,cause=rate_limit 5",
                "upcall_actors.packet_ins.limited type=miss 1",
                "upcall_actors.packet_ins.sent type=miss 1",
                "upcall_actors.packet_ins.waiting type=miss 3",
            ],
            measured.Where(line => !line.EndsWith(" 0", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Equal(20, measured.Length);
    }

    private static string[] Collect(Meter meter)
    {
        var measured = new List<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (ReferenceEquals(instrument.Meter, meter))
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, count, tags, _) =>
            measured.Add($"{instrument.Name} {string.Join(',', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"))} {count}"));
        listener.Start();
        listener.RecordObservableInstruments();
        return [.. measured];
    }
}
