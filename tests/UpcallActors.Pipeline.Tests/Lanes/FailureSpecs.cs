using Akka.Actor;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Pipeline.Tests;

/// <summary>A failure costs what was at hand, never a batch, never the rest.</summary>
public sealed class FailureSpecs() : PipelineSpec("own { type = PinnedDispatcher }")
{
    [Fact]
    public async Task A_translator_that_throws_costs_one_upcall_and_is_made_anew()
    {
        using var datapath = new ScriptedDatapath();
        ScriptedTranslators.TranslateUpcall output = ScriptedTranslators.OutputTo(2);
        Translators.Decide = (in UpcallView upcall, Span<byte> actions, ref FlowKey mask) =>
            upcall.Key == Upcalls.Key(1, 30) || upcall.Key == Upcalls.Key(1, 63)
                ? throw new InvalidOperationException("told to")
                : output(upcall, actions, ref mask);
        await using UpcallPipeline pipeline = Start(datapath);

        datapath.Upcall(Enumerable.Range(0, 200).Select(i => Upcalls.Miss(1, (uint)i, (uint)i)));
        await Idle(pipeline, datapath);

        datapath.Executes.Select(message => message.Serial)
            .ShouldBe(Enumerable.Range(0, 200).Where(i => i is not (30 or 63)).Select(i => (uint)i));
        pipeline.Counters.Lost(LossCause.TranslatorFailed).ShouldBe(2);
        pipeline.Counters.Lanes[0].Restarts.ShouldBe(2);
        Translators.Created.ShouldBe(3);
        await EveryCreditIsBack(pipeline);
    }

    [Fact]
    public async Task A_failed_translation_is_tried_again_for_a_duplicate()
    {
        using var datapath = new ScriptedDatapath();
        ScriptedTranslators.TranslateUpcall output = ScriptedTranslators.OutputTo(2);
        Translators.Decide = (in UpcallView upcall, Span<byte> actions, ref FlowKey mask) =>
            Translators.Translations == 1 ? throw new InvalidOperationException("told to") : output(upcall, actions, ref mask);
        await using UpcallPipeline pipeline = Start(datapath);

        datapath.Upcall(Upcalls.Miss(1, 1, 0), Upcalls.Miss(1, 1, 1), Upcalls.Miss(1, 1, 2));
        await Idle(pipeline, datapath);

        datapath.Executes.Select(message => message.Serial).ShouldBe([1u, 2u]);
        pipeline.Counters.Lost(LossCause.TranslatorFailed).ShouldBe(1);
        Translators.Translations.ShouldBe(2, "what succeeds stands in for what failed");
        datapath.FlowPuts.Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_stands_in_for_a_failed_translation_credits_its_own_packet_and_those_behind_and_is_shown_as_no_duplicate()
    {
        using var datapath = new ScriptedDatapath();
        var credits = new List<FlowCredit>();
        ScriptedTranslators.TranslateUpcall output = ScriptedTranslators.OutputTo(2);
        Translators.Decide = (in UpcallView upcall, Span<byte> actions, ref FlowKey mask) =>
        {
            credits.Add(upcall.Credit);
            return Translators.Translations <= 2 ? throw new InvalidOperationException("told to") : output(upcall, actions, ref mask);
        };
        await using UpcallPipeline pipeline = Start(datapath);
        using UpcallMonitor monitor = pipeline.Watch(new UpcallMonitorSpecs.Everything());

        datapath.Upcall(Enumerable.Range(0, 5).Select(i => Upcalls.Miss(1, 1, (uint)i, packetLength: 100 + i)));
        await Idle(pipeline, datapath);

        credits.ShouldBe([new FlowCredit(5, 510), new FlowCredit(4, 410), new FlowCredit(3, 309)]);
        MonitoredUpcall[] seen = [.. Enumerable.Range(0, 5).Select(_ =>
            monitor.TryTake(out MonitoredUpcall? upcall) ? upcall : throw new InvalidDataException("less than five"))];
        seen.Select(upcall => upcall.IsDuplicate).ShouldBe([false, false, false, true, true]);
        seen.Select(upcall => upcall.FlowPut).ShouldBe([false, false, true, false, false]);
        (pipeline.Counters.Lost(LossCause.TranslatorFailed), pipeline.Counters.Duplicates, pipeline.Counters.Executes).ShouldBe((2, 2, 3));
    }

    [Fact]
    public async Task Actions_that_are_too_long_are_too_long_for_duplicates_too_and_are_not_made_again()
    {
        using var datapath = new ScriptedDatapath();
        Translators.Decide = (in UpcallView upcall, Span<byte> actions, ref FlowKey mask) =>
            new Translation { ActionsLength = 1 << 20, InstallFlow = true };
        await using UpcallPipeline pipeline = Start(datapath);

        datapath.Upcall(Enumerable.Range(0, 5).Select(i => Upcalls.Miss(1, 1, (uint)i)));
        await Idle(pipeline, datapath);

        Translators.Translations.ShouldBe(1);
        pipeline.Counters.Lost(LossCause.TooLong).ShouldBe(5);
        datapath.Sent.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_executor_that_fails_in_a_send_loses_that_send_and_goes_on_with_a_new_channel()
    {
        using var datapath = new ScriptedDatapath();
        datapath.Refuse = _ => datapath.Sends == 2 ? throw new IOException("told to") : Errno.None;
        await using UpcallPipeline pipeline = Start(datapath);

        foreach (uint serial in (uint[])[0, 1, 2])
        {
            datapath.Upcall(Upcalls.Miss(1, serial, serial));
            await Idle(pipeline, datapath);
        }

        datapath.Executes.Select(message => message.Serial).ShouldBe([0u, 2u]);
        pipeline.Counters.Lost(LossCause.StageFailed).ShouldBe(1);
        datapath.OpenChannels.ShouldBe(1);
        await EveryCreditIsBack(pipeline);
    }

    [Fact]
    public async Task A_receiver_that_fails_opens_its_source_again_and_loses_nothing()
    {
        using var datapath = new ScriptedDatapath();
        int receives = 0;
        datapath.Receiving = () =>
        {
            if (++receives is 2 or 5)
                throw new IOException("told to");
        };
        await using UpcallPipeline pipeline = Start(datapath);

        datapath.Upcall(Enumerable.Range(0, 300).Select(i => Upcalls.Miss(1, (uint)i, (uint)i)));
        await Idle(pipeline, datapath);

        datapath.Executes.Select(message => message.Serial).ShouldBe(Enumerable.Range(0, 300).Select(i => (uint)i));
        pipeline.Counters.Lanes[0].Restarts.ShouldBe(2);
        datapath.OpenSources.ShouldBe(1);
        await EveryCreditIsBack(pipeline);
    }

    [Fact]
    public async Task A_translator_that_never_succeeds_ends_the_pipeline_visibly()
    {
        using var datapath = new ScriptedDatapath(handlers: 2);
        Translators.Decide = (in UpcallView _, Span<byte> _, ref FlowKey _) => throw new InvalidOperationException("told to");
        UpcallPipeline pipeline = Start(datapath, new UpcallPipelineSettings { TranslatorFailureLimit = 20 });

        datapath.Upcall(Enumerable.Range(0, 500).Select(i => Upcalls.Miss(1, (uint)i)));

        (await Should.ThrowAsync<InvalidOperationException>(pipeline.Completion)).Message.ShouldBe("told to");
        await Until(() => pipeline.Counters.CreditsInUse == 0);
        pipeline.Counters.Received.ShouldBe(pipeline.Counters.Completed);
        pipeline.Counters.Lost(LossCause.TranslatorFailed).ShouldBe(19);
        (pipeline.Counters.Lost(LossCause.StageFailed) + 19).ShouldBe(pipeline.Counters.Received);
        datapath.OpenSources.ShouldBe(0);
        datapath.OpenChannels.ShouldBe(0);
    }

    [Fact]
    public async Task A_translator_that_fails_often_but_not_always_ends_nothing()
    {
        using var datapath = new ScriptedDatapath();
        ScriptedTranslators.TranslateUpcall output = ScriptedTranslators.OutputTo(2);
        Translators.Decide = (in UpcallView upcall, Span<byte> actions, ref FlowKey mask) =>
            upcall.Key.Ipv4Dst % 2 == 0 ? throw new InvalidOperationException("told to") : output(upcall, actions, ref mask);
        await using UpcallPipeline pipeline = Start(datapath, new UpcallPipelineSettings { TranslatorFailureLimit = 3 });

        datapath.Upcall(Enumerable.Range(0, 300).Select(i => Upcalls.Miss(1, (uint)i)));
        await Idle(pipeline, datapath);

        pipeline.Counters.Lost(LossCause.TranslatorFailed).ShouldBe(150);
        datapath.Executes.Count.ShouldBe(150);
        pipeline.Completion.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task A_datapath_that_opens_no_channel_ends_the_pipeline_visibly()
    {
        using var datapath = new ScriptedDatapath();
        datapath.OpeningChannel = () => throw new IOException("told to");
        UpcallPipeline pipeline = Start(datapath, new UpcallPipelineSettings { RestartLimit = 3 });

        Exception failure = await Should.ThrowAsync<Exception>(pipeline.Completion);

        failure.GetBaseException().Message.ShouldBe("told to");
    }

    [Fact]
    public async Task Batches_in_the_mailboxes_of_stopped_actors_come_home()
    {
        using var datapath = new ScriptedDatapath();
        using var executing = new Gate();
        using var translating = new Gate();
        datapath.Refuse = _ =>
        {
            executing.Pass();
            throw new IOException("told to");
        };
        ScriptedTranslators.TranslateUpcall output = ScriptedTranslators.OutputTo(2);
        Translators.Decide = (in UpcallView upcall, Span<byte> actions, ref FlowKey mask) =>
        {
            if (Translators.Translations > 1)
                translating.Pass();
            return output(upcall, actions, ref mask);
        };
        var settings = new UpcallPipelineSettings { RestartLimit = 0, TranslatorDispatcher = "own", ExecutorDispatcher = "own" };
        UpcallPipeline pipeline = Start(datapath, settings);
        datapath.Upcall(Upcalls.Miss(1, 1));
        await Until(() => datapath.Sends == 1);
        datapath.Upcall(Upcalls.Miss(1, 2));
        await Until(() => Translators.Translations == 2);
        datapath.Upcall(Upcalls.Miss(1, 3));
        await Until(() => pipeline.Counters.ByClass(UpcallClass.Miss) == 3);

        executing.Open();
        await Until(() => datapath.OpenSources == 0);
        translating.Open();

        await Should.ThrowAsync<IOException>(pipeline.Completion);
        await Until(() => pipeline.Counters.CreditsInUse == 0);
        pipeline.Counters.Lanes[0].ReclaimedBatches.ShouldBe(2);
        pipeline.Counters.Lost(LossCause.StageFailed).ShouldBe(3);
        pipeline.Counters.Completed.ShouldBe(3);
    }

    [Theory]
    [InlineData("receiver")]
    [InlineData("router")]
    [InlineData("translator")]
    [InlineData("executor")]
    public async Task A_stage_that_ends_alone_ends_the_pipeline_visibly(string stage)
    {
        using var datapath = new ScriptedDatapath();
        UpcallPipeline pipeline = Start(datapath);
        datapath.Upcall(Upcalls.Miss(1, 1));
        await Idle(pipeline, datapath);

        Sys.ActorSelection("/user/*/lane-0/" + stage).Tell(PoisonPill.Instance, ActorRefs.NoSender);

        (await Should.ThrowAsync<InvalidOperationException>(pipeline.Completion)).Message.ShouldContain("/" + stage + " ");
        pipeline.Counters.CreditsInUse.ShouldBe(0);
        datapath.OpenSources.ShouldBe(0);
        datapath.OpenChannels.ShouldBe(0);
    }

    [Fact]
    public async Task A_message_that_no_stage_knows_holds_nothing_up()
    {
        using var datapath = new ScriptedDatapath();
        using var sending = new Gate();
        datapath.Refuse = _ => sending.Pass();
        await using UpcallPipeline pipeline = Start(datapath, new UpcallPipelineSettings { ExecutorDispatcher = "own" });
        datapath.Upcall(Upcalls.Miss(1, 1));
        await Until(() => datapath.Sends == 1);
        datapath.Upcall(Upcalls.Miss(1, 2));
        await Until(() => Translators.Translations == 2);

        // The translator answers when it is done with the batch, so the noise comes to the executor behind it.
        _ = await Sys.ActorSelection("/user/*/lane-0/translator").ResolveOne(TimeSpan.FromSeconds(20));
        Sys.ActorSelection("/user/*/lane-0/executor").Tell("noise");
        sending.Open();

        await Idle(pipeline, datapath);
        datapath.Executes.Count.ShouldBe(2);
    }

    /// <summary>One batch stays in the receiver's hand; every other one must be in the pool.</summary>
    private Task EveryCreditIsBack(UpcallPipeline pipeline) => Until(() => pipeline.Counters.CreditsInUse == 1);
}
