namespace UpcallActors.Linux;

/// <summary>Message types of Netlink itself (<c>NLMSG_*</c>), from <c>include/uapi/linux/netlink.h</c>; families begin at 16.</summary>
internal static class NetlinkControlType
{
    /// <summary>To be ignored.</summary>
    public const ushort Noop = 1;

    /// <summary>An error, or an acknowledgement when the error is 0: see <see cref="NetlinkErrorAnswer"/>.</summary>
    public const ushort Error = 2;

    /// <summary>The end of a dump.</summary>
    public const ushort Done = 3;

    /// <summary>Data was lost.</summary>
    public const ushort Overrun = 4;

    /// <summary>The first type that a family can have (<c>NLMSG_MIN_TYPE</c>).</summary>
    public const ushort FirstFamily = 16;
}
