namespace UpcallActors.Pipeline.Tests;

/// <summary>How often something is said.</summary>
public sealed class LogRateTests
{
    [Fact]
    public void A_burst_is_said_and_then_one_line_at_a_time_and_what_was_not_said_is_counted_with_its_times()
    {
        var time = new ManualTime();
        var rate = new LogRate(time, perMinute: 60, burst: 5);
        for (int line = 0; line < 5; line++)
        {
            rate.TryTake(out UnsaidLines none).ShouldBeTrue();
            none.Count.ShouldBe(0);
        }

        rate.TryTake(out _).ShouldBeFalse();
        long first = time.GetTimestamp();
        time.Advance(TimeSpan.FromSeconds(0.4));
        rate.TryTake(out _).ShouldBeFalse();
        long last = time.GetTimestamp();
        time.Advance(TimeSpan.FromSeconds(0.6));
        rate.TryTake(out UnsaidLines unsaid).ShouldBeTrue();
        unsaid.ShouldBe(new UnsaidLines(2, first, last));
        rate.TryTake(out _).ShouldBeFalse();
    }

    [Fact]
    public void Without_a_limit_all_is_said_and_with_it_again_as_little_as_before()
    {
        bool isLimited = true;
        var rate = new LogRate(new ManualTime(), perMinute: 60, burst: 5, () => isLimited);
        Enumerable.Range(0, 10).Count(_ => rate.TryTake(out UnsaidLines _)).ShouldBe(5);
        isLimited = false;
        Enumerable.Range(0, 10).Count(_ => rate.TryTake(out UnsaidLines _)).ShouldBe(10);
        isLimited = true;
        rate.TryTake(out _).ShouldBeFalse();
    }

    [Fact]
    public void In_the_long_run_it_is_so_many_a_minute_and_silence_saves_no_more_than_a_burst()
    {
        var time = new ManualTime();
        var rate = new LogRate(time, perMinute: 60, burst: 5);
        int said = 0;
        for (int tick = 0; tick < 6000; tick++)
        {
            said += rate.TryTake(out _) ? 1 : 0;
            time.Advance(TimeSpan.FromMilliseconds(100));
        }

        said.ShouldBeInRange(600, 605);
        time.Advance(TimeSpan.FromHours(1));
        Enumerable.Range(0, 100).Count(_ => rate.TryTake(out UnsaidLines _)).ShouldBe(5);
    }
}
