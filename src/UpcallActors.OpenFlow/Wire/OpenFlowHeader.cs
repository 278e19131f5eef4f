using System.Buffers;
using System.Buffers.Binary;

namespace UpcallActors.OpenFlow;

/// <summary>What a stream of bytes begins with.</summary>
internal enum FrameState
{
    /// <summary>More bytes are needed.</summary>
    Partial,

    /// <summary>A whole message.</summary>
    Message,

    /// <summary>Something that is no message: its length is less than a header's. The connection cannot go on.</summary>
    Broken,
}

/// <summary>
/// The header of each message (<c>struct ofp_header</c>). Its 16 bits of length are what bounds a message: 65,535 bytes.
/// </summary>
/// <param name="Version">The number of the version, known or not.</param>
/// <param name="Type">The type's number, whose meaning depends on the version.</param>
/// <param name="Length">Bytes of the message with its header.</param>
/// <param name="Xid">The transaction, which an answer repeats.</param>
internal readonly record struct OpenFlowHeader(byte Version, byte Type, ushort Length, uint Xid)
{
    /// <summary>Bytes of a header.</summary>
    public const int Size = 8;

    private const int LengthOffset = 2;

    /// <summary>Reads the header of a message that has one.</summary>
    public static OpenFlowHeader Read(ReadOnlySpan<byte> message) => new(
        message[0],
        message[1],
        BinaryPrimitives.ReadUInt16BigEndian(message[LengthOffset..]),
        BinaryPrimitives.ReadUInt32BigEndian(message[(Size / 2)..]));

    /// <summary>Says what the bytes begin with, and how long the message is.</summary>
    public static FrameState Find(ReadOnlySpan<byte> bytes, out int length)
    {
        length = 0;
        if (bytes.Length < LengthOffset + sizeof(ushort))
            return FrameState.Partial;
        length = BinaryPrimitives.ReadUInt16BigEndian(bytes[LengthOffset..]);
        return length < Size ? FrameState.Broken : bytes.Length < length ? FrameState.Partial : FrameState.Message;
    }

    /// <summary>Takes the first message off bytes that came from a socket.</summary>
    public static FrameState TryTake(ref ReadOnlySequence<byte> bytes, out ReadOnlySequence<byte> message)
    {
        message = default;
        if (bytes.Length < Size)
        {
            Span<byte> part = stackalloc byte[Size];
            bytes.CopyTo(part);
            return Find(part[..(int)bytes.Length], out _);
        }

        Span<byte> header = stackalloc byte[Size];
        bytes.Slice(0, Size).CopyTo(header);
        FrameState state = Find(header, out int length);
        if (state == FrameState.Broken || bytes.Length < length)
            return state;
        message = bytes.Slice(0, length);
        bytes = bytes.Slice(length);
        return FrameState.Message;
    }
}
