using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto;

/// <summary>
/// The prefixes that the rules of a table have of one field, to ask two things: is this one of them (by hash, one cache line), and if not,
/// how few bits say so (by trie, some twenty lines in a large table). One thread changes it, any number of others ask meanwhile.
/// </summary>
internal sealed class PrefixIndex
{
    private readonly PrefixTrie _trie = new();
    private readonly HashCounts _prefixes = new();

    /// <summary>
    /// Whether rules have the first <paramref name="length"/> bits of <paramref name="value"/>
    /// as their prefix; may say so wrongly if hashes collide, which costs bits, no more.
    /// </summary>
    public bool Has(UInt128 value, int length) => _prefixes.Contains(Hash(value & PrefixTrie.PrefixMask(length), length));

    /// <summary>How many leading bits of <paramref name="value"/> decide which prefixes it has.</summary>
    public int DecidingBits(UInt128 value, int width) => _trie.DecidingBits(value, width);

    /// <summary>Makes room for prefixes that are about to come. Returns how many places were looked at.</summary>
    public int Reserve(int count) => _trie.Reserve(count) + _prefixes.Reserve(count);

    /// <summary>A match came that has this prefix, of at least 1 bit. Returns how many places were looked at.</summary>
    public int Add(UInt128 prefix, int length) => _trie.Add(prefix, length) + _prefixes.Add(Hash(prefix, length));

    /// <summary>A match went that had this prefix. Returns how many places were looked at.</summary>
    public int Remove(UInt128 prefix, int length) => _trie.Remove(prefix, length) + _prefixes.Remove(Hash(prefix, length));

    private static ulong Hash(UInt128 prefix, int length) =>
        FlowHash.Mix(FlowHash.Mix(FlowHash.Mix(FlowHash.Seed, (ulong)(prefix >> 64)), (ulong)prefix), (ulong)length);
}
