using System.Buffers.Binary;

namespace UpcallActors.Linux;

/// <summary>
/// Ancillary data that came with a message (<c>struct cmsghdr</c> of 64-bit Linux, one behind the other). What is malformed ends the list.
/// </summary>
/// <param name="bytes">The data; borrowed.</param>
internal readonly ref struct ControlMessages(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>For <c>foreach</c>.</summary>
    public Enumerator GetEnumerator() => new(_bytes);

    /// <summary>Walks the messages.</summary>
    public ref struct Enumerator
    {
        private ReadOnlySpan<byte> _rest;

        internal Enumerator(ReadOnlySpan<byte> bytes) => _rest = bytes;

        /// <summary>The message at hand.</summary>
        public ControlMessage Current { get; private set; }

        /// <summary>Goes to the next one; false at the end.</summary>
        public bool MoveNext()
        {
            if (_rest.Length < ControlMessage.HeaderLength)
                return false;
            ulong length = BinaryPrimitives.ReadUInt64LittleEndian(_rest);
            if (length < ControlMessage.HeaderLength || length > (ulong)_rest.Length)
                return false;
            Current = new ControlMessage(
                BinaryPrimitives.ReadInt32LittleEndian(_rest[8..]), BinaryPrimitives.ReadInt32LittleEndian(_rest[12..]),
                _rest[ControlMessage.HeaderLength..(int)length]);
            _rest = _rest[Math.Min(ControlMessage.Align((int)length), _rest.Length)..];
            return true;
        }
    }
}

/// <summary>One piece of ancillary data.</summary>
internal readonly ref struct ControlMessage
{
    /// <summary>Bytes of <c>struct cmsghdr</c>.</summary>
    public const int HeaderLength = 16;

    internal ControlMessage(int level, int type, ReadOnlySpan<byte> payload)
    {
        Level = level;
        Type = type;
        Payload = payload;
    }

    /// <summary>Whose it is (<c>SOL_*</c>).</summary>
    public int Level { get; }

    /// <summary>What it is.</summary>
    public int Type { get; }

    /// <summary>Its data.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    internal static int Align(int length) => (length + 7) & ~7;

    /// <summary>
    /// Writes a message with a payload that the caller fills in, and returns the payload; advances <paramref name="target"/>.
    /// </summary>
    internal static Span<byte> Write(ref Span<byte> target, int level, int type, int payloadLength)
    {
        int length = HeaderLength + payloadLength;
        BinaryPrimitives.WriteUInt64LittleEndian(target, (ulong)length);
        BinaryPrimitives.WriteInt32LittleEndian(target[8..], level);
        BinaryPrimitives.WriteInt32LittleEndian(target[12..], type);
        Span<byte> payload = target.Slice(HeaderLength, payloadLength);
        target = target[Align(length)..];
        return payload;
    }
}
