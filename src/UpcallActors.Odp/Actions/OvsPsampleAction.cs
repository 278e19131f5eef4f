using UpcallActors.Linux;

namespace UpcallActors.Odp;

/// <summary>A psample action: hand the packet to the kernel's psample group. Borrows the cookie from the message.</summary>
internal readonly ref struct OvsPsampleAction
{
    /// <summary>Longest cookie (<c>OVS_PSAMPLE_COOKIE_MAX_SIZE</c>).</summary>
    public const int MaximumCookieLength = 16;

    /// <summary>The group.</summary>
    public uint Group { get; init; }

    /// <summary>The cookie; empty for none.</summary>
    public ReadOnlySpan<byte> Cookie { get; init; }

    /// <summary>Reads the payload of <c>OVS_ACTION_ATTR_PSAMPLE</c>.</summary>
    public static OdpParseError TryParse(ReadOnlySpan<byte> nested, out OvsPsampleAction action)
    {
        action = default;
        if (NetlinkAttributes.Check(nested) != NetlinkParseError.None)
            return OdpParseError.Netlink;
        var list = new NetlinkAttributes(nested);
        if (!list.TryFindLast(OvsPsampleAttribute.Group, out NetlinkAttribute group))
            return OdpParseError.AttributeMissing;
        list.TryFindLast(OvsPsampleAttribute.Cookie, out NetlinkAttribute cookie);
        if (group.Payload.Length != sizeof(uint) || cookie.Payload.Length > MaximumCookieLength)
            return OdpParseError.AttributeSize;
        action = new OvsPsampleAction { Group = group.U32, Cookie = cookie.Payload };
        return OdpParseError.None;
    }

    /// <summary>Writes the action.</summary>
    public void Write(ref NetlinkWriter writer)
    {
        int nest = writer.BeginNest(OvsActionAttribute.Psample);
        writer.PutU32(OvsPsampleAttribute.Group, Group);
        if (!Cookie.IsEmpty)
            writer.Put(OvsPsampleAttribute.Cookie, Cookie);
        writer.EndNest(nest);
    }
}
