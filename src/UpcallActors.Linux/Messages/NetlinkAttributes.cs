using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace UpcallActors.Linux;

/// <summary>
/// A list of attributes in memory. Enumerating never reads outside the list, whatever it holds: it ends at the first
/// malformed attribute. <see cref="Check"/> says whether there is one; call it once where bytes come in.
/// A last attribute without padding is legal (<c>nla_ok</c> in the kernel has the same rule).
/// </summary>
internal readonly ref struct NetlinkAttributes
{
    private readonly ReadOnlySpan<byte> _bytes;

    /// <summary>Looks at <paramref name="bytes"/> as attributes; nothing is checked yet.</summary>
    public NetlinkAttributes(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Whether the list is well formed at this level; nested lists are checked by the code that knows they are nested.</summary>
    public static NetlinkParseError Check(ReadOnlySpan<byte> bytes)
    {
        var attributes = new Enumerator(bytes);
        while (attributes.MoveNext())
        {
        }

        return attributes.Error;
    }

    /// <summary>Finds the last attribute of a type: the kernel's <c>nla_parse</c> lets the last one win.</summary>
    public bool TryFindLast(ushort type, out NetlinkAttribute attribute)
    {
        bool found = false;
        attribute = default;
        foreach (NetlinkAttribute candidate in this)
        {
            if (candidate.Type == type)
            {
                attribute = candidate;
                found = true;
            }
        }

        return found;
    }

    /// <summary>Walks the attributes in wire order.</summary>
    public Enumerator GetEnumerator() => new(_bytes);

    /// <summary>Walks attributes; after it ends, <see cref="Error"/> tells whether the list was well formed.</summary>
    public ref struct Enumerator
    {
        private readonly ReadOnlySpan<byte> _bytes;
        private int _start;
        private int _length;
        private int _next;
        private ushort _rawType;

        internal Enumerator(ReadOnlySpan<byte> bytes) => _bytes = bytes;

        /// <summary>The attribute at hand.</summary>
        public readonly NetlinkAttribute Current
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get => new(_rawType, _bytes.Slice(_start + NetlinkAttribute.HeaderLength, _length), _start);
        }

        /// <summary>What ended the walk: <see cref="NetlinkParseError.None"/> at the proper end.</summary>
        public NetlinkParseError Error { get; private set; }

        /// <summary>Moves on; false at the end or at the first malformed attribute.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool MoveNext()
        {
            int left = _bytes.Length - _next;
            if (left <= 0)
                return false;
            if (left < NetlinkAttribute.HeaderLength)
                return Fail(NetlinkParseError.AttributeTruncated);
            uint header = BinaryPrimitives.ReadUInt32LittleEndian(_bytes[_next..]);
            int length = (ushort)header;
            if (length < NetlinkAttribute.HeaderLength)
                return Fail(NetlinkParseError.AttributeLengthBelowHeader);
            if (length > left)
                return Fail(NetlinkParseError.AttributeLengthBeyondBuffer);
            _rawType = (ushort)(header >> 16);
            _start = _next;
            _length = length - NetlinkAttribute.HeaderLength;
            _next += Math.Min(NetlinkAlignment.Align(length), left);
            return true;
        }

        private bool Fail(NetlinkParseError error)
        {
            Error = error;
            _next = _bytes.Length;
            return false;
        }
    }
}
