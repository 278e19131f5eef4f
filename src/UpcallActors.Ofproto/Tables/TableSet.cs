using System.Numerics;
using System.Runtime.CompilerServices;

namespace UpcallActors.Ofproto;

/// <summary>Some of a bridge's tables.</summary>
internal struct TableSet
{
    private const int WordBits = 64;

    private Words _words;

    /// <summary>Every table that there can be.</summary>
    public static TableSet All
    {
        get
        {
            var all = default(TableSet);
            for (int i = 0; i < TablesSnapshot.TableCount; i++)
                all.Add((byte)i);
            return all;
        }
    }

    /// <summary>Whether a table is one of them.</summary>
    public readonly bool Contains(byte table) => ((_words[table / WordBits] >> (table % WordBits)) & 1) != 0;

    internal void Add(byte table) => _words[table / WordBits] |= 1UL << (table % WordBits);

    /// <summary>The first of them from a number on; -1 if there is none.</summary>
    internal readonly int Next(int from)
    {
        for (int table = from; table < TablesSnapshot.TableCount; table = (table / WordBits + 1) * WordBits)
        {
            ulong rest = _words[table / WordBits] >> (table % WordBits);
            if (rest != 0)
                return table + BitOperations.TrailingZeroCount(rest);
        }

        return -1;
    }

    /// <summary>Folded to 64 bits: a table's bit is that of <see cref="BitOf"/>.</summary>
    internal readonly ulong Fold(int shift) => BitOperations.RotateLeft(_words[0] | _words[1] | _words[2] | _words[3], shift);

    /// <summary>A table's bit in a set that is folded with this shift.</summary>
    internal static ulong BitOf(byte table, int shift) => BitOperations.RotateLeft(1UL, table + shift);

    [InlineArray(4)]
    private struct Words
    {
        private ulong _first;
    }
}
