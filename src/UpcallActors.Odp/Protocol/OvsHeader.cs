using System.Buffers.Binary;
using UpcallActors.Linux;

namespace UpcallActors.Odp;

/// <summary>
/// <c>struct ovs_header</c>: the datapath's <c>dp_ifindex</c>, which follows the generic-netlink header of every message.
/// </summary>
internal static class OvsHeader
{
    /// <summary>Bytes of a <c>struct ovs_header</c>.</summary>
    public const int Length = 4;

    /// <summary>Where the attributes start, from the message's first byte.</summary>
    public const int AttributesOffset = NetlinkMessage.HeaderLength + GenericNetlinkHeader.Length + Length;

    /// <summary>
    /// Starts a message: <c>nlmsghdr</c>, <c>genlmsghdr</c> and <c>ovs_header</c>. A request's
    /// port id is 0, the kernel fills it in. Close it with <see cref="NetlinkWriter.EndMessage"/>.
    /// </summary>
    public static int Begin(ref NetlinkWriter writer, ushort family, NetlinkFlags flags, uint sequence, byte command, byte version,
        int datapathIfIndex, uint portId = 0)
    {
        int start = writer.BeginMessage(family, flags, sequence, portId);
        writer.PutGenericHeader(command, version);
        Span<byte> header = stackalloc byte[Length];
        BinaryPrimitives.WriteInt32LittleEndian(header, datapathIfIndex);
        writer.PutRaw(header);
        return start;
    }

    /// <summary>
    /// Reads the headers of a message (one Netlink message, from its <c>nlmsghdr</c> on) and checks that what follows is a
    /// well-formed attribute list. <paramref name="message"/> is cut to <c>nlmsg_len</c>.
    /// </summary>
    public static OdpParseError TryRead(ReadOnlySpan<byte> buffer, out NetlinkMessage message, out byte command, out int datapathIfIndex,
        out ReadOnlySpan<byte> attributes)
    {
        OdpParseError error = TryReadUnchecked(buffer, out message, out command, out datapathIfIndex, out attributes);
        if (error != OdpParseError.None)
            return error;
        return NetlinkAttributes.Check(attributes) == NetlinkParseError.None ? OdpParseError.None : OdpParseError.Netlink;
    }

    /// <summary>
    /// As <see cref="TryRead"/>, for a caller that reads each attribute anyway: it does not check that the list is well formed.
    /// </summary>
    internal static OdpParseError TryReadUnchecked(ReadOnlySpan<byte> buffer, out NetlinkMessage message, out byte command,
        out int datapathIfIndex, out ReadOnlySpan<byte> attributes)
    {
        command = 0;
        datapathIfIndex = 0;
        attributes = default;
        if (NetlinkMessage.TryRead(buffer, out message, out _) != NetlinkParseError.None ||
            GenericNetlinkHeader.TryRead(message.Payload, out GenericNetlinkHeader header,
                out ReadOnlySpan<byte> body) != NetlinkParseError.None)
            return OdpParseError.Netlink;
        command = header.Command;
        if (!BinaryPrimitives.TryReadInt32LittleEndian(body, out datapathIfIndex))
            return OdpParseError.OvsHeaderTruncated;
        attributes = body[Length..];
        return OdpParseError.None;
    }
}
