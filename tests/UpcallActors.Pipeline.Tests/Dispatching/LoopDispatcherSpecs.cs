using Akka.Actor;
using UpcallActors.Linux;

namespace UpcallActors.Pipeline.Tests;

public sealed class LoopDispatcherSpecs() : PipelineSpec("""
    akka.actor.default-dispatcher.shutdown-timeout = 50ms
    spread { type = ForkJoinDispatcher, throughput = 5, dedicated-thread-pool { thread-count = 2 } }
    own { type = PinnedDispatcher }
    """)
{
    [Fact]
    public async Task All_actors_of_a_lane_run_on_one_thread()
    {
        LoopDispatcher dispatcher = LoopDispatcher.Register(Sys, "test.lane-a");
        IActorRef[] actors =
            [.. Enumerable.Range(0, 4).Select(_ => Sys.ActorOf(Props.Create(() => new Where()).WithDispatcher(dispatcher.Id)))];

        var threads = new HashSet<int>();
        for (int i = 0; i < 100; i++)
            threads.Add(await actors[i % 4].Ask<int>("where", TimeSpan.FromSeconds(20)));

        threads.ShouldHaveSingleItem().ShouldNotBe(Environment.CurrentManagedThreadId);
    }

    [Fact]
    public async Task The_loop_ends_with_its_last_actor_and_starts_again_with_the_next()
    {
        LoopDispatcher dispatcher = LoopDispatcher.Register(Sys, "test.lane-b");
        for (int run = 0; run < 3; run++)
        {
            IActorRef actor = Sys.ActorOf(Props.Create(() => new Where()).WithDispatcher(dispatcher.Id));
            _ = await actor.Ask<int>("where", TimeSpan.FromSeconds(20));
            dispatcher.IsRunning.ShouldBeTrue();
            await WatchAsync(actor);
            Sys.Stop(actor);
            await ExpectTerminatedAsync(actor);
            await Until(() => !dispatcher.IsRunning);
        }
    }

    [Fact]
    public async Task A_readable_descriptor_is_told_once_each_time_it_is_armed()
    {
        LoopDispatcher dispatcher = LoopDispatcher.Register(Sys, "test.lane-c");
        using var readable = new EventFd();
        var interest = new LoopDispatcher.Interest(readable.Descriptor, TestActor, "readable");
        readable.Signal();

        dispatcher.Arm(interest);
        await ExpectMsgAsync("readable");
        IActorRef actor = Sys.ActorOf(Props.Create(() => new Where()).WithDispatcher(dispatcher.Id));
        _ = await actor.Ask<int>("where", TimeSpan.FromSeconds(20));
        await ExpectNoMsgAsync(TimeSpan.Zero);
        dispatcher.Arm(interest);
        await ExpectMsgAsync("readable");

        readable.Reset();
        dispatcher.Arm(interest);
        dispatcher.Disarm(interest);
        readable.Signal();
        _ = await actor.Ask<int>("where", TimeSpan.FromSeconds(20));
        _ = await actor.Ask<int>("where", TimeSpan.FromSeconds(20));
        await ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_patient_loop_is_told_of_all_that_one_that_sleeps_is()
    {
        LoopDispatcher dispatcher = LoopDispatcher.Register(Sys, "test.lane-p");
        // It never sleeps: what it does not look for is never done.
        dispatcher.Patience = TimeSpan.FromDays(1);
        using var readable = new EventFd();
        IActorRef actor = Sys.ActorOf(Props.Create(() => new Where()).WithDispatcher(dispatcher.Id));
        for (int i = 0; i < 3; i++)
        {
            int thread = await actor.Ask<int>("where", TimeSpan.FromSeconds(20));
            thread.ShouldNotBe(Environment.CurrentManagedThreadId);
            dispatcher.Arm(new LoopDispatcher.Interest(readable.Descriptor, TestActor, "readable"));
            readable.Signal();
            await ExpectMsgAsync("readable", TimeSpan.FromSeconds(20));
            readable.Reset();
            using ITimer timer = dispatcher.Time.CreateTimer(
                _ => TestActor.Tell("due"), null, TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
            await ExpectMsgAsync("due", TimeSpan.FromSeconds(20));
        }

        await WatchAsync(actor);
        Sys.Stop(actor);
        await ExpectTerminatedAsync(actor);
        await Until(() => !dispatcher.IsRunning);
    }

    [Fact]
    public void An_id_that_is_taken_is_refused_until_it_is_released()
    {
        LoopDispatcher first = LoopDispatcher.Register(Sys, "test.lane-d");
        Should.Throw<InvalidOperationException>(() => LoopDispatcher.Register(Sys, "test.lane-d")).Message.ShouldContain("test.lane-d");
        Should.Throw<InvalidOperationException>(() => LoopDispatcher.Register(Sys, "own")).Message.ShouldContain("own");

        first.Release();

        LoopDispatcher.Register(Sys, "test.lane-d")
            .ShouldBeSameAs(first, "an actor system keeps each dispatcher, and its descriptor, for ever");
    }

    [Fact]
    public async Task A_loop_that_is_to_stand_back_gives_its_thread_that_nice_value_and_keeps_it_for_the_next()
    {
        LoopDispatcher dispatcher = LoopDispatcher.Register(Sys, "test.lane-e");
        IActorRef actor = Sys.ActorOf(Props.Create(() => new HowNice()).WithDispatcher(dispatcher.Id));
        int before = await actor.Ask<int>("how nice", TimeSpan.FromSeconds(20));

        dispatcher.Niceness = 19;

        // It takes it between two mailboxes: the first answer may still be of the one before.
        _ = await actor.Ask<int>("how nice", TimeSpan.FromSeconds(20));
        (await actor.Ask<int>("how nice", TimeSpan.FromSeconds(20))).ShouldBe(19);
        before.ShouldBeLessThan(19);
        Should.Throw<ArgumentOutOfRangeException>(() => dispatcher.Niceness = 18);
        await WatchAsync(actor);
        Sys.Stop(actor);
        await ExpectTerminatedAsync(actor);
        await Until(() => !dispatcher.IsRunning);
        IActorRef next = Sys.ActorOf(Props.Create(() => new HowNice()).WithDispatcher(dispatcher.Id));
        (await next.Ask<int>("how nice", TimeSpan.FromSeconds(20))).ShouldBe(19);
        Niceness.OfThread.ShouldBeLessThan(19);
    }

    [Theory]
    [InlineData("own")]
    [InlineData("spread")]
    [InlineData("akka.actor.default-dispatcher")]
    public async Task Any_stage_can_run_on_another_dispatcher(string dispatcher)
    {
        UpcallPipelineSettings[] spread =
        [
            new() { ReceiverDispatcher = dispatcher },
            new() { RouterDispatcher = dispatcher },
            new() { TranslatorDispatcher = dispatcher },
            new() { ExecutorDispatcher = dispatcher },
            new()
            {
                ReceiverDispatcher = dispatcher,
                RouterDispatcher = dispatcher,
                TranslatorDispatcher = dispatcher,
                ExecutorDispatcher = dispatcher,
            },
        ];
        foreach (UpcallPipelineSettings settings in spread)
        {
            using var datapath = new ScriptedDatapath();
            UpcallPipeline pipeline = Start(datapath, settings with { BatchesPerLane = 64, PortShare = 1 });
            for (uint round = 0; round < 20; round++)
            {
                uint first = round * 50;
                datapath.Upcall(Enumerable.Range(0, 50).Select(i => Upcalls.Miss(1 + (first % 3), first + (uint)i, first + (uint)i)));
            }

            await Idle(pipeline, datapath);
            await pipeline.StopAsync();

            datapath.Executes.Select(message => message.Serial)
                .ShouldBe(Enumerable.Range(0, 1000).Select(i => (uint)i), settings.ToString());
        }
    }

    private sealed class HowNice : ReceiveActor
    {
        public HowNice() => ReceiveAny(_ => Sender.Tell(Niceness.OfThread));
    }

    private sealed class Where : ReceiveActor
    {
        public Where() => ReceiveAny(_ => Sender.Tell(Environment.CurrentManagedThreadId));
    }
}
