namespace UpcallActors.Linux;

/// <summary>Netlink pads messages and attributes to 4 bytes (<c>NLMSG_ALIGN</c>, <c>NLA_ALIGN</c>).</summary>
internal static class NetlinkAlignment
{
    /// <summary>Rounds a length up to a multiple of 4.</summary>
    public static int Align(int length) => (length + 3) & ~3;
}
