using System.Collections.Concurrent;
using Akka.Actor;

namespace UpcallActors.Pipeline.Tests;

public sealed class LoopTimeSpecs() : PipelineSpec("")
{
    private static readonly TimeSpan _never = Timeout.InfiniteTimeSpan;
    private static readonly TimeSpan _soon = TimeSpan.FromMilliseconds(1);

    [Fact]
    public async Task A_timer_rings_once_on_the_loops_thread()
    {
        LoopDispatcher loop = LoopDispatcher.Register(Sys, "time.a");
        var rung = new ConcurrentQueue<(bool OnLoop, object? State)>();
        using ITimer timer = loop.Time.CreateTimer(state => rung.Enqueue((loop.IsCurrentThread, state)), "state", _soon, _never);
        using ITimer after = loop.Time.CreateTimer(_ => rung.Enqueue((true, "after")), null, TimeSpan.FromMilliseconds(50), _never);

        await Until(() => rung.Contains((true, "after")));

        rung.ShouldBe([(true, "state"), (true, "after")]);
    }

    [Fact]
    public async Task A_timer_with_a_period_rings_until_it_is_disposed_of()
    {
        LoopDispatcher loop = LoopDispatcher.Register(Sys, "time.b");
        int rung = 0;
        ITimer? timer = null;
        timer = loop.Time.CreateTimer(
            _ =>
            {
                if (++rung == 3)
                    timer!.Dispose();
            },
            null,
            _never,
            _never);
        timer.Change(_soon, _soon);
        await Until(() => Volatile.Read(ref rung) == 3);

        await RingAsync(loop);
        await RingAsync(loop);

        rung.ShouldBe(3);
        timer.Change(_soon, _never).ShouldBeFalse();
        (await RingAsync(loop)).ShouldBeTrue();
        rung.ShouldBe(3);
    }

    [Fact]
    public async Task A_loop_that_sleeps_until_a_late_timer_wakes_for_one_that_another_thread_sets_earlier()
    {
        LoopDispatcher loop = LoopDispatcher.Register(Sys, "time.c");
        bool late = false;
        using ITimer timer = loop.Time.CreateTimer(_ => late = true, null, TimeSpan.FromHours(1), _never);
        (await RingAsync(loop)).ShouldBeTrue();
        late.ShouldBeFalse();

        timer.Change(_soon, _never).ShouldBeTrue();

        await Until(() => Volatile.Read(ref late));
    }

    [Fact]
    public async Task Timers_ring_while_the_loop_is_never_without_work()
    {
        LoopDispatcher loop = LoopDispatcher.Register(Sys, "time.d");
        IActorRef busy = Sys.ActorOf(Props.Create(() => new Busy()).WithDispatcher(loop.Id));
        busy.Tell("go");

        (await RingAsync(loop)).ShouldBeTrue();

        // It is at work still.
        (await busy.Ask<bool>("busy?", TimeSpan.FromSeconds(20))).ShouldBeTrue();
    }

    [Fact]
    public async Task A_callback_that_throws_does_not_end_the_loop()
    {
        LoopDispatcher loop = LoopDispatcher.Register(Sys, "time.e");
        using ITimer timer = loop.Time.CreateTimer(_ => throw new InvalidOperationException("of a timer"), null, _soon, _never);

        (await RingAsync(loop)).ShouldBeTrue();
        (await RingAsync(loop)).ShouldBeTrue();
    }

    [Fact]
    public void A_time_that_lies_in_the_past_is_refused()
    {
        LoopDispatcher loop = LoopDispatcher.Register(Sys, "time.f");
        Should.Throw<ArgumentOutOfRangeException>(() => loop.Time.CreateTimer(_ => { }, null, TimeSpan.FromMilliseconds(-2), _never));
    }

    /// <summary>Ends when a new timer has rung; says whether on the loop's thread.</summary>
    private static async Task<bool> RingAsync(LoopDispatcher loop)
    {
        var rung = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        using ITimer timer = loop.Time.CreateTimer(
            _ => rung.TrySetResult(loop.IsCurrentThread), null, TimeSpan.FromMilliseconds(5), _never);
        return await rung.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }

    private sealed class Busy : ReceiveActor
    {
        public Busy()
        {
            bool isAtWork = false;
            Receive<string>(text => text == "busy?", _ => Sender.Tell(isAtWork));
            ReceiveAny(message =>
            {
                isAtWork = true;
                Self.Tell(message);
            });
        }
    }
}
