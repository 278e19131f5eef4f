namespace UpcallActors.Ofproto;

/// <summary>
/// The writer's side of the prefixes that a table's rules have of one field. A few changes make a trie of the one before; after many it
/// is made anew of all prefixes, which is less work: each change makes a new way from the top. Not thread-safe.
/// </summary>
internal sealed class PrefixIndexBuilder
{
    /// <summary>
    /// A way from the top of a trie with 100,000 prefixes is some 17 nodes, a whole trie two nodes for each: beyond one change for so many
    /// prefixes, all of them are taken.
    /// </summary>
    private const int PrefixesPerChange = 8;

    /// <summary>As many changes are always made one by one.</summary>
    private const int FewChanges = 16;

    private readonly List<(UInt128 Prefix, int Length, bool IsAdded)> _changes = [];
    private PrefixTrie? _trie;
    private PrefixIndex? _index;
    private int _count;
    private bool _isStale;

    /// <summary>A match came that has this prefix, of at least 1 bit.</summary>
    public void Add(UInt128 prefix, int length) => Change(prefix, length, isAdded: true);

    /// <summary>A match went that had this prefix.</summary>
    public void Remove(UInt128 prefix, int length) => Change(prefix, length, isAdded: false);

    /// <summary>The index of the prefixes as they are now. <paramref name="collect"/> gives all of them, should they be needed.</summary>
    public PrefixIndex Build(Func<int, List<(UInt128 Prefix, int Length)>> collect)
    {
        if (_isStale)
        {
            _trie = _count == 0 ? null : PrefixTrie.Of(collect(_count));
            _isStale = false;
        }

        foreach ((UInt128 prefix, int length, bool isAdded) in _changes)
            _trie = isAdded ? PrefixTrie.Add(_trie, prefix, length) : PrefixTrie.Remove(_trie, prefix, length);
        _changes.Clear();
        return _index ??= new PrefixIndex(_trie);
    }

    private void Change(UInt128 prefix, int length, bool isAdded)
    {
        _index = null;
        _count += isAdded ? 1 : -1;
        if (_isStale)
            return;
        if (_changes.Count < Math.Max(FewChanges, _count / PrefixesPerChange))
        {
            _changes.Add((prefix, length, isAdded));
            return;
        }

        _isStale = true;
        _changes.Clear();
        _changes.TrimExcess();
    }
}
