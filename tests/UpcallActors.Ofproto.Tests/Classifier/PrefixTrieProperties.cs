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

    [Property(MaxTest = 100)]
    public void A_trie_tells_prefixes_apart_by_bits_behind_the_first_64_too(int seed)
    {
        var random = new Random(seed);
        var trie = new PrefixTrie();
        trie.Reserve(random.Next(20));
        List<(UInt128 Prefix, int Length)> left = [];
        for (int step = 0; step < 60; step++)
        {
            if (left.Count > 0 && random.Next(3) == 0)
            {
                (UInt128 prefix, int length) = left[random.Next(left.Count)];
                left.Remove((prefix, length));
                trie.Remove(prefix, length);
            }
            else
            {
                int length = random.Next(1, step < 10 ? 65 : 129);
                UInt128 prefix = Long(random) & PrefixTrie.PrefixMask(length);
                left.Add((prefix, length));
                trie.Add(prefix, length);
            }

            for (int i = 0; i < 8; i++)
            {
                UInt128 value = Long(random);
                int bits = trie.DecidingBits(value, 128);
                UInt128 other = (value & PrefixTrie.PrefixMask(bits)) | (Long(random) & ~PrefixTrie.PrefixMask(bits));
                left.ShouldAllBe(one => Has(value, one) == Has(other, one));
                if (bits < 2)
                    continue;
                // One bit less would not do: some value that agrees on those has other prefixes, or could have.
                UInt128 turned = value ^ (UInt128.One << (128 - bits));
                left.ShouldContain(one => Has(value, one) != Has(turned, one) || Reaches(one, turned, bits) != Reaches(one, value, bits));
            }
        }
    }

    [Fact]
    public void A_trie_with_room_for_what_comes_moves_nothing_and_one_that_is_left_takes_little_room()
    {
        var trie = new PrefixTrie();
        trie.Reserve(1000);
        long moved = 0;
        for (uint i = 0; i < 1000; i++)
        {
            int steps = trie.Add((UInt128)i << 96, 32);
            moved = Math.Max(moved, steps);
        }

        moved.ShouldBeLessThanOrEqualTo(33, "no node is deeper than its bits");
        trie.Reserve(0).ShouldBe(0);
        int removed = 0;
        for (uint i = 0; i < 1000; i++)
            removed += trie.Remove((UInt128)i << 96, 32);
        removed.ShouldBeLessThan(1000 * 33);
        trie.DecidingBits(UInt128.Zero, 32).ShouldBe(0);
        trie.Add(UInt128.One << 127, 1).ShouldBe(1);
    }

    /// <summary>Whether a prefix agrees with a value on so many bits.</summary>
    private static bool Reaches((UInt128 Prefix, int Length) one, UInt128 value, int bits) =>
        one.Length >= bits && ((one.Prefix ^ value) & PrefixTrie.PrefixMask(bits)) == 0;

    /// <summary>128 bits of which few values have the first ones, and the middle ones.</summary>
    private static UInt128 Long(Random random) =>
        (Value(random) & PrefixTrie.PrefixMask(32))
        | ((UInt128)(uint)random.Next(2) << random.Next(96))
        | (UInt128)(uint)random.Next(1 << random.Next(1, 20));

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
