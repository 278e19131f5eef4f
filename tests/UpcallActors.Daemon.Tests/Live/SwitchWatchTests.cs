using UpcallActors.Daemon.Live;

namespace UpcallActors.Daemon.Tests.Live;

/// <summary>What is looked at now and then.</summary>
public sealed class SwitchWatchTests
{
    [Fact]
    public async Task A_look_that_fails_is_told_and_the_next_one_comes_all_the_same_and_one_at_the_end()
    {
        using var failures = new UnattendedFailures();
        var time = new QuickTime();
        var failure = new InvalidOperationException("the kernel does not answer");
        int looks = 0;
        var watch = SwitchWatch.Start(passed =>
        {
            if (Interlocked.Increment(ref looks) != 2)
                throw failure;
        }, time);

        await Eventually.HoldsAsync(() => Volatile.Read(ref looks) >= 3);
        await watch.DisposeAsync();
        int last = Volatile.Read(ref looks);

        last.ShouldBeGreaterThan(3);
        failures.Of(failure).ShouldBe(last - 1);
    }

    /// <summary>Ten seconds are a millisecond.</summary>
    private sealed class QuickTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new Quick(System.CreateTimer(callback, state, dueTime, period));

        private sealed class Quick(ITimer inner) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => inner.Change(dueTime / 10_000, period);

            public void Dispose() => inner.Dispose();

            public ValueTask DisposeAsync() => inner.DisposeAsync();
        }
    }
}
