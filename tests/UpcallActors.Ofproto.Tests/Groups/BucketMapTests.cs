using System.Collections.Immutable;
using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto.Tests;

public class BucketMapTests
{
    [Theory]
    [InlineData("1,1", 16, "8,8")]
    [InlineData("1,2,1", 16, "4,8,4")]
    [InlineData("50,100", 16, "5,11")]
    [InlineData("1,0,3", 16, "4,0,12")]
    [InlineData("1,31", 32, "1,31")]
    [InlineData("3,100", 64, "2,62")]
    [InlineData("1,255", 256, "1,255")]
    public void Each_bucket_stands_for_as_many_values_as_its_weight_says(string weights, int count, string values)
    {
        BucketMap map = BucketMap.TryMake(Buckets(weights)).ShouldNotBeNull();

        map.Count.ShouldBe(count);
        map.Mask.ShouldBe((uint)count - 1);
        int[] chosen = [.. Enumerable.Range(0, count).Select(hash => map.BucketOf((uint)hash))];
        string.Join(',', Buckets(weights).Select((_, bucket) => chosen.Count(one => one == bucket))).ShouldBe(values);
    }

    [Fact]
    public void Only_the_low_bits_of_a_hash_are_looked_at()
    {
        BucketMap map = BucketMap.TryMake(Buckets("1,2")).ShouldNotBeNull();

        for (uint hash = 0; hash < 16; hash++)
            map.BucketOf(0xabcdef00 | hash).ShouldBe(map.BucketOf(hash));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0,0")]
    [InlineData("1,256")]
    [InlineData("1,65535")]
    public void There_is_no_map_where_256_values_could_not_tell_the_weights_apart(string weights) =>
        BucketMap.TryMake(Buckets(weights)).ShouldBeNull();

    private static ImmutableArray<GroupBucket> Buckets(string weights) =>
        weights.Length == 0 ? [] : [.. weights.Split(',').Select(weight => new GroupBucket { Weight = ushort.Parse(weight) })];
}
