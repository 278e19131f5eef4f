namespace UpcallActors.Odp;

/// <summary>Options of tunnel vports (<c>OVS_TUNNEL_ATTR_*</c>), from <c>include/uapi/linux/openvswitch.h</c>.</summary>
internal static class OvsTunnelAttribute
{
    /// <summary>u16 in host order: UDP port.</summary>
    public const ushort DstPort = 1;

    /// <summary>Nested: VXLAN extensions, GBP 1 and GPE 8.</summary>
    public const ushort Extension = 2;
}
