using System.Diagnostics;

namespace UpcallActors.Pipeline.Tests;

public sealed class LoopPatienceSpecs
{
    private static readonly long _microsecond = Stopwatch.Frequency / 1_000_000;

    [Theory]
    [InlineData("", false)]
    [InlineData("49", true)]
    [InlineData("50", true)]
    [InlineData("51", false)]
    [InlineData("10 10 10", true)]
    [InlineData("10 5000", false)]
    [InlineData("5000 10", true)]
    public void A_loop_looks_for_work_if_it_came_soon_the_last_time(string waited, bool looks)
    {
        var patience = new LoopPatience(TimeSpan.FromMicroseconds(50));
        long now = 1000;
        foreach (long wait in waited.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(long.Parse))
        {
            patience.Begin(now);
            patience.End(now += wait * _microsecond);
        }

        patience.Begin(now).ShouldBe(looks);
    }

    [Fact]
    public void It_looks_until_its_patience_is_over()
    {
        var patience = new LoopPatience(TimeSpan.FromMicroseconds(50));
        patience.Begin(1000);
        patience.Lasts(1000).ShouldBeTrue();
        patience.Lasts(1000 + (49 * _microsecond)).ShouldBeTrue();
        patience.Lasts(1000 + (50 * _microsecond)).ShouldBeFalse();
    }
}
