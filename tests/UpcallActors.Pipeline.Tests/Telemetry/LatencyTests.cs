using System.Diagnostics;

namespace UpcallActors.Pipeline.Tests;

/// <summary>Where a latency is counted, and what is read from the counts.</summary>
public sealed class LatencyTests
{
    [Fact]
    public void Bounds_are_steps_of_1_2_5_from_1_us_to_100_ms()
    {
        LatencyBounds.Seconds.Select(seconds => (long)Math.Round(seconds * 1e6))
            .ShouldBe([1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000]);
        LatencyBounds.Buckets.ShouldBe(17);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1_000, 0)]
    [InlineData(1_100, 1)]
    [InlineData(2_000, 1)]
    [InlineData(50_000, 5)]
    [InlineData(99_999_000, 15)]
    [InlineData(100_000_000, 15)]
    [InlineData(100_001_000, 16)]
    [InlineData(3_600_000_000_000, 16)]
    public void A_latency_is_in_the_bucket_whose_bound_it_does_not_exceed(long nanoseconds, int bucket)
    {
        var counts = new LatencyCounts();
        counts.Count((long)(nanoseconds * (Stopwatch.Frequency / 1e9)));
        counts[bucket].ShouldBe(1);
        counts.Read().Sum().ShouldBe(1);
    }

    [Fact]
    public void A_quantile_is_the_bound_that_so_many_do_not_exceed()
    {
        long[] counts = new long[LatencyBounds.Buckets];
        LatencyBounds.Quantile(counts, 0.5).ShouldBe(0);
        counts[3] = 50;
        counts[6] = 49;
        counts[16] = 1;
        LatencyBounds.Quantile(counts, 0.5).ShouldBe(10e-6);
        LatencyBounds.Quantile(counts, 0.51).ShouldBe(100e-6);
        LatencyBounds.Quantile(counts, 0.99).ShouldBe(100e-6);
        LatencyBounds.Quantile(counts, 1).ShouldBe(double.PositiveInfinity);
    }
}
