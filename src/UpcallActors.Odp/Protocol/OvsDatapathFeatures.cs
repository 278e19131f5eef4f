namespace UpcallActors.Odp;

/// <summary>What userspace asks of a datapath (<c>OVS_DP_F_*</c>), from <c>include/uapi/linux/openvswitch.h</c>.</summary>
[Flags]
internal enum OvsDatapathFeatures : uint
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>The last attribute of an upcall may be without padding.</summary>
    Unaligned = 1,

    /// <summary>A vport may have several upcall port ids.</summary>
    VportPids = 2,

    /// <summary>tc shares recirculation ids with the datapath.</summary>
    TcRecircSharing = 4,

    /// <summary>Upcalls go to the port id of the CPU that received the packet.</summary>
    DispatchUpcallPerCpu = 8,
}
