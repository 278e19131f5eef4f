using System.Buffers.Binary;

namespace UpcallActors.Linux;

/// <summary>
/// A view of one Netlink message: <c>nlmsghdr</c> (16 bytes, host byte order) and its payload. Checked by
/// <see cref="TryRead"/>, infallible afterwards. Borrows the buffer; the source of the layout is
/// <c>include/uapi/linux/netlink.h</c>.
/// </summary>
internal readonly ref struct NetlinkMessage
{
    /// <summary>Bytes of a <c>nlmsghdr</c>.</summary>
    public const int HeaderLength = 16;

    /// <summary>Offset of <c>nlmsg_type</c> in the header.</summary>
    public const int TypeOffset = 4;

    /// <summary>Offset of <c>nlmsg_flags</c> in the header.</summary>
    public const int FlagsOffset = 6;

    /// <summary>Offset of <c>nlmsg_seq</c> in the header.</summary>
    public const int SequenceOffset = 8;

    /// <summary>Offset of <c>nlmsg_pid</c> in the header.</summary>
    public const int PortIdOffset = 12;

    private NetlinkMessage(ReadOnlySpan<byte> bytes) => Bytes = bytes;

    /// <summary>The whole message, exactly <c>nlmsg_len</c> bytes.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary><c>nlmsg_len</c>, header included, padding excluded.</summary>
    public int Length => Bytes.Length;

    /// <summary><c>nlmsg_type</c>: a generic-netlink family id, or a control type below 16.</summary>
    public ushort Type => BinaryPrimitives.ReadUInt16LittleEndian(Bytes[TypeOffset..]);

    /// <summary><c>nlmsg_flags</c>.</summary>
    public NetlinkFlags Flags => (NetlinkFlags)BinaryPrimitives.ReadUInt16LittleEndian(Bytes[FlagsOffset..]);

    /// <summary><c>nlmsg_seq</c>, by which an answer finds its request.</summary>
    public uint Sequence => BinaryPrimitives.ReadUInt32LittleEndian(Bytes[SequenceOffset..]);

    /// <summary><c>nlmsg_pid</c>: the Netlink port id of the sender; 0 is the kernel.</summary>
    public uint PortId => BinaryPrimitives.ReadUInt32LittleEndian(Bytes[PortIdOffset..]);

    /// <summary>What follows the header.</summary>
    public ReadOnlySpan<byte> Payload => Bytes[HeaderLength..];

    /// <summary>
    /// Reads the message at the start of <paramref name="buffer"/>. A last message without padding is legal.
    /// <paramref name="consumed"/> is how far to move for the next message (padded to 4, never past the buffer).
    /// </summary>
    public static NetlinkParseError TryRead(ReadOnlySpan<byte> buffer, out NetlinkMessage message, out int consumed)
    {
        message = default;
        consumed = 0;
        if (buffer.Length < HeaderLength)
            return NetlinkParseError.HeaderTruncated;
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(buffer);
        if (length < HeaderLength)
            return NetlinkParseError.LengthBelowHeader;
        if (length > (uint)buffer.Length)
            return NetlinkParseError.LengthBeyondBuffer;
        message = new NetlinkMessage(buffer[..(int)length]);
        consumed = Math.Min(NetlinkAlignment.Align((int)length), buffer.Length);
        return NetlinkParseError.None;
    }
}
