namespace UpcallActors.Odp;

/// <summary>Arguments of NAT inside the ct action (<c>OVS_NAT_ATTR_*</c>), from <c>include/uapi/linux/openvswitch.h</c>.</summary>
internal static class OvsNatAttribute
{
    /// <summary>Flag: source NAT.</summary>
    public const ushort Src = 1;

    /// <summary>Flag: destination NAT.</summary>
    public const ushort Dst = 2;

    /// <summary>IPv4 or IPv6 address.</summary>
    public const ushort IpMin = 3;

    /// <summary>IPv4 or IPv6 address.</summary>
    public const ushort IpMax = 4;

    /// <summary>u16 in host order: port.</summary>
    public const ushort ProtoMin = 5;

    /// <summary>u16 in host order: port.</summary>
    public const ushort ProtoMax = 6;

    /// <summary>Flag.</summary>
    public const ushort Persistent = 7;

    /// <summary>Flag.</summary>
    public const ushort ProtoHash = 8;

    /// <summary>Flag.</summary>
    public const ushort ProtoRandom = 9;
}
