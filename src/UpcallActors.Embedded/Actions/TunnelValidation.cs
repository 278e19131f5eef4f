using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <summary>
/// Checks tunnel keys as <c>ip_tun_from_nlattr</c> in the kernel's <c>net/openvswitch/flow_netlink.c</c> does: one destination of one IP
/// version, and a TTL. Options other than VXLAN's group policy belong to tunnels that are not implemented here and are refused.
/// </summary>
internal static class TunnelValidation
{
    private const int TtlBit = 1 << OvsTunnelKeyAttribute.Ttl;
    private const int Ipv4Bits = (1 << OvsTunnelKeyAttribute.Ipv4Src) | (1 << OvsTunnelKeyAttribute.Ipv4Dst);
    private const int Ipv6Bits = (1 << OvsTunnelKeyAttribute.Ipv6Src) | (1 << OvsTunnelKeyAttribute.Ipv6Dst);
    private const int UnsupportedBits =
        (1 << OvsTunnelKeyAttribute.GeneveOpts) | (1 << OvsTunnelKeyAttribute.ErspanOpts) | (1 << OvsTunnelKeyAttribute.Ipv4InfoBridge);

    /// <summary>Returns <see cref="Errno.None"/> or why not.</summary>
    public static Errno Check(ReadOnlySpan<byte> attributes)
    {
        if (NetlinkAttributes.Check(attributes) != NetlinkParseError.None)
            return Errno.Invalid;
        int seen = 0;
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(attributes))
        {
            if (attribute.Type > OvsTunnelKeyAttribute.Ipv4InfoBridge)
                return Errno.Invalid;
            seen |= 1 << attribute.Type;
        }

        var key = default(FlowKey);
        if ((seen & UnsupportedBits) != 0 || (seen & TtlBit) == 0 || OvsTunnelKeyReader.Read(attributes, ref key) != OdpParseError.None)
            return Errno.Invalid;
        bool ipv4 = (seen & Ipv4Bits) != 0;
        bool ipv6 = (seen & Ipv6Bits) != 0;
        return ipv4 != ipv6 && (ipv4 ? key.TunIpv4Dst != 0 : key.TunIpv6Dst != UInt128.Zero) ? Errno.None : Errno.Invalid;
    }
}
