using System.Diagnostics;
using Akka.Actor;
using BenchmarkDotNet.Attributes;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using UpcallActors.Ofproto;
using UpcallActors.Pipeline;
using UpcallActors.Pipeline.Tests;

namespace UpcallActors.Benchmarks;

/// <summary>
/// What telemetry costs a lane: <see cref="LaneEndToEnd"/> with distinct flows in full batches, with nobody listening,
/// with OpenTelemetry gathering metrics, and with it taking spans, too, which are thrown away. Time is per upcall.
/// </summary>
[MemoryDiagnoser]
public class LaneTelemetry
{
    private const int Upcalls = 1_000_000;

    private ActorSystem? _system;
    private LoopedDatapath? _datapath;
    private UpcallPipeline? _pipeline;
    private MeterProvider? _meters;
    private TracerProvider? _tracer;

    /// <summary>Who listens. Sampled is the daemon's default, all is a span for each upcall.</summary>
    public enum Listener
    {
        /// <summary>Nobody.</summary>
        Off,

        /// <summary>Metrics alone.</summary>
        Metrics,

        /// <summary>Metrics, and 1 of 100 batches and upcalls traced, at most 100 upcalls a second.</summary>
        Sampled,

        /// <summary>Metrics, and every batch and upcall traced.</summary>
        All,
    }

    /// <summary>Who listens.</summary>
    [Params(Listener.Off, Listener.Metrics, Listener.Sampled, Listener.All)]
    public Listener Listening { get; set; }

    [GlobalSetup]
    public void Start()
    {
        if (Listening >= Listener.Metrics)
            _meters = Sdk.CreateMeterProviderBuilder().AddMeter(UpcallActorsTelemetry.MeterName)
                .AddReader(new PeriodicExportingMetricReader(new Nowhere(), 1000)).Build();
        if (Listening >= Listener.Sampled)
            _tracer = Sdk.CreateTracerProviderBuilder().AddSource(UpcallActorsTelemetry.SourceName).AddProcessor(new Discard()).Build();
        TraceSampling sampling = Listening == Listener.All
            ? new TraceSampling { Batches = 1, Upcalls = 1, UpcallsPerSecond = TraceSampling.MostPerSecond }
            : new TraceSampling();
        _system = ActorSystem.Create("lane-benchmark", "akka.loglevel = OFF");
        _datapath = new LoopedDatapath(RecordedUpcallSet.DistinctMisses(4096), RecordedUpcallSet.Families, ifIndex: 1, 64);
        _pipeline = UpcallPipeline.Start(
            _system, _datapath, new OpenFlowTranslatorFactory([RecordedUpcallSet.Bridge()]),
            new UpcallPipelineSettings { Revalidation = null, Tracing = sampling });
    }

    [GlobalCleanup]
    public async Task Stop()
    {
        await _pipeline!.DisposeAsync();
        await _system!.Terminate();
        _datapath!.Dispose();
        _tracer?.Dispose();
        _meters?.Dispose();
    }

    [Benchmark(OperationsPerInvoke = Upcalls)]
    public long Run()
    {
        LaneCounters lane = _pipeline!.Counters.Lanes[0];
        long end = lane.Completed + Upcalls;
        _datapath!.Offer(Upcalls);
        var spin = new SpinWait();
        while (lane.Completed < end)
            spin.SpinOnce();
        return lane.Lost(LossCause.Shed) == 0
            ? _datapath.Executed
            : throw new InvalidOperationException("not all upcalls ran through the lane");
    }

    private sealed class Discard : BaseProcessor<Activity>;

    private sealed class Nowhere : BaseExporter<Metric>
    {
        public override ExportResult Export(in Batch<Metric> batch) => ExportResult.Success;
    }
}
