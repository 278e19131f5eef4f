using System.Collections.Immutable;
using System.Numerics;
using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto;

/// <summary>
/// Which bucket of a group each value of the low bits of the datapath's hash stands for, each as often as its weight says
/// (<c>group_setup_dp_hash_table</c>).
/// </summary>
internal sealed class BucketMap
{
    private const int FewestSlots = 16;
    private const int MostSlots = 256;

    private readonly byte[] _slots;

    private BucketMap(byte[] slots) => _slots = slots;

    /// <summary>The bits of the hash that are looked at.</summary>
    public uint Mask => (uint)_slots.Length - 1;

    /// <summary>The number of values.</summary>
    public int Count => _slots.Length;

    /// <summary>The place of the bucket that a hash, or a number counted on from it, stands for.</summary>
    public int BucketOf(uint hash) => _slots[hash & Mask];

    /// <summary>
    /// The map of some buckets; null if there are none with a weight, or if so few values could not tell the weights apart.
    /// </summary>
    public static BucketMap? TryMake(ImmutableArray<GroupBucket> buckets)
    {
        uint total = 0;
        uint least = uint.MaxValue;
        foreach (GroupBucket bucket in buckets)
        {
            total += bucket.Weight;
            if (bucket.Weight != 0)
                least = Math.Min(least, bucket.Weight);
        }

        if (total == 0)
            return null;
        uint wanted = BitOperations.RoundUpToPowerOf2(Math.Max(FewestSlots, (total + least - 1) / least));
        return wanted > MostSlots || buckets.Length > byte.MaxValue + 1 ? null : new BucketMap(Fill(buckets, (int)wanted));
    }

    /// <summary>Gives out the values as seats are by Webster's method: each to the bucket with the greatest claim to one more.</summary>
    private static byte[] Fill(ImmutableArray<GroupBucket> buckets, int count)
    {
        byte[] slots = new byte[count];
        Span<int> divisors = stackalloc int[buckets.Length];
        divisors.Fill(1);
        for (int slot = 0; slot < count; slot++)
        {
            int best = 0;
            for (int i = 1; i < buckets.Length; i++)
            {
                // Weight over divisor, without fractions: 65,535 times 511 fits.
                if (buckets[i].Weight * divisors[best] > buckets[best].Weight * divisors[i])
                    best = i;
            }

            slots[slot] = (byte)best;
            divisors[best] += 2;
        }

        return slots;
    }
}
