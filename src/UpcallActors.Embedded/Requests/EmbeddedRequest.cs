using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Embedded;

/// <summary>One request to the datapath, its headers read and its attribute list checked. Borrows the channel's memory.</summary>
internal readonly ref struct EmbeddedRequest
{
    private readonly byte[] _bytes;

    private EmbeddedRequest(byte[] bytes, int length, NetlinkMessage message, byte command, int ifIndex)
    {
        _bytes = bytes;
        Message = bytes.AsSpan(0, length);
        Attributes = Message[OvsHeader.AttributesOffset..];
        Family = message.Type;
        Flags = message.Flags;
        Sequence = message.Sequence;
        Command = command;
        IfIndex = ifIndex;
    }

    /// <summary>The whole message.</summary>
    public ReadOnlySpan<byte> Message { get; }

    /// <summary>Its attributes.</summary>
    public ReadOnlySpan<byte> Attributes { get; }

    public ushort Family { get; }

    public NetlinkFlags Flags { get; }

    public uint Sequence { get; }

    public byte Command { get; }

    /// <summary>The datapath asked for.</summary>
    public int IfIndex { get; }

    /// <summary>Whether the answer is a dump.</summary>
    public bool IsDump => (Flags & NetlinkFlags.Dump) == NetlinkFlags.Dump;

    /// <summary>Whether the result is sent back without a GET.</summary>
    public bool WantsEcho => (Flags & NetlinkFlags.Echo) != 0;

    /// <summary>Reads the message at the start of <paramref name="bytes"/>. Returns <see cref="Errno.None"/> or why not.</summary>
    public static Errno TryRead(byte[] bytes, int length, out EmbeddedRequest request)
    {
        request = default;
        OdpParseError error = OvsHeader.TryRead(bytes.AsSpan(0, length), out NetlinkMessage message, out byte command,
            out int ifIndex, out _);
        if (error != OdpParseError.None)
            return Errno.Invalid;
        request = new EmbeddedRequest(bytes, length, message, command, ifIndex);
        return Errno.None;
    }

    /// <summary>Finds an attribute; the last one of its type wins, as in <c>nla_parse</c>.</summary>
    public bool TryFind(ushort type, out NetlinkAttribute attribute) => new NetlinkAttributes(Attributes).TryFindLast(type, out attribute);

    /// <summary>An attribute's payload as actions that may be kept while the request is being handled.</summary>
    public ActionSlice ActionsOf(NetlinkAttribute attribute) =>
        new(_bytes, OvsHeader.AttributesOffset + attribute.PayloadOffset, attribute.Payload.Length);
}
