using System.Numerics;

namespace UpcallActors.Tests;

/// <summary>How evenly hashes fill buckets.</summary>
internal static class Chains
{
    /// <summary>Keys that a table is filled with.</summary>
    public const int Keys = 4096;

    /// <summary>
    /// What no chain of <see cref="Keys"/> keys in as many buckets exceeds: 8 is
    /// usual; with even hashes, one test in ten thousand million has a chain of 17.
    /// </summary>
    public const int Longest = 16;

    /// <summary>The most hashes of one bucket, with one bucket for each, chosen by the lowest bits.</summary>
    public static int LongestOf(IReadOnlyCollection<ulong> hashes)
    {
        ulong mask = BitOperations.RoundUpToPowerOf2((ulong)hashes.Count) - 1;
        return hashes.GroupBy(hash => hash & mask).Max(bucket => bucket.Count());
    }

    /// <summary>The same for keys 0 and up, for tables that take a key's hash by themselves.</summary>
    public static int LongestOf(Func<int, ulong> hashOf) => LongestOf([.. Enumerable.Range(0, Keys).Select(hashOf)]);
}
