using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Pipeline.Tests;

/// <summary>The spans of single upcalls: which upcalls have one, and what it tells.</summary>
[Collection(nameof(AllocationSpecs))]
public sealed class UpcallSpanSpecs : SpanSpec
{
    [Fact]
    public async Task An_upcall_s_span_says_what_came_and_what_was_decided_and_in_which_batch()
    {
        using var spans = new SpanListener();
        await Run(All, Upcalls.Miss(1, 1, mru: 1500), Upcalls.Miss(3, 2));

        Activity batch = spans.Single("upcall.batch");
        IReadOnlyList<Activity> upcalls = spans.Named("upcall");
        upcalls.Select(span => span.GetTagItem("upcall.in_port")).ShouldBe([1u, 3u]);
        upcalls.ShouldAllBe(span => span.TraceId != batch.TraceId && span.ParentSpanId == default
            && span.Links.Single().Context.SpanId == batch.SpanId);
        Activity first = upcalls[0];
        first.GetTagItem("upcall.class").ShouldBe("miss");
        first.GetTagItem("upcall.sampled_for").ShouldBe("ratio");
        first.GetTagItem("upcall.mru").ShouldBe((ushort)1500);
        first.GetTagItem("upcall.hash").ShouldBe("0x123456789");
        first.GetTagItem("upcall.recirc_id").ShouldBe(0u);
        first.GetTagItem("upcall.packet.size").ShouldBe(98);
        ((string)first.GetTagItem("upcall.key")!)
            .ShouldEndWith("eth_type(0x0800),ipv4(src=10.1.1.1,dst=10.2.0.1,proto=1,tos=0,ttl=64,frag=no),icmp(type=8,code=0)");
        first.GetTagItem("upcall.megaflow").ShouldBe("in_port(1),eth()");
        first.GetTagItem("upcall.actions").ShouldBe("2");
        first.GetTagItem("upcall.flow").ShouldBe("put");
        first.Status.ShouldBe(ActivityStatusCode.Unset);
    }

    [Fact]
    public async Task At_a_ratio_of_zero_an_ordinary_upcall_has_no_span()
    {
        using var spans = new SpanListener();
        await Run(Exceptions, Enumerable.Range(0, 100).Select(flow => Upcalls.Miss(1, (uint)flow)));
        spans.Named("upcall").ShouldBeEmpty();
        spans.Named("upcall.batch").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_policy_that_drops_a_packet_has_not_failed()
    {
        using var spans = new SpanListener();
        Translators.Decide = (in UpcallView _, Span<byte> _, ref FlowKey _) => default;
        await Run(All, Upcalls.Miss(1, 1));

        Activity upcall = spans.Single("upcall");
        upcall.Status.ShouldBe(ActivityStatusCode.Unset);
        upcall.GetTagItem("upcall.actions").ShouldBe("drop");
    }

    [Fact]
    public async Task An_upcall_that_its_translator_failed_over_has_a_span_that_shows_no_one_else_s_decision()
    {
        using var spans = new SpanListener();
        Translators.Decide = (in UpcallView _, Span<byte> _, ref FlowKey _) => throw new InvalidOperationException("told to");
        await Run(Exceptions, Upcalls.Miss(1, 1));

        Activity upcall = spans.Single("upcall");
        upcall.Status.ShouldBe(ActivityStatusCode.Error);
        upcall.GetTagItem("error.type").ShouldBe("not translated");
        upcall.GetTagItem("upcall.key").ShouldNotBeNull();
        upcall.GetTagItem("upcall.megaflow").ShouldBeNull();
        upcall.GetTagItem("upcall.actions").ShouldBeNull();
    }

    [Fact]
    public async Task An_upcall_whose_translation_ended_with_an_error_has_a_span_that_names_it()
    {
        using var spans = new SpanListener();
        Translators.Decide = (in UpcallView upcall, Span<byte> _, ref FlowKey _) => new Translation
        {
            Error = upcall.Key.DatapathPort == 2 ? XlateError.TooManyResubmits : XlateError.None,
            Version = 1,
        };
        await Run(Exceptions, Upcalls.Miss(1, 1), Upcalls.Miss(2, 2));

        Activity upcall = spans.Single("upcall");
        upcall.GetTagItem("upcall.in_port").ShouldBe(2u);
        upcall.GetTagItem("error.type").ShouldBe("TooManyResubmits");
        upcall.GetTagItem("upcall.sampled_for").ShouldBe("error");
    }

    [Fact]
    public async Task A_request_that_the_datapath_refuses_is_told_with_its_errno_by_the_span_of_its_own_upcall()
    {
        using var spans = new SpanListener();
        using var datapath = new ScriptedDatapath();
        uint refused = 40;
        datapath.Answer = message => message.IsExecute && message.Serial == refused ? Errno.Invalid : Errno.None;
        await Run(datapath, Exceptions, Enumerable.Range(0, 64).Select(i => Upcalls.Miss(1, (uint)i, (uint)i)));

        Activity upcall = spans.Single("upcall");
        ((string)upcall.GetTagItem("upcall.key")!).ShouldContain("dst=10.2.0.40,");
        upcall.GetTagItem("upcall.execute.errno").ShouldBe(22);
        upcall.GetTagItem("upcall.flow_put.errno").ShouldBeNull();
        upcall.GetTagItem("error.type").ShouldBe("errno 22");
        upcall.Status.ShouldBe(ActivityStatusCode.Error);
    }

    [Fact]
    public async Task A_flow_put_that_is_refused_and_a_send_that_is_refused_are_told_too()
    {
        using var spans = new SpanListener();
        using var datapath = new ScriptedDatapath();
        datapath.Answer = message => message.IsExecute ? Errno.None : Errno.NoSpace;
        await Run(datapath, Exceptions, [Upcalls.Miss(1, 1)]);
        spans.Single("upcall").GetTagItem("upcall.flow_put.errno").ShouldBe(28);

        using var refusing = new ScriptedDatapath();
        refusing.Refuse = _ => Errno.NotPermitted;
        await Run(refusing, Exceptions, [Upcalls.Miss(1, 2)]);
        spans.Named("upcall")[1].GetTagItem("upcall.execute.errno").ShouldBe(1);
        spans.Named("upcall")[1].GetTagItem("upcall.flow_put.errno").ShouldBe(1);
    }

    [Fact]
    public async Task A_flow_put_whose_flow_is_there_already_has_no_span_as_an_error_and_takes_none_of_their_number()
    {
        using var spans = new SpanListener();
        using var datapath = new ScriptedDatapath();
        datapath.Answer = message => message.IsExecute ? Errno.None : Errno.Exists;
        UpcallPipeline pipeline = await Run(datapath, Exceptions, Enumerable.Range(0, 64).Select(i => Upcalls.Miss(1, (uint)i)));
        spans.Named("upcall").ShouldBeEmpty();
        pipeline.Counters.Lanes[0].SuppressedSpans.ShouldBe(0);

        await Run(datapath, new TraceSampling { Upcalls = 1 }, [Upcalls.Miss(1, 100)]);
        Activity upcall = spans.Single("upcall");
        upcall.GetTagItem("upcall.flow").ShouldBe("exists");
        upcall.GetTagItem("upcall.flow_put.errno").ShouldBeNull();
        upcall.Status.ShouldBe(ActivityStatusCode.Unset);
    }

    [Fact]
    public async Task A_smaller_MRU_and_the_slow_path_are_traced_and_the_smaller_MRU_is_counted()
    {
        using var spans = new SpanListener();
        using var datapath = new ScriptedDatapath();
        Translators.Decide = (in UpcallView upcall, Span<byte> actions,
            ref FlowKey mask) => ScriptedTranslators.OutputTo(2)(upcall, actions, ref mask) with { MruLimit = 1400 };
        UpcallPipeline pipeline = await Run(datapath, Exceptions, [Upcalls.Miss(1, 1, mru: 1500), Upcalls.Miss(2, 2, mru: 1300),
            Upcalls.Miss(3, 3), Upcalls.Action(4, 4, UserspaceReason.SlowPath)]);

        IReadOnlyList<Activity> upcalls = spans.Named("upcall");
        upcalls.Select(span => (span.GetTagItem("upcall.in_port"), span.GetTagItem("upcall.sampled_for")))
            .ShouldBe([(1u, "mru_clamped"), (4u, "slow_path")]);
        upcalls[0].GetTagItem("upcall.mru.limit").ShouldBe((ushort)1400);
        pipeline.Counters.Lanes[0].MruClamped.ShouldBe(1);
    }

    [Fact]
    public async Task An_upcall_that_takes_longer_than_the_threshold_is_traced()
    {
        using var spans = new SpanListener();
        using var datapath = new ScriptedDatapath();
        // Whatever the machine: a tick is exceeded by every upcall, an hour by none.
        await Run(datapath, Exceptions with { SlowerThan = TimeSpan.FromTicks(1) }, [Upcalls.Miss(1, 1)]);
        await Run(datapath, Exceptions with { SlowerThan = TimeSpan.FromHours(1) }, [Upcalls.Miss(1, 2)]);

        spans.Single("upcall").GetTagItem("upcall.sampled_for").ShouldBe("slow");
    }

    [Fact]
    public async Task A_message_that_cannot_be_parsed_has_a_span_that_says_why_also_where_nothing_else_is_in_its_batch()
    {
        using var spans = new SpanListener();
        await Run(Exceptions with { Batches = 1 }, [1, 2, 3]);

        Activity upcall = spans.Single("upcall");
        upcall.GetTagItem("upcall.class").ShouldBe("bad");
        upcall.GetTagItem("error.type").ShouldNotBeNull();
        upcall.Links.Single().Context.SpanId.ShouldBe(spans.Single("upcall.batch").SpanId);
        spans.Named("upcall.execute").ShouldBeEmpty();
    }

    [Fact]
    public async Task The_upcall_that_a_packet_makes_after_a_recirculation_is_linked_to_the_one_before_and_to_no_other()
    {
        using var spans = new SpanListener();
        using var datapath = new ScriptedDatapath();
        Translators.Decide = (in UpcallView upcall, Span<byte> actions, ref FlowKey mask) =>
        {
            var writer = new NetlinkWriter(actions);
            if (upcall.Key.RecircId == 0)
                OvsActionWriter.Recirc(ref writer, 77);
            else
                OvsActionWriter.Output(ref writer, 2);
            return new Translation { ActionsLength = writer.Length, InstallFlow = true, Version = 1 };
        };
        await using UpcallPipeline pipeline = Start(datapath, new UpcallPipelineSettings { Tracing = All with { Batches = 0 } });
        datapath.Upcall(Upcalls.Miss(1, 1));
        await Idle(pipeline, datapath);
        pipeline.Tracing = Exceptions;
        datapath.Upcall(Recirculated(inPort: 2, 77), Recirculated(inPort: 1, 78), Recirculated(inPort: 1, 77), Recirculated(inPort: 1, 77));
        await Idle(pipeline, datapath);

        IReadOnlyList<Activity> upcalls = spans.Named("upcall");
        upcalls.Count.ShouldBe(2);
        upcalls[0].GetTagItem("upcall.actions").ShouldBe("recirc(0x4d)");
        upcalls[1].GetTagItem("upcall.recirc_id").ShouldBe(77u);
        upcalls[1].GetTagItem("upcall.sampled_for").ShouldBe("recirculation");
        ActivityLink link = upcalls[1].Links.ShouldHaveSingleItem();
        link.Context.ShouldBe(upcalls[0].Context);
        link.Tags.ShouldNotBeNull().Single().ShouldBe(new KeyValuePair<string, object?>("upcall.link", "recirculation"));
    }

    [Fact]
    public async Task A_span_says_how_its_upcall_was_decided_once_the_batch_has_gone_home()
    {
        using var spans = new SpanListener();
        using var datapath = new ScriptedDatapath();
        UpcallPipeline? pipeline = null;
        var explainer = new ScriptedExplainer();
        Translators.Explainer = explainer;
        explainer.Explain = key =>
        {
            explainer.Completed.Add(pipeline!.Counters.Completed);
            return key.DatapathPort == 3 ? null : new TranslationExplanation([0, 7], ["priority=1", $"in_port={key.DatapathPort}"]);
        };
        await using (pipeline = Start(datapath, new UpcallPipelineSettings { Tracing = All }))
        {
            datapath.Upcall(Upcalls.Miss(1, 1), Upcalls.Miss(3, 2), Upcalls.Miss(2, 3));
            await Until(() => spans.Named("upcall").Count == 3);
        }

        explainer.Completed.ShouldBe([3, 3, 3]);
        explainer.Versions.ShouldBe([1, 1, 1]);
        IReadOnlyList<Activity> upcalls = spans.Named("upcall");
        upcalls[0].GetTagItem("upcall.tables").ShouldBe(new[] { 0, 7 });
        upcalls[0].GetTagItem("upcall.rules").ShouldBe(new[] { "priority=1", "in_port=1" });
        upcalls[1].GetTagItem("upcall.tables").ShouldBeNull();
        upcalls[2].GetTagItem("upcall.rules").ShouldBe(new[] { "priority=1", "in_port=2" });
    }

    [Fact]
    public async Task Who_fails_to_say_how_an_upcall_was_decided_costs_the_lane_nothing()
    {
        using var spans = new SpanListener();
        using var datapath = new ScriptedDatapath();
        Translators.Explainer = new ScriptedExplainer { Explain = _ => throw new InvalidOperationException("told to") };
        await using UpcallPipeline pipeline = Start(datapath, new UpcallPipelineSettings { Tracing = All });
        datapath.Upcall(Upcalls.Miss(1, 1), Upcalls.Miss(2, 2));
        await Until(() => spans.Named("upcall").Count == 2);

        pipeline.Counters.Lanes[0].Restarts.ShouldBe(0);
        pipeline.Counters.Executes.ShouldBe(2);
        spans.Named("upcall").ShouldAllBe(span => span.GetTagItem("upcall.tables") == null && span.Status == ActivityStatusCode.Unset);
    }

    [Fact]
    public async Task Spans_beyond_the_most_of_a_second_are_counted_instead()
    {
        using var spans = new SpanListener();
        using var datapath = new ScriptedDatapath();
        UpcallPipeline pipeline = await Run(datapath, All with { UpcallsPerSecond = 0 },
            Enumerable.Range(0, 200).Select(flow => Upcalls.Miss(1, (uint)flow)));

        spans.Named("upcall").ShouldBeEmpty();
        pipeline.Counters.Lanes[0].SuppressedSpans.ShouldBe(200);
    }

    [Theory]
    [InlineData(-0.1, 0, 0, 100)]
    [InlineData(1.1, 0, 0, 100)]
    [InlineData(0, double.NaN, 0, 100)]
    [InlineData(0, 2, 0, 100)]
    [InlineData(0, 0, -1, 100)]
    [InlineData(0, 0, 0, -1)]
    [InlineData(0, 0, 0, 1_000_001)]
    public async Task Sampling_out_of_its_range_is_refused_and_changes_nothing(double batches, double upcalls, int slowerThan,
        int perSecond)
    {
        var wrong = new TraceSampling
        {
            Batches = batches,
            Upcalls = upcalls,
            SlowerThan = TimeSpan.FromMilliseconds(slowerThan),
            UpcallsPerSecond = perSecond,
        };
        using var datapath = new ScriptedDatapath();
        await using UpcallPipeline pipeline = Start(datapath, new UpcallPipelineSettings { Tracing = All });
        Should.Throw<ArgumentOutOfRangeException>(() => pipeline.Tracing = wrong);
        pipeline.Tracing.ShouldBe(All);
    }

    /// <summary>Explains as the test says.</summary>
    private sealed class ScriptedExplainer : ITranslationExplainer
    {
        public Func<FlowKey, TranslationExplanation?> Explain { get; set; } = _ => null;

        public List<long> Completed { get; } = [];

        public List<ulong> Versions { get; } = [];

        public bool TryExplain(in UpcallView upcall, ulong version, [NotNullWhen(true)] out TranslationExplanation? explanation)
        {
            Versions.Add(version);
            upcall.Packet.Length.ShouldBe(98);
            upcall.KeyAttributes.IsEmpty.ShouldBeFalse();
            explanation = Explain(upcall.Key);
            return explanation is not null;
        }
    }

    private static byte[] Recirculated(uint inPort, uint id) =>
        Upcalls.Message(PacketCommand.Miss, Upcalls.Key(inPort, 1) with { RecircId = id }, 0, 98, 0, 0, cookie: null);
}
