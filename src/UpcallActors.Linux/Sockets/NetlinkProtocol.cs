namespace UpcallActors.Linux;

/// <summary>The Netlink families that a socket can be opened for, from <c>include/uapi/linux/netlink.h</c>.</summary>
internal enum NetlinkProtocol
{
    /// <summary><c>NETLINK_ROUTE</c>: links, addresses, routes, neighbours.</summary>
    Route = 0,

    /// <summary><c>NETLINK_USERSOCK</c>: between processes; the kernel takes no part.</summary>
    UserSocket = 2,

    /// <summary><c>NETLINK_NETFILTER</c>: connection tracking and the rest of netfilter.</summary>
    Netfilter = 12,

    /// <summary><c>NETLINK_GENERIC</c>: families that are looked up by name, Open vSwitch's among them.</summary>
    Generic = 16,
}
