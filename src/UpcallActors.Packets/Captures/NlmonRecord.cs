using System.Buffers.Binary;

namespace UpcallActors.Packets;

/// <summary>
/// A record of a capture from an <c>nlmon</c> device: one send or receive, with one or more Netlink messages back to back.
/// The 16-byte header is that of Linux's cooked capture with the Netlink protocol in its last two bytes.
/// </summary>
internal readonly ref struct NlmonRecord
{
    /// <summary>Bytes in front of the first <c>nlmsghdr</c>.</summary>
    public const int HeaderLength = 16;

    /// <summary><c>NETLINK_GENERIC</c>.</summary>
    public const ushort GenericNetlink = 16;

    private NlmonRecord(ushort protocol, ReadOnlySpan<byte> messages)
    {
        Protocol = protocol;
        Messages = messages;
    }

    /// <summary>The Netlink protocol, such as <see cref="GenericNetlink"/>.</summary>
    public ushort Protocol { get; }

    /// <summary>The Netlink messages.</summary>
    public ReadOnlySpan<byte> Messages { get; }

    /// <summary>Reads a record's data; false when it is shorter than its header.</summary>
    public static bool TryRead(ReadOnlySpan<byte> data, out NlmonRecord record)
    {
        record = default;
        if (data.Length < HeaderLength)
            return false;
        record = new NlmonRecord(BinaryPrimitives.ReadUInt16BigEndian(data[14..]), data[HeaderLength..]);
        return true;
    }
}
