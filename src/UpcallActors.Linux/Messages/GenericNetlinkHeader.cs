namespace UpcallActors.Linux;

/// <summary><c>genlmsghdr</c>: command, version and two reserved bytes, from <c>include/uapi/linux/genetlink.h</c>.</summary>
internal readonly record struct GenericNetlinkHeader(byte Command, byte Version)
{
    /// <summary>Bytes of a <c>genlmsghdr</c>.</summary>
    public const int Length = 4;

    /// <summary>Offset of the command from the start of the Netlink message.</summary>
    public const int CommandOffset = NetlinkMessage.HeaderLength;

    /// <summary>Reads the header at the start of a message's payload; <paramref name="body"/> is what follows.</summary>
    public static NetlinkParseError TryRead(ReadOnlySpan<byte> payload, out GenericNetlinkHeader header, out ReadOnlySpan<byte> body)
    {
        if (payload.Length < Length)
        {
            header = default;
            body = default;
            return NetlinkParseError.GenericHeaderTruncated;
        }

        header = new GenericNetlinkHeader(payload[0], payload[1]);
        body = payload[Length..];
        return NetlinkParseError.None;
    }
}
