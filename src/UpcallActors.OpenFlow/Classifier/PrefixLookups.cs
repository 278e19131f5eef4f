using System.Runtime.CompilerServices;

namespace UpcallActors.OpenFlow;

/// <summary>What the tries of a table say about one flow; each is asked once a lookup, and only if a subtable needs it.</summary>
internal ref struct PrefixLookups
{
    private readonly ReadOnlySpan<PrefixTrie?> _tries;
    private readonly ReadOnlySpan<ulong> _flow;
    private Answers _answers;

    public PrefixLookups(ReadOnlySpan<PrefixTrie?> tries, ReadOnlySpan<ulong> flow)
    {
        _tries = tries;
        _flow = flow;
    }

    /// <summary>
    /// Whether the tries rule out a subtable with these prefix lengths (0: no prefix). If so, the bits that did are marked in
    /// <paramref name="wildcards"/>; never more of them than the subtable would have looked at itself.
    /// </summary>
    public bool RuleOut(ReadOnlySpan<byte> prefixLengths, Span<ulong> wildcards)
    {
        for (int i = 0; i < PrefixField.Count; i++)
        {
            int length = prefixLengths[i];
            if (length == 0)
                continue;
            ref readonly PrefixField field = ref PrefixField.All[i];
            ref Answer answer = ref _answers[i];
            if (!answer.IsKnown)
            {
                answer.IsKnown = true;
                answer.Bits = (byte)PrefixTrie.Lookup(_tries[i], field.Read(_flow), field.Width, out answer.Lengths);
            }
            if (((answer.Lengths >> (length - 1)) & 1) != 0)
                continue;
            if (answer.Bits <= length)
            {
                field.MarkUsed(wildcards, answer.Bits);
                return true;
            }
            if (field.IsUsed(wildcards, answer.Bits))
                return true;
        }
        return false;
    }

    private struct Answer
    {
        public UInt128 Lengths;
        public byte Bits;
        public bool IsKnown;
    }

    [InlineArray(PrefixField.Count)]
    private struct Answers
    {
        private Answer _first;
    }
}
