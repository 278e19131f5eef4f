using UpcallActors.Switch.Tests.Reconciling;

namespace UpcallActors.Switch.Tests.PacketIns;

/// <summary>How many packets go in which time.</summary>
public sealed class TokenBucketTests
{
    private readonly SteppedTime _time = new();

    [Theory]
    // Rate, burst, milliseconds after the first packets have gone, packets that go then.
    [InlineData(100, 25, 0, 0)]
    [InlineData(100, 25, 9, 0)]
    [InlineData(100, 25, 10, 1)]
    [InlineData(100, 25, 100, 10)]
    [InlineData(100, 25, 249, 24)]
    [InlineData(100, 25, 250, 25)]
    [InlineData(100, 25, 3_600_000, 25)]
    [InlineData(1000, 1, 500, 1)]
    [InlineData(1_000_000, 250_000, 3, 3000)]
    [InlineData(int.MaxValue, int.MaxValue, 1, 2_147_483)]
    public void It_begins_full_and_fills_by_its_rate_up_to_its_burst(int rate, int burst, int milliseconds, int expected)
    {
        var bucket = new TokenBucket(_time, rate, burst);
        if (burst < int.MaxValue)
            Assert.Equal(burst, Take(bucket));
        else
            bucket = Emptied(rate, burst);

        _time.Now += TimeSpan.FromMilliseconds(milliseconds);

        Assert.Equal(expected, Take(bucket));
    }

    [Theory]
    [InlineData(100, 10)]
    [InlineData(3, 334)]
    [InlineData(1000, 1)]
    public void It_says_when_the_next_packet_may_go(int rate, int milliseconds)
    {
        var bucket = new TokenBucket(_time, rate, 5);
        Assert.Equal(TimeSpan.Zero, bucket.Wait);
        Take(bucket);
        TimeSpan wait = bucket.Wait;
        Assert.Equal(milliseconds, Math.Ceiling(wait.TotalMilliseconds));

        _time.Now += wait - TimeSpan.FromTicks(1);
        Assert.False(bucket.TryTake());
        _time.Now += TimeSpan.FromTicks(1);

        Assert.True(bucket.TryTake());
    }

    [Fact]
    public void In_the_long_run_no_packet_is_lost_or_won_by_rounding()
    {
        var bucket = new TokenBucket(_time, 333, 25);
        int taken = Take(bucket) - 25;
        // 7 ms bring 2.331 packets.
        for (int i = 0; i < 1000; i++)
        {
            _time.Now += TimeSpan.FromMilliseconds(7);
            taken += Take(bucket);
        }

        Assert.Equal(2331, taken);
    }

    [Theory]
    [InlineData(100, 10, 10)]
    [InlineData(100, 50, 25)]
    public void What_was_saved_up_stays_when_limits_change_as_far_as_it_may(int rate, int burst, int expected)
    {
        var bucket = new TokenBucket(_time, 200, 25);

        bucket.Set(rate, burst);
        Assert.Equal(expected, Take(bucket));
        _time.Now += TimeSpan.FromHours(1);

        Assert.Equal(burst, Take(bucket));
    }

    private static int Take(TokenBucket bucket)
    {
        int taken = 0;
        while (bucket.TryTake())
            taken++;
        return taken;
    }

    /// <summary>Taking so many one by one would take long.</summary>
    private TokenBucket Emptied(int rate, int burst)
    {
        var bucket = new TokenBucket(_time, rate, 1);
        Assert.True(bucket.TryTake());
        bucket.Set(rate, burst);
        return bucket;
    }
}
