using System.Runtime.CompilerServices;

namespace UpcallActors.Ofproto;

/// <summary>What the tries of a table say about one flow; each is asked once a lookup, and only if a subtable needs it.</summary>
internal ref struct PrefixLookups
{
    private readonly ReadOnlySpan<PrefixIndex> _indexes;
    private readonly ReadOnlySpan<ulong> _flow;
    private DecidingBits _bits;

    public PrefixLookups(ReadOnlySpan<PrefixIndex> indexes, ReadOnlySpan<ulong> flow)
    {
        _indexes = indexes;
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
            UInt128 value = field.Read(_flow);
            if (_indexes[i].Has(value, length))
                continue;
            ref byte known = ref _bits[i];
            if (known == 0)
                known = (byte)(_indexes[i].DecidingBits(value, field.Width) + 1);
            int bits = known - 1;
            if (bits <= length)
            {
                field.MarkUsed(wildcards, bits);
                return true;
            }
            if (field.IsUsed(wildcards, bits))
                return true;
        }
        return false;
    }

    // Plus one, 0 is not known yet; 128 + 1 still fits.
    [InlineArray(PrefixField.Count)]
    private struct DecidingBits
    {
        private byte _first;
    }
}
