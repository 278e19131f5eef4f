using UpcallActors.Linux;

namespace UpcallActors.Odp;

/// <summary>A check_pkt_len action: one of two action lists, by the frame's length. Borrows from the message.</summary>
internal readonly ref struct OvsCheckPktLenAction
{
    /// <summary>The length compared with, bytes of the frame from its Ethernet header on.</summary>
    public ushort PacketLength { get; init; }

    /// <summary>Actions for a longer frame.</summary>
    public ReadOnlySpan<byte> IfGreater { get; init; }

    /// <summary>Actions for a frame of that length or less.</summary>
    public ReadOnlySpan<byte> IfLessEqual { get; init; }

    /// <summary>
    /// Reads the payload of <c>OVS_ACTION_ATTR_CHECK_PKT_LEN</c>; all three parts
    /// are mandatory, as in the kernel's <c>validate_and_copy_check_pkt_len</c>.
    /// </summary>
    public static OdpParseError TryParse(ReadOnlySpan<byte> nested, out OvsCheckPktLenAction action)
    {
        action = default;
        if (NetlinkAttributes.Check(nested) != NetlinkParseError.None)
            return OdpParseError.Netlink;
        var list = new NetlinkAttributes(nested);
        if (!list.TryFindLast(OvsCheckPktLenAttribute.PktLen, out NetlinkAttribute length) ||
            !list.TryFindLast(OvsCheckPktLenAttribute.ActionsIfGreater, out NetlinkAttribute greater) ||
            !list.TryFindLast(OvsCheckPktLenAttribute.ActionsIfLessEqual, out NetlinkAttribute lessEqual))
            return OdpParseError.AttributeMissing;
        if (length.Payload.Length != sizeof(ushort))
            return OdpParseError.AttributeSize;
        action = new OvsCheckPktLenAction { PacketLength = length.U16, IfGreater = greater.Payload, IfLessEqual = lessEqual.Payload };
        return OdpParseError.None;
    }

    /// <summary>Writes the action in the order of <c>xlate_check_pkt_larger</c>.</summary>
    public void Write(ref NetlinkWriter writer)
    {
        int nest = writer.BeginNest(OvsActionAttribute.CheckPktLen);
        writer.PutU16(OvsCheckPktLenAttribute.PktLen, PacketLength);
        writer.Put(OvsCheckPktLenAttribute.ActionsIfGreater, IfGreater);
        writer.Put(OvsCheckPktLenAttribute.ActionsIfLessEqual, IfLessEqual);
        writer.EndNest(nest);
    }
}
