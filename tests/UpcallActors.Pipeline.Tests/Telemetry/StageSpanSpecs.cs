using System.Diagnostics;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Pipeline.Tests;

/// <summary>What spans tell of the stages that a batch goes through, and of the time in each.</summary>
[Collection(nameof(AllocationSpecs))]
public sealed class StageSpanSpecs : SpanSpec
{
    private static readonly TimeSpan _slow = TimeSpan.FromMilliseconds(200);

    [Fact]
    public async Task A_traced_batch_has_a_span_for_each_stage_below_its_own()
    {
        using var spans = new SpanListener();
        await Run(All, Upcalls.Miss(1, 1, mru: 1500), Upcalls.Miss(3, 2), Upcalls.Miss(1, 3));

        Activity batch = spans.Single("upcall.batch");
        batch.Parent.ShouldBeNull();
        batch.ParentSpanId.ShouldBe(default);
        batch.Kind.ShouldBe(ActivityKind.Consumer);
        batch.GetTagItem("upcall.batch.size").ShouldBe(3);
        batch.GetTagItem("upcall.lane").ShouldBe(0);
        foreach (string stage in (string[])["upcall.receive", "upcall.route", "upcall.translate", "upcall.execute"])
        {
            Activity span = spans.Single(stage);
            span.TraceId.ShouldBe(batch.TraceId);
            span.ParentSpanId.ShouldBe(batch.SpanId);
        }
    }

    [Theory]
    [InlineData("upcall.translate.duration")]
    [InlineData("upcall.execute.duration")]
    public async Task A_slow_upcall_s_span_says_by_itself_in_which_stage_it_was_slow(string slowStage)
    {
        using var spans = new SpanListener();
        using var datapath = new ScriptedDatapath();
        if (slowStage == "upcall.translate.duration")
        {
            Translators.Decide = (in UpcallView upcall, Span<byte> actions, ref FlowKey mask) =>
            {
                Spend(_slow);
                return ScriptedTranslators.OutputTo(2)(upcall, actions, ref mask);
            };
        }
        else
        {
            datapath.Answer = message => message.IsExecute ? Spend(_slow) : Errno.None;
        }

        await Run(datapath, Exceptions with { SlowerThan = _slow / 2 }, [Upcalls.Miss(1, 1)]);

        spans.Named("upcall.batch").ShouldBeEmpty();
        Activity upcall = spans.Single("upcall");
        string[] stages = ["upcall.receive.duration", "upcall.route.duration", "upcall.translate.duration", "upcall.execute.duration"];
        double[] seconds = [.. stages.Select(stage => (double)upcall.GetTagItem(stage)!)];
        seconds.ShouldAllBe(time => time >= 0);
        seconds.Sum().ShouldBeLessThanOrEqualTo(upcall.Duration.TotalSeconds);
        ((double)upcall.GetTagItem(slowStage)!).ShouldBeGreaterThanOrEqualTo(_slow.TotalSeconds);
        stages[Array.IndexOf(seconds, seconds.Max())].ShouldBe(slowStage);
    }

    [Fact]
    public async Task An_upcall_that_ends_with_the_router_has_the_times_of_two_stages()
    {
        using var spans = new SpanListener();
        await Run(Exceptions, [1, 2, 3]);

        Activity upcall = spans.Single("upcall");
        upcall.GetTagItem("upcall.receive.duration").ShouldNotBeNull();
        upcall.GetTagItem("upcall.route.duration").ShouldNotBeNull();
        upcall.GetTagItem("upcall.translate.duration").ShouldBeNull();
        upcall.GetTagItem("upcall.execute.duration").ShouldBeNull();
    }

    /// <summary>Takes the processor for that long.</summary>
    private static Errno Spend(TimeSpan time)
    {
        long started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < time)
            Thread.SpinWait(100);
        return Errno.None;
    }
}
