using FsCheck.Xunit;

namespace UpcallActors.Ofproto.Tests;

public class PrefixTrieProperties
{
    [Property(MaxTest = 300)]
    public void A_trie_of_which_prefixes_went_asks_for_the_bits_that_one_without_them_asks_for(int seed)
    {
        var random = new Random(seed);
        var trie = new PrefixTrie();
        List<(UInt128 Prefix, int Length)> left = [];
        for (int step = 0; step < 60; step++)
        {
            if (left.Count > 0 && random.Next(step < 30 ? 4 : 2) == 0)
            {
                (UInt128 prefix, int length) = left[random.Next(left.Count)];
                left.Remove((prefix, length));
                trie.Remove(prefix, length);
            }
            else
            {
                int length = random.Next(1, 33);
                UInt128 prefix = Value(random) & PrefixTrie.PrefixMask(length);
                left.Add((prefix, length));
                trie.Add(prefix, length);
            }

            CheckAgainstFresh(trie, left, random);
        }

        foreach ((UInt128 prefix, int length) in left)
            trie.Remove(prefix, length);
        trie.DecidingBits(Value(random), 32).ShouldBe(0, "nothing is left to tell apart");
    }

    private static void CheckAgainstFresh(PrefixTrie trie, List<(UInt128 Prefix, int Length)> left, Random random)
    {
        var fresh = new PrefixTrie();
        foreach ((UInt128 prefix, int length) in left.OrderBy(one => one.Length))
            fresh.Add(prefix, length);
        for (int i = 0; i < 8; i++)
        {
            UInt128 value = Value(random);
            int bits = trie.DecidingBits(value, 32);
            bits.ShouldBe(fresh.DecidingBits(value, 32));
            UInt128 other = (value & PrefixTrie.PrefixMask(bits)) | (Value(random) & ~PrefixTrie.PrefixMask(bits));
            left.ShouldAllBe(one => Has(value, one) == Has(other, one));
        }
    }

    private static bool Has(UInt128 value, (UInt128 Prefix, int Length) one) =>
        (value & PrefixTrie.PrefixMask(one.Length)) == one.Prefix;

    /// <summary>32 bits at the top, of which few values have the first ones.</summary>
    private static UInt128 Value(Random random) =>
        ((UInt128)(uint)(random.Next(2) == 0 ? 0x0a000000 | (random.Next(4) << 16) : random.Next(4) << 29) << 96)
        | ((UInt128)(uint)random.Next(1 << random.Next(1, 16)) << 96);
}
