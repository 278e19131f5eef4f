using UpcallActors.OpenFlow;
namespace UpcallActors.Ofproto;

/// <summary>
/// The prefixes that the rules of a table have of one field, to ask two things: is this one of them (by hash,
/// one cache line), and if not, how few bits say so (by trie, some twenty lines in a large table). Immutable.
/// </summary>
internal sealed class PrefixIndex
{
    private readonly PrefixTrie? _trie;
    private readonly HashSlots _prefixes;

    public PrefixIndex(PrefixTrie? trie)
    {
        _trie = trie;
        _prefixes = new HashSlots(trie?.Count() ?? 0);
        HashSlots prefixes = _prefixes;
        int count = 0;
        trie?.Visit((prefix, length) => prefixes.Add(Hash(prefix, length), count++));
    }

    /// <summary>
    /// Whether rules have the first <paramref name="length"/> bits of <paramref name="value"/>
    /// as their prefix; may say so wrongly if hashes collide, which costs bits, no more.
    /// </summary>
    public bool Has(UInt128 value, int length) => _prefixes.Contains(Hash(value & PrefixTrie.PrefixMask(length), length));

    /// <summary>How many leading bits of <paramref name="value"/> decide which prefixes it has.</summary>
    public int DecidingBits(UInt128 value, int width) => PrefixTrie.DecidingBits(_trie, value, width);

    private static ulong Hash(UInt128 prefix, int length) =>
        FlowHash.Mix(FlowHash.Mix(FlowHash.Mix(FlowHash.Seed, (ulong)(prefix >> 64)), (ulong)prefix), (ulong)length);
}
