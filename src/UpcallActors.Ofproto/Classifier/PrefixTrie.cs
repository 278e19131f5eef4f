using System.Numerics;

namespace UpcallActors.Ofproto;

/// <summary>
/// The prefixes that rules have of one field, to tell how few bits of a value rule a prefix out. Values and prefixes stand at the top of
/// 128 bits. One thread changes it, any number of others ask meanwhile.
/// </summary>
/// <remarks>
/// What a node stands for never changes. To add a prefix makes at most two nodes and writes one reference to them, to remove one writes
/// one reference, past its node or past the branch that it shared; so a reader sees the trie before or after. A node that is no longer
/// in the trie keeps its references. A reader that stands on it comes to all that was below it when it went, and below that nothing
/// goes which the reader's version can still see (<see cref="FlowTables"/>).
/// </remarks>
internal sealed class PrefixTrie
{
    private const int ValueBits = 128;

    private Node? _root;

    /// <summary>A mask of the top <paramref name="length"/> of 128 bits.</summary>
    public static UInt128 PrefixMask(int length) => length == 0 ? UInt128.Zero : UInt128.MaxValue << (ValueBits - length);

    /// <summary>
    /// Counts one rule more of a prefix of at least 1 bit, with no bits behind <paramref name="length"/>. Returns how many nodes were
    /// looked at.
    /// </summary>
    public int Add(UInt128 prefix, int length)
    {
        ref Node? at = ref _root;
        for (int steps = 1; ; steps++)
        {
            Node? node = at;
            if (node is null)
            {
                Volatile.Write(ref at, new Node(prefix, length) { Rules = 1 });
                return steps;
            }

            int equal = Math.Min(EqualBits(node.Prefix, prefix), Math.Min(node.Length, length));
            if (equal < node.Length)
            {
                Volatile.Write(ref at, Split(node, prefix, length, equal));
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

    /// <summary>Counts one rule less of a prefix that was added. Returns how many nodes were looked at.</summary>
    public int Remove(UInt128 prefix, int length)
    {
        ref Node? above = ref _root;
        ref Node? at = ref _root;
        Node? parent = null;
        int steps = 1;
        for (; at!.Length != length; steps++)
        {
            above = ref at;
            parent = at;
            at = ref parent.Branch(BitAt(prefix, parent.Length));
        }

        Node node = at;
        if (--node.Rules > 0 || (node.Zero is not null && node.One is not null))
            return steps;
        Node? rest = node.Zero ?? node.One;
        // A node that was there for two branches only goes with one of them.
        if (rest is null && parent is { Rules: 0 })
            Volatile.Write(ref above, ReferenceEquals(parent.Zero, node) ? parent.One : parent.Zero);
        else
            Volatile.Write(ref at, rest);
        return steps;
    }

    /// <summary>
    /// How many leading bits of <paramref name="value"/> decide which prefixes of up to
    /// <paramref name="width"/> bits it has: all values that agree with it on those have the same prefixes.
    /// </summary>
    public int DecidingBits(UInt128 value, int width)
    {
        (ulong high, ulong low) = ((ulong)(value >> 64), (ulong)value);
        Node? last = null;
        for (Node? node = Volatile.Read(ref _root); node is not null;)
        {
            int length = node.Length;
            ulong difference = high ^ node.High;
            int equal = difference != 0 ? BitOperations.LeadingZeroCount(difference) : 64 + BitOperations.LeadingZeroCount(low ^ node.Low);
            if (equal < length)
                return equal + 1;
            if (length >= width)
                return width;
            last = node;
            ulong rest = length < 64 ? high << length : low << length;
            node = Volatile.Read(ref (long)rest < 0 ? ref node.One : ref node.Zero);
        }

        if (last is null)
            return 0;
        // A branch that is not there: one bit more tells it from the branch that is.
        bool isEnd = Volatile.Read(ref last.Zero) is null && Volatile.Read(ref last.One) is null;
        return isEnd ? last.Length : last.Length + 1;
    }

    private static Node Split(Node node, UInt128 prefix, int length, int equal)
    {
        var added = new Node(prefix, length) { Rules = 1 };
        Node branch = equal == length ? added : new Node(prefix & PrefixMask(equal), equal);
        bool isOne = BitAt(node.Prefix, equal);
        branch.Branch(isOne) = node;
        if (branch != added)
            branch.Branch(!isOne) = added;
        return branch;
    }

    private static int EqualBits(UInt128 left, UInt128 right) => (int)UInt128.LeadingZeroCount(left ^ right);

    private static bool BitAt(UInt128 value, int offset) => ((value >> (ValueBits - 1 - offset)) & 1) != 0;

    /// <summary>A whole prefix, from the top bit on. Without rules it exists only where two branches part.</summary>
    private sealed class Node(UInt128 prefix, int length)
    {
        public readonly ulong High = (ulong)(prefix >> 64);
        public readonly ulong Low = (ulong)prefix;
        public readonly byte Length = (byte)length;

        /// <summary>The writer's alone.</summary>
        public int Rules;

        public Node? Zero;
        public Node? One;

        public UInt128 Prefix => new(High, Low);

        public ref Node? Branch(bool isOne) => ref isOne ? ref One : ref Zero;
    }
}
