using System.Numerics;
using System.Runtime.CompilerServices;

namespace UpcallActors.Ofproto;

/// <summary>
/// How often each of some hashes was added, to ask whether it was added at all. One thread changes it, any number of others ask meanwhile.
/// Of a hash 39 bits are kept; hashes that agree on those count as one, which costs the bits of a lookup, no more.
/// </summary>
/// <remarks>
/// A slot is one word, key and count, so a reader sees it before a change or after it. A key that is counted stays in its slot, and
/// slots before it do not become empty: what is in the table during a whole question is found. A slot whose count is 0 may be given to
/// another key. A table that is full is copied to another array, and what a reader of the old one misses was added after it had begun.
/// </remarks>
internal sealed class HashCounts
{
    private const int CountBits = 24;
    private const ulong CountMask = (1UL << CountBits) - 1;
    private const ulong Used = 1UL << CountBits;
    private const int SmallestSize = 4;

    private ulong[] _slots = new ulong[SmallestSize];
    private int _filled;
    private int _counted;

    /// <summary>Whether a hash was added more often than removed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Contains(ulong hash)
    {
        ulong[] slots = Volatile.Read(ref _slots);
        ulong key = KeyOf(hash);
        int at = Home(key, slots);
        ulong slot = Volatile.Read(ref slots[at]);
        // Most questions end at the first slot: it is empty, or it is the hash's.
        if (slot == 0)
            return false;
        return (slot & ~CountMask) == key ? (slot & CountMask) != 0 : ContainsBehind(slots, at, key);
    }

    /// <summary>Makes room for hashes that are about to come. Returns how many slots were looked at.</summary>
    public int Reserve(int count) => (_filled + count) * 2 <= _slots.Length ? 0 : Rebuild(count);

    /// <summary>Counts a hash once more. Returns how many slots were looked at or moved.</summary>
    public int Add(ulong hash)
    {
        int steps = 0;
        if ((_filled + 1) * 2 > _slots.Length)
            steps = Rebuild(1);
        ulong key = KeyOf(hash);
        int free = -1;
        for (int at = Home(key, _slots); ; at = (at + 1) & (_slots.Length - 1))
        {
            steps++;
            ulong slot = _slots[at];
            if ((slot & ~CountMask) == key)
            {
                _counted += (slot & CountMask) == 0 ? 1 : 0;
                // A count that has reached the end stays there, so that the hash is never taken for gone.
                if ((slot & CountMask) != CountMask)
                    Volatile.Write(ref _slots[at], slot + 1);
                return steps;
            }

            if (slot == 0)
            {
                _filled += free < 0 ? 1 : 0;
                _counted++;
                Volatile.Write(ref _slots[free < 0 ? at : free], key | 1);
                return steps;
            }

            if (free < 0 && (slot & CountMask) == 0)
                free = at;
        }
    }

    /// <summary>Counts a hash that was added once less. Returns how many slots were looked at or moved.</summary>
    public int Remove(ulong hash)
    {
        ulong key = KeyOf(hash);
        int at = Home(key, _slots);
        int steps = 1;
        for (; (_slots[at] & ~CountMask) != key; steps++)
            at = (at + 1) & (_slots.Length - 1);
        ulong slot = _slots[at];
        if ((slot & CountMask) == CountMask)
            return steps;
        Volatile.Write(ref _slots[at], slot - 1);
        if ((slot & CountMask) != 1)
            return steps;
        _counted--;
        return _slots.Length > SmallestSize && _counted * 16 < _slots.Length ? steps + Rebuild(1) : steps;
    }

    private static bool ContainsBehind(ulong[] slots, int at, ulong key)
    {
        while (true)
        {
            at = (at + 1) & (slots.Length - 1);
            ulong slot = Volatile.Read(ref slots[at]);
            if (slot == 0)
                return false;
            if ((slot & ~CountMask) == key)
                return (slot & CountMask) != 0;
        }
    }

    private static ulong KeyOf(ulong hash) => (hash & ~CountMask) | Used;

    private static int Home(ulong key, ulong[] slots) => (int)(key >> (BitOperations.LeadingZeroCount((ulong)slots.Length) + 1));

    /// <summary>
    /// Moves what is counted to an array with room for more. If it is not known how many come, it fills three eighths of it at most.
    /// Returns how many slots were looked at.
    /// </summary>
    private int Rebuild(int more)
    {
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(SmallestSize, (_counted + more) * 2));
        if (more == 1 && (_counted + 1) * 8 > size * 3)
            size *= 2;
        ulong[] slots = new ulong[size];
        foreach (ulong slot in _slots)
        {
            if ((slot & CountMask) == 0)
                continue;
            int at = Home(slot, slots);
            while (slots[at] != 0)
                at = (at + 1) & (size - 1);
            slots[at] = slot;
        }

        int steps = _slots.Length;
        _filled = _counted;
        Volatile.Write(ref _slots, slots);
        return steps;
    }
}
