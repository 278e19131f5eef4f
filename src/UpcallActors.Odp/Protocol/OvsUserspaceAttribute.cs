namespace UpcallActors.Odp;

/// <summary>Arguments of the userspace action (<c>OVS_USERSPACE_ATTR_*</c>), from <c>include/uapi/linux/openvswitch.h</c>.</summary>
internal static class OvsUserspaceAttribute
{
    /// <summary>u32: Netlink port id; <see cref="uint.MaxValue"/> with per-CPU dispatch.</summary>
    public const ushort Pid = 1;

    /// <summary>The cookie.</summary>
    public const ushort UserData = 2;

    /// <summary>u32: port whose tunnel key is wanted.</summary>
    public const ushort EgressTunnelPort = 3;

    /// <summary>Flag: send the flow's actions along.</summary>
    public const ushort Actions = 4;
}
