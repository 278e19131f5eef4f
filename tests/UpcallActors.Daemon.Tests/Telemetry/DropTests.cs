using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.Json;
using UpcallActors.Daemon.Terminal;
using UpcallActors.Daemon.Tests.Control;
using UpcallActors.Embedded;
using UpcallActors.Pipeline;

namespace UpcallActors.Daemon.Tests.Telemetry;

/// <summary>Whatever the embedded datapath drops is named with its cause wherever somebody may look.</summary>
public sealed class DropTests
{
    private static readonly (string Cause, string Words)[] _expected =
    [
        ("frame_too_long", "longer than the datapath holds"),
        ("unknown_input_port", "from a port that does not exist"),
        ("malformed_frame", "too short for an Ethernet header, or malformed"),
        ("last_action", "sent nowhere by their flow's actions"),
    ];

    [Fact]
    public async Task A_drop_has_its_cause_in_the_snapshot_in_show_and_in_the_metrics()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync(isAnswered: true);
        Drop(daemon.Datapath);
        await Eventually.HoldsAsync(() => daemon.Datapath.FlowCount == 1);
        daemon.Datapath.Receive(2, Frame);

        using var snapshot = JsonDocument.Parse(await daemon.PrintAsync("upcall-actors/snapshot"));
        Dictionary<string, (long Packets, string Words)> drops = snapshot.RootElement.GetProperty("drops").EnumerateArray().ToDictionary(
            drop => drop.GetProperty("cause").GetString()!,
            drop => (drop.GetProperty("packets").GetInt64(), drop.GetProperty("description").GetString()!));
        drops.Keys.ShouldBe(daemon.Datapath.Drops.Select(drop => drop.Cause), "each cause, also those that never happened");
        foreach ((string cause, string words) in _expected)
        {
            drops[cause].Packets.ShouldBeGreaterThan(0, cause);
            drops[cause].Words.ShouldBe(words);
        }

        await using var output = new StringWriter();
        int code = await CommandLine.RunAsync(["show", "--target", daemon.Directory.SocketPath], output, output);
        code.ShouldBe(0, output.ToString());
        foreach ((string cause, string words) in _expected)
            output.ToString().ShouldContain($"{cause} {drops[cause].Packets} ({words})");

        ConcurrentBag<(string? Cause, long Packets)> measured = Measure();
        foreach ((string cause, string _) in _expected)
            measured.ShouldContain((cause, drops[cause].Packets));
    }

    private static byte[] Frame => [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 0x0a, 0x90, 0, .. new byte[46]];

    private static void Drop(EmbeddedDatapath datapath)
    {
        datapath.Receive(2, new byte[70_000]);
        datapath.Receive(77, Frame);
        datapath.Receive(2, [1, 2, 3]);
        datapath.Receive(2, Frame);
    }

    private static ConcurrentBag<(string? Cause, long Packets)> Measure()
    {
        var measured = new ConcurrentBag<(string?, long)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == UpcallActorsTelemetry.MeterName && instrument.Name == "upcall_actors.datapath.dropped")
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, packets, tags, _) =>
        {
            foreach ((string key, object? value) in tags)
            {
                if (key == "cause")
                    measured.Add((value as string, packets));
            }
        });
        listener.Start();
        listener.RecordObservableInstruments();
        return measured;
    }
}
