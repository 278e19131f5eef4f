using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto;

/// <summary>
/// The matches of a subtable, each with the first of its rules. There is room for a fixed number of entries. One thread adds them and
/// changes their rules, any number of others look meanwhile; an entry's match stays its own, so that a number once found is right.
/// </summary>
internal sealed class MatchEntries
{
    private readonly HashSlots _slots;
    private readonly ulong[] _values;
    private readonly Rule?[] _first;
    private readonly int _words;

    /// <param name="capacity">For how many entries there is room.</param>
    /// <param name="words">How many words a match has.</param>
    public MatchEntries(int capacity, int words)
    {
        _slots = new HashSlots(capacity);
        _values = new ulong[capacity * words];
        _first = new Rule?[capacity];
        _words = words;
    }

    /// <summary>For how many entries there is room.</summary>
    public int Capacity => _first.Length;

    /// <summary>How many entries there are, those without a rule included.</summary>
    public int Count { get; private set; }

    /// <summary>The first rule of the match that a flow has; null if none has it.</summary>
    public Rule? Find(ReadOnlySpan<ulong> flow, FlowMask mask, ulong hash)
    {
        ReadOnlySpan<byte> indexes = mask.Indexes;
        ReadOnlySpan<ulong> masks = mask.Words[..indexes.Length];
        HashSlots.Walk walk = _slots.Find(hash);
        while (walk.MoveNext(out int entry))
        {
            ReadOnlySpan<ulong> values = _values.AsSpan(entry * indexes.Length, indexes.Length);
            int i = 0;
            while (i < values.Length && (flow[indexes[i]] & masks[i]) == values[i])
                i++;
            // Read as any reference: what a rule says was written before the reference to it, and is read through it.
            if (i == values.Length)
                return _first[entry];
        }

        return null;
    }

    /// <summary>The entry of a match, or -1; it may have no rule.</summary>
    public int Find(ReadOnlySpan<ulong> values, ulong hash)
    {
        HashSlots.Walk walk = _slots.Find(hash);
        while (walk.MoveNext(out int entry))
        {
            if (ValuesOf(entry).SequenceEqual(values))
                return entry;
        }

        return -1;
    }

    /// <summary>The words of an entry's match.</summary>
    public ReadOnlySpan<ulong> ValuesOf(int entry) => _values.AsSpan(entry * _words, _words);

    /// <summary>The first rule of an entry. The writer writes it with release.</summary>
    public ref Rule? FirstOf(int entry) => ref _first[entry];

    /// <summary>Adds an entry that there is room for. Returns how many slots were looked at.</summary>
    public int Add(ReadOnlySpan<ulong> values, ulong hash, Rule first)
    {
        values.CopyTo(_values.AsSpan(Count * _words));
        _first[Count] = first;
        return _slots.Add(hash, Count++);
    }
}
