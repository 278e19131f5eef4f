namespace UpcallActors.Linux;

/// <summary>Attributes of messages about links (<c>IFLA_*</c>), from <c>include/uapi/linux/if_link.h</c> and <c>if_tunnel.h</c>.</summary>
internal static class LinkAttribute
{
    /// <summary>Bytes of <c>struct ifinfomsg</c>: family u8, padding u8, type u16, index s32, flags u32, change u32.</summary>
    public const int HeaderLength = 16;

    /// <summary>Link-layer address.</summary>
    public const ushort Address = 1;

    /// <summary>NUL-terminated name.</summary>
    public const ushort Name = 3;

    /// <summary>u32.</summary>
    public const ushort Mtu = 4;

    /// <summary>u32: index of the device that this one is a port of.</summary>
    public const ushort Master = 10;

    /// <summary>Nested: <see cref="InfoKind"/>, <see cref="InfoData"/>.</summary>
    public const ushort LinkInfo = 18;

    /// <summary>Counters (<c>struct rtnl_link_stats64</c>).</summary>
    public const ushort Statistics = 23;

    /// <summary>NUL-terminated kind, such as <c>vxlan</c>.</summary>
    public const ushort InfoKind = 1;

    /// <summary>Nested, by kind.</summary>
    public const ushort InfoData = 2;

    public const ushort VxlanLearning = 7;
    public const ushort VxlanPort = 15;
    public const ushort VxlanUdpZeroChecksum6Receive = 20;
    public const ushort VxlanCollectMetadata = 25;
    public const ushort GenevePort = 5;
    public const ushort GeneveCollectMetadata = 6;
    public const ushort GeneveUdpZeroChecksum6Receive = 10;
    public const ushort GreCollectMetadata = 18;
}
