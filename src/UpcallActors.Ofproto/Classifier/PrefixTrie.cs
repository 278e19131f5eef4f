using System.Numerics;

namespace UpcallActors.Ofproto;

/// <summary>
/// The prefixes that rules have of one field, to tell how few bits of a value rule a prefix out. Values and prefixes stand at the top of
/// 128 bits. One thread changes it, any number of others ask meanwhile.
/// </summary>
/// <remarks>
/// What a node stands for never changes. To add a prefix makes at most two nodes and writes one number of a node, to remove one writes
/// one number, past its node or past the branch that it shared; so a reader sees the trie before or after. A node that is no longer
/// in the trie keeps its place and its branches. A reader that stands on it comes to all that was below it when it went, and below that
/// nothing goes which the reader's version can still see (<see cref="FlowTables"/>). When all places are taken, the nodes that are in the
/// trie are copied to other places, and what a reader of the old ones misses was added after it had begun.
/// </remarks>
internal sealed class PrefixTrie
{
    private const int ValueBits = 128;

    private PrefixNodes _nodes = PrefixNodes.Smallest();

    /// <summary>A mask of the top <paramref name="length"/> of 128 bits.</summary>
    public static UInt128 PrefixMask(int length) => length == 0 ? UInt128.Zero : UInt128.MaxValue << (ValueBits - length);

    /// <summary>Makes room for prefixes that are about to come. Returns how many nodes were moved.</summary>
    public int Reserve(int count) => _nodes.HasRoom(2 * count) ? 0 : MoveTo(_nodes.Live + (2 * count), _nodes.IsWide);

    /// <summary>
    /// Counts one rule more of a prefix of at least 1 bit, with no bits behind <paramref name="length"/>. Returns how many nodes were
    /// looked at or moved.
    /// </summary>
    public int Add(UInt128 prefix, int length)
    {
        int steps = MakeRoom(prefix);
        PrefixNodes nodes = _nodes;
        ref int at = ref nodes.Root;
        while (true)
        {
            steps++;
            if (at == 0)
            {
                Volatile.Write(ref at, nodes.Add(prefix, length, rules: 1));
                return steps;
            }

            ref PrefixNode node = ref nodes[at];
            int equal = Math.Min(EqualBits(nodes.PrefixOf(at), prefix), Math.Min(node.Length, length));
            if (equal < node.Length)
            {
                Volatile.Write(ref at, Split(nodes, at, prefix, length, equal));
                return steps;
            }

            if (length == node.Length)
            {
                node.Rules++;
                return steps;
            }

            at = ref node.Branch(BitAt(prefix, equal));
        }
    }

    /// <summary>Counts one rule less of a prefix that was added. Returns how many nodes were looked at or moved.</summary>
    public int Remove(UInt128 prefix, int length)
    {
        PrefixNodes nodes = _nodes;
        ref int above = ref nodes.Root;
        ref int at = ref nodes.Root;
        int parent = 0;
        int steps = 1;
        for (; nodes[at].Length != length; steps++)
        {
            above = ref at;
            parent = at;
            at = ref nodes[parent].Branch(BitAt(prefix, nodes[parent].Length));
        }

        ref PrefixNode node = ref nodes[at];
        if (--node.Rules > 0 || (node.Zero != 0 && node.One != 0))
            return steps;
        int rest = node.Zero != 0 ? node.Zero : node.One;
        // A node that was there for two branches only goes with one of them.
        if (rest == 0 && parent != 0 && nodes[parent].Rules == 0)
        {
            nodes.Live -= 2;
            Volatile.Write(ref above, nodes[parent].Zero == at ? nodes[parent].One : nodes[parent].Zero);
        }
        else
        {
            nodes.Live--;
            Volatile.Write(ref at, rest);
        }

        return nodes.IsSparse ? steps + MoveTo(2 * nodes.Live, nodes.IsWide) : steps;
    }

    /// <summary>
    /// How many leading bits of <paramref name="value"/> decide which prefixes of up to
    /// <paramref name="width"/> bits it has: all values that agree with it on those have the same prefixes.
    /// </summary>
    public int DecidingBits(UInt128 value, int width)
    {
        PrefixNodes nodes = Volatile.Read(ref _nodes);
        (ulong high, ulong low) = ((ulong)(value >> 64), (ulong)value);
        int last = 0;
        for (int at = Volatile.Read(ref nodes.Root); at != 0;)
        {
            ref PrefixNode node = ref nodes[at];
            int length = node.Length;
            ulong difference = high ^ node.High;
            int equal = difference != 0
                ? BitOperations.LeadingZeroCount(difference)
                : 64 + BitOperations.LeadingZeroCount(low ^ nodes.LowOf(at));
            if (equal < length)
                return equal + 1;
            if (length >= width)
                return width;
            last = at;
            ulong rest = length < 64 ? high << length : low << length;
            at = Volatile.Read(ref node.Branch((long)rest < 0));
        }

        if (last == 0)
            return 0;
        // A branch that is not there: one bit more tells it from the branch that is.
        ref PrefixNode end = ref nodes[last];
        bool isEnd = Volatile.Read(ref end.Zero) == 0 && Volatile.Read(ref end.One) == 0;
        return isEnd ? end.Length : end.Length + 1;
    }

    private static int Split(PrefixNodes nodes, int below, UInt128 prefix, int length, int equal)
    {
        int added = nodes.Add(prefix, length, rules: 1);
        int branch = equal == length ? added : nodes.Add(prefix & PrefixMask(equal), equal, rules: 0);
        bool isOne = BitAt(nodes.PrefixOf(below), equal);
        nodes[branch].Branch(isOne) = below;
        if (branch != added)
            nodes[branch].Branch(!isOne) = added;
        return branch;
    }

    /// <summary>Room for the two nodes that a prefix may need, with all of its bits.</summary>
    private int MakeRoom(UInt128 prefix)
    {
        bool isWide = _nodes.IsWide || (ulong)prefix != 0;
        return isWide == _nodes.IsWide && _nodes.HasRoom(2) ? 0 : MoveTo(2 * (_nodes.Live + 1), isWide);
    }

    private int MoveTo(int capacity, bool isWide)
    {
        int moved = _nodes.Live;
        Volatile.Write(ref _nodes, _nodes.MovedTo(capacity, isWide));
        return moved;
    }

    private static int EqualBits(UInt128 left, UInt128 right) => (int)UInt128.LeadingZeroCount(left ^ right);

    private static bool BitAt(UInt128 value, int offset) => ((value >> (ValueBits - 1 - offset)) & 1) != 0;
}
