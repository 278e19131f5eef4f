using UpcallActors.Tests;

namespace UpcallActors.Linux.Tests;

/// <summary>Threads and timers that nobody waits for.</summary>
public sealed class UnattendedWorkTests
{
    [Fact]
    public async Task A_thread_whose_turns_fail_goes_on_and_tells_of_each()
    {
        using var failures = new UnattendedFailures();
        var failure = new InvalidOperationException("no");
        int turns = 0;
        using var woken = new ManualResetEventSlim();
        using var thread = new UnattendedThread("test", "testing", () =>
        {
            if (Interlocked.Increment(ref turns) <= 5)
                throw failure;
            woken.Wait();
        }, woken.Set);

        thread.Start();
        await Eventually.HoldsAsync(() => Volatile.Read(ref turns) == 6);

        failures.Of(failure).ShouldBe(5);
        failures.Work.ShouldContain("testing");
        thread.Dispose();
        thread.IsStopping.ShouldBeTrue();
    }

    [Fact]
    public void A_thread_may_be_ended_before_it_began_twice_and_by_itself()
    {
        int wakes = 0;
        var never = new UnattendedThread("test", "testing", () => { }, () => wakes++);
        never.Dispose();
        never.Dispose();
        wakes.ShouldBe(1);

        using var ended = new ManualResetEventSlim();
        UnattendedThread? itself = null;
        itself = new UnattendedThread("test", "testing", () => itself!.Dispose(), ended.Set);
        itself.Start();
        ended.Wait(TimeSpan.FromSeconds(60)).ShouldBeTrue();
    }

    [Fact]
    public void A_timer_is_set_again_when_a_call_has_ended_however_it_did()
    {
        using var failures = new UnattendedFailures();
        var time = new OneTimer();
        var failure = new InvalidOperationException("no");
        bool wasSetMeanwhile = false;
        int calls = 0;
        using var timer = new UnattendedTimer("testing", TimeSpan.FromSeconds(1), () =>
        {
            wasSetMeanwhile |= time.Due is not null;
            if (++calls == 1)
                throw failure;
        }, time);

        time.Due.ShouldBe(TimeSpan.FromSeconds(1));
        time.GoOff();
        time.Due.ShouldBe(TimeSpan.FromSeconds(1));
        time.GoOff();

        calls.ShouldBe(2);
        wasSetMeanwhile.ShouldBeFalse("a slow call would be joined by the next");
        failures.Of(failure).ShouldBe(1);
        timer.Dispose();
        time.Callback();
        calls.ShouldBe(2);
    }

    [Fact]
    public void A_listener_that_fails_harms_nobody()
    {
        void Fail(object? sender, UnattendedFailureEventArgs failed) => throw new InvalidOperationException("listener");
        long before = UnattendedWork.Failures;
        UnattendedWork.Failed += Fail;
        try
        {
            UnattendedWork.Try("testing", () => throw new InvalidOperationException("work")).ShouldBeFalse();
            UnattendedWork.Try("testing", () => { }).ShouldBeTrue();
        }
        finally
        {
            UnattendedWork.Failed -= Fail;
        }

        UnattendedWork.Failures.ShouldBeGreaterThan(before);
    }

    /// <summary>Time with one timer, which goes off when a test says so.</summary>
    private sealed class OneTimer : TimeProvider
    {
        private TimerCallback? _callback;
        private object? _state;

        public TimeSpan? Due { get; private set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _callback = callback;
            _state = state;
            return new Timer(this);
        }

        public void GoOff()
        {
            Due.ShouldNotBeNull();
            Due = null;
            Callback();
        }

        public void Callback() => _callback!(_state);

        private sealed class Timer(OneTimer time) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                period.ShouldBe(Timeout.InfiniteTimeSpan);
                time.Due = dueTime == Timeout.InfiniteTimeSpan ? null : dueTime;
                return true;
            }

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
