namespace UpcallActors.Odp;

/// <summary>Attributes of <c>ovs_datapath</c> messages (<c>OVS_DP_ATTR_*</c>), from <c>include/uapi/linux/openvswitch.h</c>.</summary>
internal static class OvsDatapathAttribute
{
    /// <summary>NUL-terminated name.</summary>
    public const ushort Name = 1;

    /// <summary>u32: Netlink port id of upcalls of the datapath itself.</summary>
    public const ushort UpcallPid = 2;

    /// <summary>32 bytes, see <see cref="DatapathStats"/>.</summary>
    public const ushort Stats = 3;

    /// <summary>32 bytes, see <see cref="DatapathStats"/>.</summary>
    public const ushort MegaflowStats = 4;

    /// <summary>u32 of <see cref="OvsDatapathFeatures"/>; a SET without it clears them.</summary>
    public const ushort UserFeatures = 5;

    /// <summary>Padding, no meaning.</summary>
    public const ushort Pad = 6;

    /// <summary>u32: entries of the mask cache.</summary>
    public const ushort MasksCacheSize = 7;

    /// <summary>u32 array: Netlink port id by CPU.</summary>
    public const ushort PerCpuPids = 8;

    /// <summary>u32: ifindex of the internal port.</summary>
    public const ushort IfIndex = 9;
}
