using System.Numerics;

namespace UpcallActors.Ofproto;

/// <summary>
/// A hash table of entry numbers with open addressing. A slot has 8 bytes and at most half of them are used, so a lookup costs one cache
/// line at ten entries and at a hundred thousand. Equal tags are told apart by the caller. It has room for a fixed number of entries,
/// which are added and never removed, by one thread, while any number of others read: a slot is written once, with what it stands for.
/// </summary>
internal readonly struct HashSlots
{
    private const int TagShift = 32;

    private readonly ulong[] _slots;
    private readonly int _shift;

    public HashSlots(int capacity)
    {
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(2, capacity) * 2);
        _slots = new ulong[size];
        _shift = 64 - BitOperations.Log2((uint)size);
    }

    /// <summary>
    /// Adds an entry; what the number stands for must be in its place by now. Returns how many slots were looked at.
    /// </summary>
    public int Add(ulong hash, int entry)
    {
        int at = Home(hash);
        int steps = 1;
        for (; _slots[at] != 0; steps++)
            at = (at + 1) & (_slots.Length - 1);
        Volatile.Write(ref _slots[at], (hash << TagShift) | (uint)(entry + 1));
        return steps;
    }

    /// <summary>A walk through the entries with the hash's tag.</summary>
    public Walk Find(ulong hash) => new(_slots, Home(hash), (uint)hash);

    // The top bits choose the slot, the lower ones are the tag: together more of the hash than either.
    private int Home(ulong hash) => (int)(hash >> _shift);

    /// <summary>Goes through the entries with a tag.</summary>
    public ref struct Walk
    {
        private readonly Span<ulong> _slots;
        private readonly uint _tag;
        private int _at;

        internal Walk(ulong[] slots, int at, uint tag)
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
                ulong slot = Volatile.Read(ref _slots[_at]);
                _at = (_at + 1) & (_slots.Length - 1);
                entry = (int)(uint)slot - 1;
                if (slot == 0)
                    return false;
                if ((uint)(slot >> TagShift) == _tag)
                    return true;
            }
        }
    }
}
