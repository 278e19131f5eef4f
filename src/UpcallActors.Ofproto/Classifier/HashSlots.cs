using System.Numerics;

namespace UpcallActors.Ofproto;

/// <summary>
/// A hash table of entry numbers with open addressing. A slot has 8 bytes and at most half of them are used, so a lookup costs one cache
/// line at ten entries and at a hundred thousand. Equal tags are told apart by the caller.
/// </summary>
internal readonly struct HashSlots
{
    private readonly Slot[] _slots;
    private readonly int _shift;

    public HashSlots(int capacity)
    {
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(2, capacity) * 2);
        _slots = new Slot[size];
        _shift = 64 - BitOperations.Log2((uint)size);
    }

    /// <summary>One entry for each hash.</summary>
    public static HashSlots Of(HashSet<ulong> hashes)
    {
        var slots = new HashSlots(hashes.Count);
        int entry = 0;
        foreach (ulong hash in hashes)
            slots.Add(hash, entry++);
        return slots;
    }

    /// <summary>Adds an entry.</summary>
    public void Add(ulong hash, int entry)
    {
        int at = Home(hash);
        while (_slots[at].Entry != 0)
            at = (at + 1) & (_slots.Length - 1);
        _slots[at] = new Slot(Tag(hash), entry + 1);
    }

    /// <summary>A walk through the entries with the hash's tag.</summary>
    public Walk Find(ulong hash) => new(_slots, Home(hash), Tag(hash));

    /// <summary>Whether any entry has the hash's tag.</summary>
    public bool Contains(ulong hash) => Find(hash).MoveNext(out _);

    private static uint Tag(ulong hash) => (uint)hash;

    // The top bits choose the slot, the lower ones are the tag: together more of the hash than either.
    private int Home(ulong hash) => (int)(hash >> _shift);

    /// <summary>Goes through the entries with a tag.</summary>
    public ref struct Walk
    {
        private readonly ReadOnlySpan<Slot> _slots;
        private readonly uint _tag;
        private int _at;

        internal Walk(Slot[] slots, int at, uint tag)
        {
            _slots = slots;
            _at = at;
            _tag = tag;
        }

        /// <summary>The next entry; false if there is none.</summary>
        public bool MoveNext(out int entry)
        {
            while (true)
            {
                Slot slot = _slots[_at];
                _at = (_at + 1) & (_slots.Length - 1);
                entry = slot.Entry - 1;
                if (slot.Entry == 0)
                    return false;
                if (slot.Tag == _tag)
                    return true;
            }
        }
    }

    internal readonly record struct Slot(uint Tag, int Entry);
}
