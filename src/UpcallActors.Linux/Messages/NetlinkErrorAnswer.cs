using System.Buffers.Binary;
using System.Text;

namespace UpcallActors.Linux;

/// <summary>
/// What the kernel answers to a request that failed or asked for an acknowledgement (<c>struct nlmsgerr</c>), and what ends a dump:
/// an error, and with NETLINK_EXT_ACK an explanation.
/// </summary>
internal readonly ref struct NetlinkErrorAnswer
{
    private const ushort MessageAttribute = 1;
    private const NetlinkFlags Capped = (NetlinkFlags)0x100;
    private const NetlinkFlags HasAttributes = (NetlinkFlags)0x200;

    private readonly ReadOnlySpan<byte> _text;

    private NetlinkErrorAnswer(Errno error, ReadOnlySpan<byte> text)
    {
        Error = error;
        _text = text;
    }

    /// <summary>The error as a positive number; <see cref="Errno.None"/> acknowledges.</summary>
    public Errno Error { get; }

    /// <summary>The kernel's explanation (<c>NLMSGERR_ATTR_MSG</c>); empty where it has none. Allocates.</summary>
    public string Text => Encoding.UTF8.GetString(_text);

    /// <summary>
    /// Reads a message of type <see cref="NetlinkControlType.Error"/> or <see cref="NetlinkControlType.Done"/>; false for any other and
    /// for one that is too short. An explanation that is malformed is left out.
    /// </summary>
    public static bool TryRead(NetlinkMessage message, out NetlinkErrorAnswer answer)
    {
        answer = default;
        bool isError = message.Type == NetlinkControlType.Error;
        if (!isError && message.Type != NetlinkControlType.Done)
            return false;
        if (!BinaryPrimitives.TryReadInt32LittleEndian(message.Payload, out int error))
            return !isError;
        answer = new NetlinkErrorAnswer(error < 0 ? (Errno)unchecked(-error) : Errno.None, Explanation(message, isError));
        return true;
    }

    private static ReadOnlySpan<byte> Explanation(NetlinkMessage message, bool isError)
    {
        if ((message.Flags & HasAttributes) == 0)
            return default;
        ReadOnlySpan<byte> rest = message.Payload[sizeof(int)..];
        if (isError)
        {
            if (rest.Length < NetlinkMessage.HeaderLength)
                return default;
            uint request = (message.Flags & Capped) != 0 ? NetlinkMessage.HeaderLength : BinaryPrimitives.ReadUInt32LittleEndian(rest);
            if (request < NetlinkMessage.HeaderLength || request > (uint)rest.Length)
                return default;
            rest = rest[Math.Min(NetlinkAlignment.Align((int)request), rest.Length)..];
        }

        if (!new NetlinkAttributes(rest).TryFindLast(MessageAttribute, out NetlinkAttribute text))
            return default;
        int end = text.Payload.IndexOf((byte)0);
        return end < 0 ? text.Payload : text.Payload[..end];
    }
}
