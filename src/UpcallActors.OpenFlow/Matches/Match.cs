using System.Runtime.InteropServices;

namespace UpcallActors.OpenFlow;

/// <summary>What a rule matches: a value under a mask. Immutable; only the words with any bit of the mask are kept.</summary>
public sealed class Match : IEquatable<Match>
{
    private readonly ulong[] _values;
    private readonly int _hash;

    /// <summary>A match of <paramref name="value"/> under <paramref name="mask"/>; bits outside the mask are ignored.</summary>
    internal Match(in Flow value, in Flow mask)
    {
        Mask = FlowMask.Of(mask);
        _values = new ulong[Mask.Words.Length];
        ReadOnlySpan<ulong> words = value.ReadOnlyWords;
        for (int i = 0; i < _values.Length; i++)
            _values[i] = words[Mask.Indexes[i]] & Mask.Words[i];
        var hash = default(HashCode);
        hash.Add(Mask);
        hash.AddBytes(MemoryMarshal.AsBytes(_values.AsSpan()));
        _hash = hash.ToHashCode();
    }

    /// <summary>The match of every packet.</summary>
    public static Match Any { get; } = new(default, default);

    internal FlowMask Mask { get; }

    /// <summary>The values of the mask's words, in its order, already masked.</summary>
    internal ReadOnlySpan<ulong> Values => _values;

    /// <summary>The value as a flow; bits outside the mask are 0.</summary>
    internal Flow ToValue()
    {
        Flow value = default;
        Span<ulong> words = value.Words;
        for (int i = 0; i < _values.Length; i++)
            words[Mask.Indexes[i]] = _values[i];
        return value;
    }

    /// <summary>The mask as a flow.</summary>
    internal Flow ToMask() => Mask.ToFlow();

    /// <summary>Whether a packet matches.</summary>
    internal bool Matches(in Flow flow)
    {
        ReadOnlySpan<ulong> words = flow.ReadOnlyWords;
        for (int i = 0; i < _values.Length; i++)
        {
            if ((words[Mask.Indexes[i]] & Mask.Words[i]) != _values[i])
                return false;
        }
        return true;
    }

    /// <summary>Whether every packet this matches is matched by <paramref name="other"/> too: OpenFlow's non-strict comparison.</summary>
    public bool IsWithin(Match other)
    {
        for (int i = 0; i < other._values.Length; i++)
        {
            int at = Mask.Indexes.IndexOf(other.Mask.Indexes[i]);
            ulong theirs = other.Mask.Words[i];
            if (at < 0 || (Mask.Words[at] & theirs) != theirs || (_values[at] & theirs) != other._values[i])
                return false;
        }
        return true;
    }

    /// <summary>Whether some packet matches both.</summary>
    public bool Overlaps(Match other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (int i = 0; i < other._values.Length; i++)
        {
            int at = Mask.Indexes.IndexOf(other.Mask.Indexes[i]);
            if (at >= 0 && ((_values[at] ^ other._values[i]) & Mask.Words[at] & other.Mask.Words[i]) != 0)
                return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public bool Equals(Match? other) => ReferenceEquals(this, other)
        || (other is not null && _hash == other._hash && Mask.Equals(other.Mask) && _values.AsSpan().SequenceEqual(other._values));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Match);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;

    /// <summary>As ofctl writes it: <c>icmp,in_port=1</c>.</summary>
    public override string ToString() => MatchText.Format(this, names: null);

    /// <summary>With a name for the input port, if it has one.</summary>
    public string ToString(FlowNames? names) => MatchText.Format(this, names);
}
