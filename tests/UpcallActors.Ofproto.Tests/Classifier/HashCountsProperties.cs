using FsCheck.Xunit;

namespace UpcallActors.Ofproto.Tests;

public class HashCountsProperties
{
    [Property(MaxTest = 200)]
    public void A_hash_is_there_as_long_as_it_was_added_more_often_than_removed(int seed)
    {
        var random = new Random(seed);
        ulong[] hashes = [.. Enumerable.Range(0, random.Next(1, 200)).Select(_ => (ulong)random.NextInt64() << 1)];
        int[] counts = new int[hashes.Length];
        var table = new HashCounts();
        for (int step = 0; step < 2_000; step++)
        {
            int i = random.Next(hashes.Length);
            bool isAdded = counts[i] == 0 || random.Next(step / 500 % 2 == 0 ? 3 : 10) < 1 || random.Next(2) == 0;
            counts[i] += isAdded ? 1 : -1;
            _ = isAdded ? table.Add(hashes[i]) : table.Remove(hashes[i]);
            int other = random.Next(hashes.Length);
            table.Contains(hashes[i]).ShouldBe(counts[i] > 0);
            table.Contains(hashes[other]).ShouldBe(counts[other] > 0);
        }
    }
}
