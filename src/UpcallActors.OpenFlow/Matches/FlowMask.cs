namespace UpcallActors.OpenFlow;

/// <summary>
/// Which bits a rule matches on: the words of a <see cref="Flow"/> that have any, in the order in which a lookup reads
/// them. Immutable; rules with equal masks share a subtable of the classifier.
/// </summary>
internal sealed class FlowMask : IEquatable<FlowMask>
{
    /// <summary>How many masks a thread remembers: more than the flows of a file have, as a rule.</summary>
    private const int Remembered = 256;

    [ThreadStatic]
    private static FlowMask?[]? t_recent;

    private readonly byte[] _indexes;
    private readonly ulong[] _words;
    private readonly byte[] _stageEnds = new byte[FlowStages.Count];
    private readonly int _hash;

    private FlowMask(in Flow mask)
    {
        ReadOnlySpan<ulong> words = mask.ReadOnlyWords;
        Span<byte> order = stackalloc byte[Flow.WordCount];
        int count = 0;
        for (int stage = 0; stage < FlowStages.Count; stage++)
        {
            for (int word = 0; word < Flow.WordCount; word++)
            {
                if (words[word] != 0 && FlowStages.Of(word) == stage)
                    order[count++] = (byte)word;
            }
            _stageEnds[stage] = (byte)count;
        }
        _indexes = order[..count].ToArray();
        _words = new ulong[count];
        var hash = default(HashCode);
        for (int i = 0; i < count; i++)
        {
            _words[i] = words[_indexes[i]];
            hash.Add(_indexes[i]);
            hash.Add(_words[i]);
        }
        _hash = hash.ToHashCode();
    }

    /// <summary>
    /// The bits of <paramref name="mask"/>. The masks that the thread made last are used again: a hundred thousand flows have a handful.
    /// </summary>
    public static FlowMask Of(in Flow mask)
    {
        ReadOnlySpan<ulong> words = mask.ReadOnlyWords;
        ulong hash = FlowHash.Seed;
        int used = 0;
        for (int word = 0; word < words.Length; word++)
        {
            if (words[word] == 0)
                continue;
            hash = FlowHash.Mix(hash ^ (ulong)word, words[word]);
            used++;
        }

        ref FlowMask? recent = ref (t_recent ??= new FlowMask?[Remembered])[hash % Remembered];
        return recent is not null && recent.Has(words, used) ? recent : recent = new FlowMask(mask);
    }

    /// <summary>Where the words lie in a flow.</summary>
    public ReadOnlySpan<byte> Indexes => _indexes;

    /// <summary>The words, none of them 0, beside <see cref="Indexes"/>.</summary>
    public ReadOnlySpan<ulong> Words => _words;

    /// <summary>For each stage, how many words it and the stages before it have.</summary>
    public ReadOnlySpan<byte> StageEnds => _stageEnds;

    /// <summary>Adds the first <paramref name="count"/> words to <paramref name="wildcards"/>: they were looked at.</summary>
    public void MarkUsed(Span<ulong> wildcards, int count)
    {
        for (int i = 0; i < count; i++)
            wildcards[_indexes[i]] |= _words[i];
    }

    /// <summary>Whether every bit is one of <paramref name="other"/> too.</summary>
    public bool IsWithin(FlowMask other)
    {
        for (int i = 0; i < _words.Length; i++)
        {
            if ((_words[i] & ~other.WordAt(_indexes[i])) != 0)
                return false;
        }

        return true;
    }

    /// <summary>The mask over a whole flow.</summary>
    public Flow ToFlow()
    {
        Flow mask = default;
        MarkUsed(mask.Words, _words.Length);
        return mask;
    }

    /// <summary>The bits of one word, 0 if there are none.</summary>
    public ulong WordAt(int word)
    {
        int at = _indexes.AsSpan().IndexOf((byte)word);
        return at < 0 ? 0 : _words[at];
    }

    private bool Has(ReadOnlySpan<ulong> flow, int used)
    {
        if (used != _words.Length)
            return false;
        for (int i = 0; i < _words.Length; i++)
        {
            if (flow[_indexes[i]] != _words[i])
                return false;
        }

        return true;
    }

    public bool Equals(FlowMask? other) =>
        other is not null && (ReferenceEquals(this, other)
            || (_hash == other._hash && Indexes.SequenceEqual(other._indexes) && Words.SequenceEqual(other._words)));

    public override bool Equals(object? obj) => Equals(obj as FlowMask);

    public override int GetHashCode() => _hash;
}
