using UpcallActors.Linux;
using UpcallActors.Packets;

namespace UpcallActors.Pipeline.Tests;

/// <summary>What becomes of requests that the datapath does not like.</summary>
public sealed class RequestSpecs : PipelineSpec
{
    [Fact]
    public async Task Errors_are_counted_by_request_and_errno_and_stop_nothing()
    {
        using var datapath = new ScriptedDatapath();
        datapath.Answer = message => !message.IsExecute ? Errno.NoSpace : message.Serial == 7 ? Errno.Invalid : Errno.None;
        await using UpcallPipeline pipeline = Start(datapath);

        datapath.Upcall(Enumerable.Range(0, 100).Select(i => Upcalls.Miss(1, (uint)i, (uint)i)));
        await Idle(pipeline, datapath);

        LaneCounters lane = pipeline.Counters.Lanes[0];
        lane.FlowPutErrors[Errno.NoSpace].ShouldBe(100);
        lane.ExecuteErrors[Errno.Invalid].ShouldBe(1);
        lane.FlowPutErrors.Total.ShouldBe(100);
        lane.ExecuteErrors.NonZero().ShouldBe([KeyValuePair.Create(Errno.Invalid, 1L)]);
        lane.StrayAnswers.ShouldBe(0);
        datapath.Executes.Count.ShouldBe(100);
        pipeline.Counters.RequestErrors()
            .ShouldBe([new RefusedRequests("execute", Errno.Invalid, 1), new RefusedRequests("flow_put", Errno.NoSpace, 100)]);
        pipeline.Counters.AllRequestErrors.ShouldBe(101);
    }

    [Fact]
    public async Task An_upcall_whose_execute_is_refused_is_lost_and_not_executed()
    {
        using var datapath = new ScriptedDatapath();
        datapath.Answer = message => message.IsExecute && message.Serial % 10 == 7 ? Errno.Invalid : Errno.None;
        await using UpcallPipeline pipeline = Start(datapath);

        datapath.Upcall(Enumerable.Range(0, 100).Select(i => Upcalls.Miss(1, (uint)i, (uint)i)));
        await Idle(pipeline, datapath);

        pipeline.Counters.Lost(LossCause.ExecuteRefused).ShouldBe(10);
        pipeline.Counters.Executes.ShouldBe(90);
        pipeline.Counters.FlowPuts.ShouldBe(100);
        pipeline.Counters.AllLost.ShouldBe(10);
    }

    [Fact]
    public async Task A_flow_put_whose_flow_is_there_already_is_no_error_anywhere()
    {
        using var datapath = new ScriptedDatapath();
        datapath.Answer = message => message.IsExecute ? Errno.None : Errno.Exists;
        await using UpcallPipeline pipeline = Start(datapath);
        using UpcallMonitor monitor = pipeline.Watch(new AllUpcalls());

        datapath.Upcall(Enumerable.Range(0, 100).Select(i => Upcalls.Miss(1, (uint)i, (uint)i)));
        await Idle(pipeline, datapath);

        pipeline.Counters.ExistingFlows.ShouldBe(100);
        pipeline.Counters.FlowPuts.ShouldBe(0);
        pipeline.Counters.AllRequestErrors.ShouldBe(0);
        pipeline.Counters.RequestErrors().ShouldBeEmpty();
        pipeline.Counters.AllLost.ShouldBe(0);
        pipeline.Counters.Executes.ShouldBe(100);
        monitor.TryTake(out MonitoredUpcall? first).ShouldBeTrue();
        (first.FlowPut, first.FlowPutError).ShouldBe((true, Errno.None));
    }

    [Theory]
    [InlineData(Errno.NoEntry)]
    [InlineData(Errno.Exists)]
    public async Task A_request_that_is_answered_twice_fails_once(Errno error)
    {
        using var datapath = new ScriptedDatapath { AnswersTwice = true };
        datapath.Answer = _ => error;
        await using UpcallPipeline pipeline = Start(datapath);

        datapath.Upcall(Enumerable.Range(0, 10).Select(i => Upcalls.Miss(1, (uint)i, (uint)i)));
        await Idle(pipeline, datapath);

        pipeline.Counters.Lost(LossCause.ExecuteRefused).ShouldBe(10);
        (pipeline.Counters.ExistingFlows + pipeline.Counters.Lanes[0].FlowPutErrors.Total).ShouldBe(10);
        pipeline.Counters.Executes.ShouldBe(0);
        pipeline.Counters.FlowPuts.ShouldBe(0);
        pipeline.Counters.Lanes[0].StrayAnswers.ShouldBe(20);
    }

    [Fact]
    public async Task An_answer_with_an_error_above_zero_is_no_errno()
    {
        using var datapath = new ScriptedDatapath();
        datapath.Answer = message => message.IsExecute ? (Errno)(-(int)Errno.Invalid) : Errno.None;
        await using UpcallPipeline pipeline = Start(datapath);

        datapath.Upcall(Upcalls.Miss(1, 1));
        await Idle(pipeline, datapath);

        LaneCounters lane = pipeline.Counters.Lanes[0];
        lane.StrayAnswers.ShouldBe(1);
        lane.ExecuteErrors.Total.ShouldBe(0);
        lane.Restarts.ShouldBe(0);
    }

    [Fact]
    public async Task A_send_that_is_too_long_is_sent_in_pieces()
    {
        using var datapath = new ScriptedDatapath();
        datapath.Refuse = messages => messages.Count > 5 ? Errno.MessageSize : Errno.None;
        datapath.Answer = message => message.IsExecute ? Errno.Invalid : Errno.None;
        await using UpcallPipeline pipeline = Start(datapath);

        datapath.Upcall(Enumerable.Range(0, 64).Select(i => Upcalls.Miss(1, (uint)i, (uint)i)));
        await Idle(pipeline, datapath);

        datapath.Executes.Select(message => message.Serial).ShouldBe(Enumerable.Range(0, 64).Select(i => (uint)i));
        datapath.FlowPuts.Count.ShouldBe(64);
        pipeline.Counters.Lanes[0].ExecuteErrors[Errno.Invalid].ShouldBe(64);
        pipeline.Counters.Lanes[0].StrayAnswers.ShouldBe(0);
        pipeline.Counters.Lanes[0].SendErrors.Total.ShouldBe(0);
    }

    [Fact]
    public async Task A_request_that_is_refused_alone_is_counted_and_the_others_go_on()
    {
        using var datapath = new ScriptedDatapath();
        datapath.Refuse = messages => messages.Any(message => message.IsExecute && message.Serial == 20) ? Errno.MessageSize : Errno.None;
        await using UpcallPipeline pipeline = Start(datapath);

        datapath.Upcall(Enumerable.Range(0, 64).Select(i => Upcalls.Miss(1, (uint)i, (uint)i)));
        await Idle(pipeline, datapath);

        datapath.Executes.Select(message => message.Serial).ShouldBe(Enumerable.Range(0, 64).Where(i => i != 20).Select(i => (uint)i));
        datapath.FlowPuts.Count.ShouldBe(64);
        pipeline.Counters.Lost(LossCause.SendRefused).ShouldBe(1);
        pipeline.Counters.Lanes[0].SendErrors[Errno.MessageSize].ShouldBe(1);
    }

    [Fact]
    public async Task A_datapath_that_cannot_just_now_is_asked_again()
    {
        using var datapath = new ScriptedDatapath();
        datapath.Refuse = _ => datapath.Sends <= 2 ? Errno.TryAgain : Errno.None;
        await using UpcallPipeline pipeline = Start(datapath);

        datapath.Upcall(Upcalls.Miss(1, 1));
        await Idle(pipeline, datapath);

        datapath.Executes.Count.ShouldBe(1);
        pipeline.Counters.Lanes[0].SendErrors.Total.ShouldBe(0);
    }

    [Fact]
    public async Task A_datapath_that_refuses_everything_is_not_asked_for_each_request()
    {
        using var datapath = new ScriptedDatapath();
        datapath.Refuse = _ => Errno.NotPermitted;
        await using UpcallPipeline pipeline = Start(datapath);

        datapath.Upcall(Enumerable.Range(0, 64).Select(i => Upcalls.Miss(1, (uint)i)));
        await Idle(pipeline, datapath);

        datapath.Sends.ShouldBe(1);
        pipeline.Counters.Lost(LossCause.SendRefused).ShouldBe(64);
        pipeline.Counters.Lanes[0].SendErrors[Errno.NotPermitted].ShouldBe(128);
        pipeline.Counters.Executes.ShouldBe(0);
    }

    [Fact]
    public async Task No_send_is_longer_than_the_channel_takes_and_what_alone_is_longer_is_counted()
    {
        using var datapath = new ScriptedDatapath { SendLimit = 1500 };
        int longest = 0;
        datapath.Refuse = messages =>
        {
            longest = Math.Max(longest, messages.Sum(message => (message.Bytes.Length + 3) & ~3));
            return Errno.None;
        };
        datapath.Answer = message => message.IsExecute ? Errno.Invalid : Errno.NoSpace;
        await using UpcallPipeline pipeline = Start(datapath);

        datapath.Upcall(Enumerable.Range(0, 30).Select(i => Upcalls.Miss(1, (uint)i, (uint)i, packetLength: i == 9 ? 2000 : 99)));
        await Idle(pipeline, datapath);

        longest.ShouldBeInRange(1000, 1500);
        pipeline.Counters.Lanes[0].ExecuteErrors[Errno.Invalid].ShouldBe(29);
        pipeline.Counters.Lanes[0].FlowPutErrors[Errno.NoSpace].ShouldBe(30);
        pipeline.Counters.Lanes[0].StrayAnswers.ShouldBe(0);
        datapath.Executes.Select(message => message.Serial).ShouldBe(Enumerable.Range(0, 30).Where(i => i != 9).Select(i => (uint)i));
        pipeline.Counters.Lost(LossCause.TooLong).ShouldBe(1);
    }

    [Fact]
    public async Task Batches_that_wait_go_out_in_few_sends()
    {
        using var datapath = new ScriptedDatapath();
        await using UpcallPipeline pipeline = Start(datapath);

        datapath.Upcall(Enumerable.Range(0, 640).Select(i => Upcalls.Miss(1, (uint)i)));
        await Idle(pipeline, datapath);

        datapath.Sends.ShouldBeLessThanOrEqualTo(10);
        datapath.Executes.Count.ShouldBe(640);
    }

    private sealed class AllUpcalls : IUpcallFilter
    {
        public bool Passes(UpcallClass upcallClass, in FlowKey key) => true;
    }
}
