namespace UpcallActors.Ofproto;

/// <summary>
/// The nodes of a <see cref="PrefixTrie"/> side by side: an object for each would have twice the bytes, and a table of 100,000 rules has
/// some 200,000. There is room for a fixed number. A node is written before its number is, and its place is given to no other.
/// </summary>
internal sealed class PrefixNodes
{
    private const int SmallestCapacity = 4;

    private readonly PrefixNode[] _nodes;
    // The rest of each prefix; most tries have prefixes of up to 64 bits.
    private readonly ulong[]? _lows;
    // Number 0 is none.
    private int _used = 1;

    private PrefixNodes(int capacity, bool isWide)
    {
        _nodes = new PrefixNode[Math.Max(SmallestCapacity, capacity) + 1];
        if (isWide)
            _lows = new ulong[_nodes.Length];
    }

    /// <summary>The number of the topmost node, 0 for none.</summary>
    public int Root;

    /// <summary>How many nodes are in the trie, as the writer counts them.</summary>
    public int Live { get; set; }

    /// <summary>Whether a prefix can have more than 64 bits.</summary>
    public bool IsWide => _lows is not null;

    /// <summary>Whether so few nodes are left that others of their number would do with an eighth of the room.</summary>
    public bool IsSparse => _nodes.Length > SmallestCapacity + 1 && Live * 16 < _nodes.Length;

    /// <summary>A node by its number.</summary>
    public ref PrefixNode this[int number] => ref _nodes[number];

    /// <summary>Those of an empty trie.</summary>
    public static PrefixNodes Smallest() => new(SmallestCapacity, isWide: false);

    /// <summary>Whether there is room for so many more.</summary>
    public bool HasRoom(int count) => count <= _nodes.Length - _used;

    /// <summary>The 65th bit of a node's prefix and those behind it, from the top on.</summary>
    public ulong LowOf(int number) => _lows is null ? 0 : _lows[number];

    /// <summary>A node's prefix.</summary>
    public UInt128 PrefixOf(int number) => new(_nodes[number].High, LowOf(number));

    /// <summary>Adds a node that there is room for, which nothing leads to yet. Returns its number.</summary>
    public int Add(UInt128 prefix, int length, int rules)
    {
        int number = _used++;
        _nodes[number] = new PrefixNode { High = (ulong)(prefix >> 64), Length = (byte)length, Rules = rules };
        if (_lows is not null)
            _lows[number] = (ulong)prefix;
        Live++;
        return number;
    }

    /// <summary>The nodes that are in the trie, in other places, with room for as many as given.</summary>
    public PrefixNodes MovedTo(int capacity, bool isWide)
    {
        var to = new PrefixNodes(capacity, isWide);
        to.Root = Move(Root, to);
        return to;
    }

    /// <summary>As deep as prefixes are long, at most.</summary>
    private int Move(int number, PrefixNodes to)
    {
        if (number == 0)
            return 0;
        PrefixNode node = _nodes[number];
        int moved = to.Add(PrefixOf(number), node.Length, node.Rules);
        to[moved].Zero = Move(node.Zero, to);
        to[moved].One = Move(node.One, to);
        return moved;
    }
}
