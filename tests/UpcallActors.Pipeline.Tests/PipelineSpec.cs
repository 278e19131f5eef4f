using Akka.TestKit.Xunit2;

namespace UpcallActors.Pipeline.Tests;

/// <summary>Runs pipelines over a scripted datapath.</summary>
public abstract class PipelineSpec(string config = "") : TestKit(config + "\nakka.loglevel = OFF\nakka.stdout-loglevel = OFF\nakka.test.single-expect-default = 20s")
{
    internal ScriptedTranslators Translators { get; } = new();

    internal UpcallPipeline Start(ScriptedDatapath datapath, UpcallPipelineSettings? settings = null) =>
        UpcallPipeline.Start(Sys, datapath, Translators, settings ?? new UpcallPipelineSettings());

    /// <summary>Waits until everything that was queued is done with.</summary>
    internal Task Idle(UpcallPipeline pipeline, ScriptedDatapath datapath) =>
        AwaitConditionAsync(() => Task.FromResult(pipeline.Counters.Completed == datapath.UpcallsQueued), TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(2));

}
