namespace UpcallActors.Pipeline.Tests;

/// <summary>
/// Specs of spans. Listeners see every pipeline of the process, so nothing else may run beside them.
/// </summary>
public abstract class SpanSpec : PipelineSpec
{
    /// <summary>Every batch and every upcall has a span.</summary>
    protected static TraceSampling All { get; } = new() { Batches = 1, Upcalls = 1, SlowerThan = TimeSpan.Zero };

    /// <summary>Only upcalls that failed or took an unusual way have one.</summary>
    protected static TraceSampling Exceptions { get; } = new() { Batches = 0, Upcalls = 0, SlowerThan = TimeSpan.Zero };

    private protected async Task Run(TraceSampling sampling, params IEnumerable<byte[]> upcalls)
    {
        using var datapath = new ScriptedDatapath();
        await Run(datapath, sampling, upcalls);
    }

    private protected async Task<UpcallPipeline> Run(ScriptedDatapath datapath, TraceSampling sampling, IEnumerable<byte[]> upcalls)
    {
        long before = datapath.UpcallsQueued;
        await using UpcallPipeline pipeline = Start(datapath, new UpcallPipelineSettings { Tracing = sampling });
        datapath.Upcall(upcalls);
        await Until(() => pipeline.Counters.Completed == datapath.UpcallsQueued - before);
        await pipeline.StopAsync();
        return pipeline;
    }
}
