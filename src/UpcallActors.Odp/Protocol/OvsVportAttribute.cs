namespace UpcallActors.Odp;

/// <summary>Attributes of <c>ovs_vport</c> messages (<c>OVS_VPORT_ATTR_*</c>), from <c>include/uapi/linux/openvswitch.h</c>.</summary>
internal static class OvsVportAttribute
{
    /// <summary>u32: datapath port number.</summary>
    public const ushort PortNo = 1;

    /// <summary>u32 of <see cref="OvsVportType"/>.</summary>
    public const ushort Type = 2;

    /// <summary>NUL-terminated name.</summary>
    public const ushort Name = 3;

    /// <summary>Nested, by type: <see cref="OvsTunnelAttribute"/>.</summary>
    public const ushort Options = 4;

    /// <summary>u32 array: Netlink port ids of upcalls.</summary>
    public const ushort UpcallPid = 5;

    /// <summary>64 bytes, see <see cref="VportStats"/>.</summary>
    public const ushort Stats = 6;

    /// <summary>Padding, no meaning.</summary>
    public const ushort Pad = 7;

    /// <summary>u32: ifindex of the device.</summary>
    public const ushort IfIndex = 8;

    /// <summary>s32: network namespace id.</summary>
    public const ushort NetnsId = 9;

    /// <summary>Nested: u64 SUCCESS 0 and u64 FAIL 1.</summary>
    public const ushort UpcallStats = 10;
}
