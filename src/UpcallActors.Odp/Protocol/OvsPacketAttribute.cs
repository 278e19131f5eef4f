namespace UpcallActors.Odp;

/// <summary>Attributes of <c>ovs_packet</c> messages (<c>OVS_PACKET_ATTR_*</c>), from <c>include/uapi/linux/openvswitch.h</c>.</summary>
internal static class OvsPacketAttribute
{
    /// <summary>The frame.</summary>
    public const ushort Packet = 1;

    /// <summary>Nested <see cref="OvsKeyAttribute"/>.</summary>
    public const ushort Key = 2;

    /// <summary>Nested <see cref="OvsActionAttribute"/>.</summary>
    public const ushort Actions = 3;

    /// <summary>The userspace action's cookie.</summary>
    public const ushort UserData = 4;

    /// <summary>Nested <see cref="OvsTunnelKeyAttribute"/>.</summary>
    public const ushort EgressTunnelKey = 5;

    /// <summary>Flag: log no error.</summary>
    public const ushort Probe = 8;

    /// <summary>u16 in host order: largest fragment received.</summary>
    public const ushort Mru = 9;

    /// <summary>u32: length before truncation.</summary>
    public const ushort Len = 10;

    /// <summary>u64: the packet's hash, bit 32 software, bit 33 L4.</summary>
    public const ushort Hash = 11;

    /// <summary>u32: Netlink port id for the upcalls of recirculated packets.</summary>
    public const ushort UpcallPid = 12;
}
