using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using UpcallActors.Odp;

namespace UpcallActors.Pipeline.Tests;

/// <summary>What the one source and the one meter tell. Listeners see every pipeline of the process, so nothing else may run beside.</summary>
[Collection(nameof(AllocationSpecs))]
public sealed class TelemetrySpecs : PipelineSpec
{
    [Fact]
    public async Task A_traced_batch_has_a_span_for_each_stage_in_one_trace()
    {
        var spans = new ConcurrentQueue<Activity>();
        using ActivityListener listener = Listen(spans);
        using var datapath = new ScriptedDatapath();
        await using UpcallPipeline pipeline = Start(datapath, new UpcallPipelineSettings { UpcallSpanInterval = 2 });

        datapath.Upcall(Upcalls.Miss(1, 1, mru: 1500), Upcalls.Miss(3, 2), Upcalls.Miss(1, 3));
        await Idle(pipeline, datapath);
        await pipeline.StopAsync();

        Activity receive = spans.Single(span => span.OperationName == "upcall.receive");
        receive.Parent.ShouldBeNull();
        receive.ParentSpanId.ShouldBe(default);
        receive.Kind.ShouldBe(ActivityKind.Consumer);
        receive.GetTagItem("upcalls").ShouldBe(3);
        foreach (string stage in (string[])["upcall.route", "upcall.translate", "upcall.execute"])
        {
            Activity span = spans.Single(candidate => candidate.OperationName == stage);
            span.TraceId.ShouldBe(receive.TraceId);
            span.ParentSpanId.ShouldBe(receive.SpanId);
        }

        List<Activity> sampled = [.. spans.Where(span => span.OperationName == "upcall")];
        sampled.Select(span => span.GetTagItem("in_port")).ShouldBe([1u, 1u]);
        sampled.ShouldAllBe(span => span.TraceId != receive.TraceId && span.Links.Single().Context.SpanId == receive.SpanId);
        sampled[0].GetTagItem("class").ShouldBe("miss");
        sampled[0].GetTagItem("mru").ShouldBe((ushort)1500);
        ((string)sampled[0].GetTagItem("key")!).ShouldEndWith("eth_type(0x0800),ipv4(src=10.1.1.1,dst=10.2.0.1,proto=1,tos=0,ttl=64,frag=no),icmp(type=8,code=0)");
        sampled[0].GetTagItem("megaflow").ShouldBe("in_port(1),eth()");
        sampled[0].GetTagItem("actions").ShouldBe("2");
        sampled[0].Status.ShouldBe(ActivityStatusCode.Unset);
    }

    [Fact]
    public async Task The_span_of_an_upcall_that_its_translator_failed_over_says_so_and_shows_no_one_else_s_decision()
    {
        var spans = new ConcurrentQueue<Activity>();
        using ActivityListener listener = Listen(spans);
        using var datapath = new ScriptedDatapath();
        Translators.Decide = (in UpcallView _, Span<byte> _, ref FlowKey _) => throw new InvalidOperationException("told to");
        await using UpcallPipeline pipeline = Start(datapath, new UpcallPipelineSettings { UpcallSpanInterval = 1 });

        datapath.Upcall(Upcalls.Miss(1, 1));
        await Idle(pipeline, datapath);
        await pipeline.StopAsync();

        Activity upcall = spans.Single(span => span.OperationName == "upcall");
        upcall.Status.ShouldBe(ActivityStatusCode.Error);
        upcall.GetTagItem("key").ShouldNotBeNull();
        upcall.GetTagItem("megaflow").ShouldBeNull();
        upcall.GetTagItem("actions").ShouldBeNull();
    }

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
        await using UpcallPipeline pipeline = Start(datapath);

        datapath.Upcall(Enumerable.Range(0, 200).Select(i => Upcalls.Miss(1, (uint)i, (uint)i)));
        await Idle(pipeline, datapath);

        pipeline.Counters.Lanes[0].Restarts.ShouldBe(2);
        datapath.Executes.Select(message => message.Serial).ShouldBe(Enumerable.Range(0, 200).Select(i => (uint)i));
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
        await using UpcallPipeline pipeline = Start(datapath);

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
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => histograms.AddOrUpdate(Name(instrument, tags), value, (_, sum) => sum + value));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => histograms.AddOrUpdate(Name(instrument, tags), value, (_, sum) => sum + value));
        listener.Start();
        using var datapath = new ScriptedDatapath();
        datapath.Answer = message => message.IsExecute ? 0 : 17;
        await using UpcallPipeline pipeline = Start(datapath);

        datapath.Upcall(Upcalls.Miss(5, 1, mru: 1500), Upcalls.Miss(5, 1, mru: 1500), Upcalls.Action(6, 1, UserspaceReason.Controller), [1, 2, 3]);
        await Idle(pipeline, datapath);
        listener.RecordObservableInstruments();

        longs["upcall_actors.upcalls.received class=miss"].ShouldBe(2);
        longs["upcall_actors.upcalls.received class=controller"].ShouldBe(1);
        longs["upcall_actors.upcalls.received class=bad"].ShouldBe(1);
        longs["upcall_actors.upcalls.port.received in_port=5"].ShouldBe(2);
        longs["upcall_actors.upcalls.port.received in_port=6"].ShouldBe(1);
        longs["upcall_actors.upcalls.port.received in_port=other"].ShouldBe(1);
        longs["upcall_actors.upcalls.lost cause=malformed"].ShouldBe(1);
        longs["upcall_actors.upcalls.lost cause=source"].ShouldBe(0);
        longs["upcall_actors.upcalls.completed lane=0"].ShouldBe(4);
        longs["upcall_actors.upcalls.duplicates lane=0"].ShouldBe(1);
        longs["upcall_actors.upcalls.with_mru lane=0"].ShouldBe(2);
        longs["upcall_actors.executes lane=0"].ShouldBe(2);
        longs["upcall_actors.flow_puts lane=0"].ShouldBe(1);
        longs["upcall_actors.translations lane=0"].ShouldBe(1);
        longs["upcall_actors.translations.with_error lane=0"].ShouldBe(0);
        longs["upcall_actors.upcalls.dropped lane=0"].ShouldBe(0);
        longs["upcall_actors.sends lane=0"].ShouldBe(1);
        longs["upcall_actors.answers.stray lane=0"].ShouldBe(0);
        longs["upcall_actors.datapath.errors request=flow_put,errno=17"].ShouldBe(1);
        histograms["upcall_actors.batch.size lane=0"].ShouldBe(4);
        histograms["upcall_actors.batch.latency lane=0"].ShouldBeGreaterThan(0);
        pipeline.Counters.Latency().Sum().ShouldBe(pipeline.Counters.Lanes[0].Batches);
        histograms["upcall_actors.batch.queue_wait lane=0"].ShouldBeGreaterThan(0);
        histograms["upcall_actors.credits.in_use lane=0"].ShouldBeGreaterThanOrEqualTo(1);
    }

    private static string Name(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        List<string> all = [];
        foreach (KeyValuePair<string, object?> tag in tags)
            all.Add($"{tag.Key}={tag.Value}");
        return $"{instrument.Name} {string.Join(',', all)}";
    }

    private static ActivityListener Listen(ConcurrentQueue<Activity> spans)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == UpcallActorsTelemetry.SourceName,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
