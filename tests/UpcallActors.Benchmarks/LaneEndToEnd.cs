using Akka.Actor;
using BenchmarkDotNet.Attributes;
using UpcallActors.Ofproto;
using UpcallActors.Pipeline;
using UpcallActors.Pipeline.Tests;

namespace UpcallActors.Benchmarks;

/// <summary>
/// One lane from receive to execute with the five-flow table of the recorded IPv4 scenario: an upcall is copied into its slot, shared
/// out by port, parsed, hashed, looked for among the batch's others, translated unless it is a duplicate, made into a flow put and an
/// EXECUTE, and both are handed to an in-memory channel that walks them. Not in it: system calls. Time is per upcall.
/// </summary>
[MemoryDiagnoser]
public class LaneEndToEnd
{
    private const int Upcalls = 1_000_000;

    private ActorSystem? _system;
    private LoopedDatapath? _datapath;
    private UpcallPipeline? _pipeline;

    /// <summary>Most upcalls that wait at once.</summary>
    [Params(1, 64)]
    public int Batch { get; set; }

    /// <summary>Whether every upcall of a batch has a key of its own, so that none is spared its translation.</summary>
    [Params(false, true)]
    public bool DistinctFlows { get; set; }

    [GlobalSetup]
    public void Start()
    {
        byte[][] upcalls = DistinctFlows ? RecordedUpcallSet.DistinctMisses(4096) : RecordedUpcallSet.Misses;
        _system = ActorSystem.Create("lane-benchmark", "akka.loglevel = OFF");
        _datapath = new LoopedDatapath(upcalls, RecordedUpcallSet.Families, ifIndex: 1, Batch);
        _pipeline = UpcallPipeline.Start(_system, _datapath, new OpenFlowTranslatorFactory([RecordedUpcallSet.Bridge()]),
            new UpcallPipelineSettings { Revalidation = null });
    }

    [GlobalCleanup]
    public async Task Stop()
    {
        await _pipeline!.DisposeAsync();
        await _system!.Terminate();
        _datapath!.Dispose();
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
}
