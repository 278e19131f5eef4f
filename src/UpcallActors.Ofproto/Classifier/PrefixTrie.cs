using System.Diagnostics;
using System.Numerics;
using System.Runtime.InteropServices;

namespace UpcallActors.Ofproto;

/// <summary>
/// The prefixes that rules have of one field, to tell how few bits of a value rule a prefix out. Values and
/// prefixes stand at the top of 128 bits. Immutable: adding and removing make a new trie that shares what did not change.
/// </summary>
internal sealed class PrefixTrie
{
    private const int ValueBits = 128;

    private readonly ulong _high;
    private readonly ulong _low;
    private readonly byte _length;
    private readonly int _rules;
    private readonly PrefixTrie? _zero;
    private readonly PrefixTrie? _one;

    // A node stands for its whole prefix, from the top bit on; a node without rules exists only where two branches part.
    private PrefixTrie(UInt128 prefix, int length, int rules, PrefixTrie? zero, PrefixTrie? one)
    {
        _high = (ulong)(prefix >> 64);
        _low = (ulong)prefix;
        _length = (byte)length;
        _rules = rules;
        _zero = zero;
        _one = one;
    }

    /// <summary>
    /// The trie of many prefixes, each of at least 1 bit and with no bits behind its length; sorts them. Adding them one after the
    /// other would make a new way from the top for each.
    /// </summary>
    public static PrefixTrie Of(List<(UInt128 Prefix, int Length)> prefixes)
    {
        prefixes.Sort();
        return Of(CollectionsMarshal.AsSpan(prefixes));
    }

    /// <summary>
    /// Of prefixes that are sorted: the first of all is the shortest if any holds all others, since what is behind its bits is 0.
    /// </summary>
    private static PrefixTrie Of(ReadOnlySpan<(UInt128 Prefix, int Length)> prefixes)
    {
        (UInt128 first, int shortest) = prefixes[0];
        int length = Math.Min(EqualBits(first, prefixes[^1].Prefix), shortest);
        int rules = 0;
        while (rules < prefixes.Length && prefixes[rules] == (first, length))
            rules++;
        ReadOnlySpan<(UInt128 Prefix, int Length)> rest = prefixes[rules..];
        int zeros = 0;
        for (int step = rest.Length; step > 0; step /= 2)
        {
            while (zeros + step <= rest.Length && !BitAt(rest[zeros + step - 1].Prefix, length))
                zeros += step;
        }

        PrefixTrie? zero = zeros == 0 ? null : Of(rest[..zeros]);
        PrefixTrie? one = zeros == rest.Length ? null : Of(rest[zeros..]);
        return new PrefixTrie(first & PrefixMask(length), length, rules, zero, one);
    }

    /// <summary>The trie with one more rule of a prefix of <paramref name="length"/> bits, at least 1.</summary>
    public static PrefixTrie Add(PrefixTrie? trie, UInt128 prefix, int length)
    {
        prefix &= PrefixMask(length);
        if (trie is null)
            return new PrefixTrie(prefix, length, 1, null, null);
        int equal = Math.Min(EqualBits(trie.Prefix, prefix), Math.Min(trie._length, length));
        if (equal < trie._length)
            return trie.Split(prefix, length, equal);
        if (length == trie._length)
            return trie.With(trie._rules + 1, trie._zero, trie._one);
        return BitAt(prefix, equal)
            ? trie.With(trie._rules, trie._zero, Add(trie._one, prefix, length))
            : trie.With(trie._rules, Add(trie._zero, prefix, length), trie._one);
    }

    /// <summary>The trie with one rule less of a prefix that was added; null when none is left.</summary>
    public static PrefixTrie? Remove(PrefixTrie? trie, UInt128 prefix, int length)
    {
        Debug.Assert(trie is not null, "only what was added is removed");
        prefix &= PrefixMask(length);
        if (length == trie._length)
            return trie.Shrink(trie._rules - 1, trie._zero, trie._one);
        return BitAt(prefix, trie._length)
            ? trie.Shrink(trie._rules, trie._zero, Remove(trie._one, prefix, length))
            : trie.Shrink(trie._rules, Remove(trie._zero, prefix, length), trie._one);
    }

    /// <summary>
    /// How many leading bits of <paramref name="value"/> decide which prefixes of up to
    /// <paramref name="width"/> bits it has: all values that agree with it on those have the same prefixes.
    /// </summary>
    public static int DecidingBits(PrefixTrie? trie, UInt128 value, int width)
    {
        (ulong high, ulong low) = ((ulong)(value >> 64), (ulong)value);
        PrefixTrie? last = null;
        for (PrefixTrie? node = trie; node is not null;)
        {
            int length = node._length;
            ulong difference = high ^ node._high;
            int equal = difference != 0 ? BitOperations.LeadingZeroCount(difference) : 64 + BitOperations.LeadingZeroCount(low ^ node._low);
            if (equal < length)
                return equal + 1;
            if (length >= width)
                return width;
            last = node;
            ulong rest = length < 64 ? high << length : low << length;
            node = (long)rest < 0 ? node._one : node._zero;
        }
        // A branch that is not there: one bit more tells it from the branch that is.
        return last is null ? 0 : last._zero is null && last._one is null ? last._length : last._length + 1;
    }

    /// <summary>How many different prefixes rules have.</summary>
    public int Count() => (_rules > 0 ? 1 : 0) + (_zero?.Count() ?? 0) + (_one?.Count() ?? 0);

    /// <summary>Visits the prefixes that rules have, each once.</summary>
    public void Visit(Action<UInt128, int> visit)
    {
        if (_rules > 0)
            visit(Prefix, _length);
        _zero?.Visit(visit);
        _one?.Visit(visit);
    }

    /// <summary>A mask of the top <paramref name="length"/> of 128 bits.</summary>
    public static UInt128 PrefixMask(int length) => length == 0 ? UInt128.Zero : UInt128.MaxValue << (ValueBits - length);

    private UInt128 Prefix => new(_high, _low);

    private static int EqualBits(UInt128 left, UInt128 right) => (int)UInt128.LeadingZeroCount(left ^ right);

    private static bool BitAt(UInt128 value, int offset) => ((value >> (ValueBits - 1 - offset)) & 1) != 0;

    private PrefixTrie With(int rules, PrefixTrie? zero, PrefixTrie? one) => new(Prefix, _length, rules, zero, one);

    private PrefixTrie Split(UInt128 prefix, int length, int equal)
    {
        if (equal == length)
            return BitAt(Prefix, equal) ? new PrefixTrie(prefix, length, 1, null, this) : new PrefixTrie(prefix, length, 1, this, null);
        var added = new PrefixTrie(prefix, length, 1, null, null);
        return BitAt(prefix, equal)
            ? new PrefixTrie(prefix & PrefixMask(equal), equal, 0, this, added)
            : new PrefixTrie(prefix & PrefixMask(equal), equal, 0, added, this);
    }

    private PrefixTrie? Shrink(int rules, PrefixTrie? zero, PrefixTrie? one)
    {
        if (rules > 0 || (zero is not null && one is not null))
            return With(rules, zero, one);
        return zero ?? one;
    }
}
