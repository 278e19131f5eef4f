namespace UpcallActors.Odp;

/// <summary>Attributes of tunnel keys (<c>OVS_TUNNEL_KEY_ATTR_*</c>), from <c>include/uapi/linux/openvswitch.h</c>.</summary>
internal static class OvsTunnelKeyAttribute
{
    /// <summary>u64 in network order.</summary>
    public const ushort Id = 0;

    /// <summary>IPv4 address.</summary>
    public const ushort Ipv4Src = 1;

    /// <summary>IPv4 address.</summary>
    public const ushort Ipv4Dst = 2;

    /// <summary>u8.</summary>
    public const ushort Tos = 3;

    /// <summary>u8.</summary>
    public const ushort Ttl = 4;

    /// <summary>Flag.</summary>
    public const ushort DontFragment = 5;

    /// <summary>Flag.</summary>
    public const ushort Csum = 6;

    /// <summary>Flag.</summary>
    public const ushort Oam = 7;

    /// <summary>Geneve options as on the wire.</summary>
    public const ushort GeneveOpts = 8;

    /// <summary>u16 in network order.</summary>
    public const ushort TpSrc = 9;

    /// <summary>u16 in network order.</summary>
    public const ushort TpDst = 10;

    /// <summary>Nested: GBP 1, a u32 of id (16 low bits) and flags (8 bits above).</summary>
    public const ushort VxlanOpts = 11;

    /// <summary>IPv6 address.</summary>
    public const ushort Ipv6Src = 12;

    /// <summary>IPv6 address.</summary>
    public const ushort Ipv6Dst = 13;

    /// <summary>Padding, no meaning.</summary>
    public const ushort Pad = 14;

    /// <summary>ERSPAN metadata.</summary>
    public const ushort ErspanOpts = 15;

    /// <summary>Flag in the kernel; Open vSwitch's userspace datapath uses the number for GTP-U options.</summary>
    public const ushort Ipv4InfoBridge = 16;
}
