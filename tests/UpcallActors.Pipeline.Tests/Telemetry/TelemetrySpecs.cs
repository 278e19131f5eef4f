using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Pipeline.Tests;

/// <summary>
/// What the one source and the one meter tell. Listeners see every pipeline of the process, so nothing else may run beside.
/// </summary>
[Collection(nameof(AllocationSpecs))]
public sealed class TelemetrySpecs : PipelineSpec
{
    [Fact]
    public async Task A_listener_that_throws_costs_no_upcall()
    {
        int stages = 0;
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == UpcallActorsTelemetry.SourceName,
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStarted = span =>
            {
                if (span.OperationName is "upcall.route" or "upcall.translate" && Interlocked.Increment(ref stages) is 1 or 4)
                    throw new InvalidOperationException("told to");
            },
        };
        ActivitySource.AddActivityListener(listener);
        using var datapath = new ScriptedDatapath();
        await using UpcallPipeline pipeline = Start(datapath, new UpcallPipelineSettings { Tracing = new TraceSampling { Batches = 1 } });

        datapath.Upcall(Enumerable.Range(0, 200).Select(i => Upcalls.Miss(1, (uint)i, (uint)i)));
        await Idle(pipeline, datapath);

        pipeline.Counters.Lanes[0].Restarts.ShouldBe(2);
        datapath.Executes.Select(message => message.Serial).ShouldBe(Enumerable.Range(0, 200).Select(i => (uint)i));
    }

    [Fact]
    public async Task A_port_that_has_a_series_keeps_it_when_others_come()
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        bool isOurs = false;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            // Not that of a pipeline which another test has stopped and not let go of.
            if (isOurs && instrument.Name == "upcall_actors.upcalls.by_port")
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, count, tags, _) => counts[tags[0].Value!.ToString()!] = count);
        listener.Start();
        isOurs = true;
        using var datapath = new ScriptedDatapath();
        await using UpcallPipeline pipeline = Start(datapath);
        datapath.Upcall(Enumerable.Range(101, 64).Select(port => Upcalls.Miss((uint)port, 1)));
        await Idle(pipeline, datapath);
        listener.RecordObservableInstruments();
        counts["101"].ShouldBe(1);
        counts["164"].ShouldBe(1);
        counts["other"].ShouldBe(0);

        datapath.Upcall(Upcalls.Miss(1, 1), Upcalls.Miss(164, 2));
        await Idle(pipeline, datapath);
        listener.RecordObservableInstruments();
        counts.ShouldNotContainKey("1");
        counts["164"].ShouldBe(2);
        counts["other"].ShouldBe(1);
    }

    [Theory]
    [InlineData("upcall.route")]
    [InlineData("upcall.translate")]
    public async Task A_stage_that_fails_goes_on_with_its_batch_though_no_other_comes(string stage)
    {
        int failures = 0;
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == UpcallActorsTelemetry.SourceName,
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStarted = span =>
            {
                if (span.OperationName == stage && Interlocked.Increment(ref failures) == 1)
                    throw new InvalidOperationException("told to");
            },
        };
        ActivitySource.AddActivityListener(listener);
        using var datapath = new ScriptedDatapath();
        await using UpcallPipeline pipeline = Start(datapath, new UpcallPipelineSettings { Tracing = new TraceSampling { Batches = 1 } });

        datapath.Upcall(Upcalls.Miss(1, 1));
        await Idle(pipeline, datapath);

        pipeline.Counters.Lanes[0].Restarts.ShouldBe(1);
        datapath.Executes.Count.ShouldBe(1);
    }

    [Fact]
    public async Task The_meter_tells_what_the_lanes_have_counted()
    {
        var longs = new ConcurrentDictionary<string, long>();
        var histograms = new ConcurrentDictionary<string, double>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == UpcallActorsTelemetry.MeterName)
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => longs[Name(instrument, tags)] = value);
        listener.SetMeasurementEventCallback<int>((instrument, value, tags,
            _) => histograms.AddOrUpdate(Name(instrument, tags), value, (_, sum) => sum + value));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags,
            _) => histograms.AddOrUpdate(Name(instrument, tags), value, (_, sum) => sum + value));
        listener.Start();
        using var datapath = new ScriptedDatapath();
        datapath.Answer = message => message.IsExecute ? Errno.None : message.Key.DatapathPort == 5 ? Errno.NoSpace : Errno.Exists;
        await using UpcallPipeline pipeline = Start(datapath);

        byte[] bad = [1, 2, 3];
        byte[] sent = Upcalls.Miss(5, 1, mru: 1500);
        datapath.Upcall(Upcalls.Miss(7, 1), sent, sent, Upcalls.Action(6, 1, UserspaceReason.Controller), bad);
        await Idle(pipeline, datapath);
        listener.RecordObservableInstruments();

        longs["upcall_actors.upcalls.received class=miss"].ShouldBe(3);
        longs["upcall_actors.upcalls.received class=controller"].ShouldBe(1);
        longs["upcall_actors.upcalls.received class=bad"].ShouldBe(1);
        longs["upcall_actors.upcalls.by_port in_port=5"].ShouldBe(2);
        longs["upcall_actors.upcalls.by_port in_port=6"].ShouldBe(1);
        longs["upcall_actors.upcalls.by_port in_port=other"].ShouldBe(1);
        longs["upcall_actors.upcalls.lost cause=malformed"].ShouldBe(1);
        longs["upcall_actors.upcalls.lost cause=source"].ShouldBe(0);
        longs["upcall_actors.upcalls.lost cause=execute_refused"].ShouldBe(0);
        longs["upcall_actors.upcalls.lost cause=unreachable"].ShouldBe(0);
        longs["upcall_actors.upcalls.completed lane=0"].ShouldBe(5);
        longs["upcall_actors.upcalls.duplicates lane=0"].ShouldBe(1);
        longs["upcall_actors.upcalls.with_mru lane=0"].ShouldBe(2);
        longs["upcall_actors.upcalls.mru_clamped lane=0"].ShouldBe(0);
        longs["upcall_actors.executes lane=0"].ShouldBe(3);
        longs["upcall_actors.flow_puts lane=0"].ShouldBe(0);
        longs["upcall_actors.existing_flows lane=0"].ShouldBe(1);
        longs["upcall_actors.translations lane=0"].ShouldBe(2);
        longs["upcall_actors.translation_errors lane=0"].ShouldBe(0);
        longs["upcall_actors.upcalls.dropped lane=0"].ShouldBe(0);
        longs["upcall_actors.sends lane=0"].ShouldBe(1);
        longs["upcall_actors.stray_answers lane=0"].ShouldBe(0);
        longs["upcall_actors.request_errors request=flow_put,errno=28"].ShouldBe(1);
        longs.Keys.ShouldNotContain("upcall_actors.request_errors request=flow_put,errno=17");
        histograms["upcall_actors.batch.size lane=0"].ShouldBe(5);
        histograms["upcall_actors.batch.duration lane=0"].ShouldBeGreaterThan(0);
        pipeline.Counters.Latency().Sum().ShouldBe(pipeline.Counters.Lanes[0].Batches);
        histograms["upcall_actors.batch.wait.duration lane=0"].ShouldBeGreaterThan(0);
        histograms["upcall_actors.credits.used lane=0"].ShouldBeGreaterThanOrEqualTo(1);
    }

    [Fact]
    public async Task Histograms_of_latencies_have_the_bounds_of_the_lanes_own_counts_and_all_instruments_say_what_they_are()
    {
        var instruments = new ConcurrentQueue<Instrument>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == UpcallActorsTelemetry.MeterName)
                    instruments.Enqueue(instrument);
            },
        };
        listener.Start();
        using var datapath = new ScriptedDatapath();
        await using UpcallPipeline pipeline = Start(datapath);

        instruments.Where(instrument => !instrument.Name.StartsWith("upcall_actors.", StringComparison.Ordinal)
            || !instrument.Description!.EndsWith('.') || instrument.Unit is null or "").Select(instrument => instrument.Name)
            .ShouldBeEmpty();
        foreach (Histogram<double> durations in instruments.OfType<Histogram<double>>()
            .Where(histogram => histogram.Name.StartsWith("upcall_actors.batch.", StringComparison.Ordinal)))
            durations.Advice!.HistogramBucketBoundaries!.ShouldBe(LatencyBounds.Seconds);
    }

    private static string Name(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        List<string> all = [];
        foreach (KeyValuePair<string, object?> tag in tags)
            all.Add($"{tag.Key}={tag.Value}");
        return $"{instrument.Name} {string.Join(',', all)}";
    }
}
