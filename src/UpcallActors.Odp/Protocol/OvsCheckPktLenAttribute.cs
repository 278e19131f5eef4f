namespace UpcallActors.Odp;

/// <summary>
/// Arguments of the check_pkt_len action (<c>OVS_CHECK_PKT_LEN_ATTR_*</c>), from <c>include/uapi/linux/openvswitch.h</c>.
/// </summary>
internal static class OvsCheckPktLenAttribute
{
    /// <summary>u16 in host order.</summary>
    public const ushort PktLen = 1;

    /// <summary>Nested actions.</summary>
    public const ushort ActionsIfGreater = 2;

    /// <summary>Nested actions.</summary>
    public const ushort ActionsIfLessEqual = 3;
}
