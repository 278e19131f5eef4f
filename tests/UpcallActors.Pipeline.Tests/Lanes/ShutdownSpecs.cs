using UpcallActors.Odp;
using UpcallActors.Packets;

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
    public async Task Stopping_at_any_moment_loses_nothing_that_was_received()
    {
        for (int run = 0; run < 200; run++)
        {
            using var datapath = new ScriptedDatapath();
            datapath.Upcall(Enumerable.Range(0, 100).Select(i => Upcalls.Miss(1, (uint)i)));
            UpcallPipeline pipeline = Start(datapath, new UpcallPipelineSettings { BatchSize = 8, BatchesPerLane = 4 });
            for (int spin = 0; spin < 20 * run; spin++)
                _ = pipeline.Counters.Received;

            await pipeline.StopAsync();

            pipeline.Counters.Lost(LossCause.StageFailed).ShouldBe(0);
            datapath.Executes.Count.ShouldBe((int)pipeline.Counters.Received);
            pipeline.Counters.Completed.ShouldBe(pipeline.Counters.Received);
        }
    }

    [Fact]
    public async Task A_pipeline_that_waits_leaves_upcalls_alone_until_it_is_to_begin()
    {
        using var datapath = new ScriptedDatapath();
        var begin = new TaskCompletionSource();
        await using UpcallPipeline pipeline = Start(datapath, new UpcallPipelineSettings { Begin = begin.Task });
        datapath.Upcall(Upcalls.Miss(1, 1));
        (await pipeline.FindSilentHandlersAsync(TimeSpan.FromMilliseconds(1))).ShouldBe([0]);
        (pipeline.Counters.Received, pipeline.Started.IsCompleted).ShouldBe((0, false));

        begin.SetResult();

        await pipeline.Started;
        await Idle(pipeline, datapath);
        pipeline.Counters.Received.ShouldBe(1);
    }

    [Fact]
    public async Task A_pipeline_that_waits_can_be_stopped_and_never_begins()
    {
        using var datapath = new ScriptedDatapath();
        var begin = new TaskCompletionSource();
        UpcallPipeline pipeline = Start(datapath, new UpcallPipelineSettings { Begin = begin.Task });

        await pipeline.StopAsync();
        begin.SetResult();

        pipeline.Started.IsCanceled.ShouldBeTrue();
        await pipeline.DisposeAsync();
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
    public async Task A_system_that_terminates_in_the_midst_of_work_leaves_no_batch_behind()
    {
        using var datapath = new ScriptedDatapath();
        using var translating = new Gate();
        ScriptedTranslators.TranslateUpcall output = ScriptedTranslators.OutputTo(2);
        Translators.Decide = (in UpcallView upcall, Span<byte> actions, ref FlowKey mask) =>
        {
            translating.Pass();
            return output(upcall, actions, ref mask);
        };
        UpcallPipeline pipeline = Start(datapath, new UpcallPipelineSettings { TranslatorDispatcher = "own", BatchSize = 1 });
        datapath.Upcall(Upcalls.Miss(1, 1), Upcalls.Miss(1, 2), Upcalls.Miss(1, 3));
        await Until(() => pipeline.Counters.ByClass(UpcallClass.Miss) == 3 && Translators.Translations == 1);

        Task terminated = Sys.Terminate();
        await Until(() => datapath.OpenSources == 0);
        translating.Open();
        await terminated;

        await pipeline.Completion;
        pipeline.Counters.CreditsInUse.ShouldBe(0);
        pipeline.Counters.Completed.ShouldBe(3);
        pipeline.Counters.Lost(LossCause.StageFailed).ShouldBe(3);
        pipeline.Counters.Lanes[0].StaleBatches.ShouldBe(0);
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
