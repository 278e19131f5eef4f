using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto;

/// <summary>A field whose prefixes are kept in a trie: the four addresses that rules match by prefix.</summary>
internal readonly struct PrefixField
{
    // In the order in which a lookup asks the tries, that of Open vSwitch's default prefixes.
    private static readonly PrefixField[] _all =
    [
        new(FlowKeyFields.Ipv4Dst), new(FlowKeyFields.Ipv4Src), new(FlowKeyFields.Ipv6Dst), new(FlowKeyFields.Ipv6Src),
    ];

    private readonly int _word;
    private readonly int _shift;

    private PrefixField(FieldLocation location)
    {
        _word = location.Word + Flow.KeyStart;
        _shift = location.Shift;
        Width = location.Width;
    }

    /// <summary>How many there are.</summary>
    public const int Count = 4;

    /// <summary>All of them.</summary>
    public static ReadOnlySpan<PrefixField> All => _all;

    /// <summary>32 or 128.</summary>
    public int Width { get; }

    /// <summary>The stage of a lookup in which it is read.</summary>
    public int Stage => FlowStages.Of(_word);

    /// <summary>The value at the top of 128 bits.</summary>
    public UInt128 Read(ReadOnlySpan<ulong> words) =>
        Width > 64 ? new UInt128(words[_word], words[_word + 1]) : (UInt128)(uint)(words[_word] >> _shift) << 96;

    /// <summary>Marks the leading <paramref name="bits"/> as looked at.</summary>
    public void MarkUsed(Span<ulong> wildcards, int bits) => Write(wildcards, Read(wildcards) | PrefixTrie.PrefixMask(bits));

    /// <summary>Whether the leading <paramref name="bits"/> have been looked at.</summary>
    public bool IsUsed(ReadOnlySpan<ulong> wildcards, int bits) => (~Read(wildcards) & PrefixTrie.PrefixMask(bits)) == 0;

    /// <summary>The length of the prefix that a mask is, 0 if it is none.</summary>
    public int PrefixLength(FlowMask mask)
    {
        Flow flow = mask.ToFlow();
        UInt128 bits = Read(flow.ReadOnlyWords);
        int length = (int)UInt128.LeadingZeroCount(~bits);
        return bits == PrefixTrie.PrefixMask(length) ? length : 0;
    }

    private void Write(Span<ulong> words, UInt128 value)
    {
        if (Width > 64)
        {
            words[_word] = (ulong)(value >> 64);
            words[_word + 1] = (ulong)value;
            return;
        }
        words[_word] = (words[_word] & ~((ulong)uint.MaxValue << _shift)) | ((ulong)(uint)(value >> 96) << _shift);
    }
}
