namespace UpcallActors.Pipeline.Tests;

public sealed class ShutdownSpecs() : PipelineSpec("own { type = PinnedDispatcher }")
{
    [Fact]
    public async Task Stopping_finishes_what_was_received_and_closes_everything()
    {
        using var datapath = new ScriptedDatapath(handlers: 2);
        using var gate = new Gate();
        datapath.Refuse = _ => gate.Pass();
        UpcallPipeline pipeline = Start(datapath, new UpcallPipelineSettings { ExecutorDispatcher = "own" });
        for (int handler = 0; handler < 2; handler++)
            datapath.UpcallOn(handler, Enumerable.Range(0, 300).Select(i => Upcalls.Miss(1, (uint)i)));
        await Until(() => pipeline.Counters.Received == 600);

        Task stopped = pipeline.StopAsync();
        await Until(() => datapath.OpenSources == 0);
        stopped.IsCompleted.ShouldBeFalse();
        datapath.Upcall(Upcalls.Miss(1, 1));
        gate.Open();
        await stopped;

        datapath.Executes.Count.ShouldBe(600);
        pipeline.Counters.Completed.ShouldBe(600);
        pipeline.Counters.CreditsInUse.ShouldBe(0);
        datapath.OpenChannels.ShouldBe(0);
        datapath.Waiting().ShouldBe(1);
    }

    [Fact]
    public async Task A_pipeline_can_be_started_again_in_the_same_system()
    {
        using var datapath = new ScriptedDatapath();
        for (int run = 0; run < 3; run++)
        {
            UpcallPipeline pipeline = Start(datapath);
            datapath.Upcall(Upcalls.Miss(1, 1));
            await Until(() => pipeline.Counters.Completed == 1);
            await pipeline.StopAsync();
        }

        datapath.Executes.Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_system_that_terminates_ends_the_pipeline()
    {
        using var datapath = new ScriptedDatapath();
        UpcallPipeline pipeline = Start(datapath);
        datapath.Upcall(Upcalls.Miss(1, 1));
        await Idle(pipeline, datapath);

        await Sys.Terminate();

        await pipeline.Completion;
        datapath.OpenSources.ShouldBe(0);
        datapath.OpenChannels.ShouldBe(0);
        pipeline.Counters.CreditsInUse.ShouldBe(0);
    }

    [Fact]
    public void Settings_outside_their_ranges_are_refused()
    {
        using var datapath = new ScriptedDatapath();
        UpcallPipelineSettings[] wrong =
        [
            new() { BatchSize = 0 },
            new() { BatchSize = 65 },
            new() { BatchesPerLane = 1 },
            new() { PortShare = 0 },
            new() { PortShare = 1.1 },
            new() { TranslatorFailureLimit = 0 },
        ];

        foreach (UpcallPipelineSettings settings in wrong)
            Should.Throw<ArgumentOutOfRangeException>(() => Start(datapath, settings), settings.ToString());
    }
}
