using UpcallActors.Odp;
using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto;

/// <summary>
/// The far end of a tunnel port. Several such ports share one datapath port, which has a socket for all of them; a received
/// packet belongs to the port whose addresses and key agree with its tunnel key, and to the most specific of several. Addresses are
/// host-order numbers; of the two remote addresses one is zero, and both are if flows say where packets go.
/// </summary>
public sealed record TunnelPort
{
    /// <summary>Where packets go and must come from, IPv4.</summary>
    public uint RemoteIpv4 { get; init; }

    /// <summary>Where packets go and must come from, IPv6.</summary>
    public UInt128 RemoteIpv6 { get; init; }

    /// <summary>Our address, IPv4; 0 lets the system choose, and any is accepted.</summary>
    public uint LocalIpv4 { get; init; }

    /// <summary>Our address, IPv6; 0 lets the system choose, and any is accepted.</summary>
    public UInt128 LocalIpv6 { get; init; }

    /// <summary>
    /// Whether packets go where flows say by <c>tun_dst</c> or <c>tun_ipv6_dst</c>, and may come from anywhere (<c>remote_ip=flow</c>).
    /// </summary>
    public bool IsRemoteFlow { get; init; }

    /// <summary>
    /// Whether flows say our address by <c>tun_src</c> or <c>tun_ipv6_src</c>, and any is accepted (<c>local_ip=flow</c>): only where
    /// <see cref="IsRemoteFlow"/> is set.
    /// </summary>
    public bool IsLocalFlow { get; init; }

    /// <summary>The key (VNI) of packets that come in; none accepts 0.</summary>
    public TunnelKey InKey { get; init; }

    /// <summary>The key (VNI) of packets that go out; none sends none, which for VXLAN is VNI 0.</summary>
    public TunnelKey OutKey { get; init; }

    /// <summary>The UDP port of the far end.</summary>
    public ushort DestinationPort { get; init; } = 4789;

    /// <summary>The outer TTL (<c>DEFAULT_TTL</c> in Open vSwitch's dp-packet.h).</summary>
    public byte Ttl { get; init; } = 64;

    /// <summary>Whether the outer TTL is that of the inner packet, if it is an IP packet (<c>ttl=inherit</c>).</summary>
    public bool TtlInherit { get; init; }

    /// <summary>The outer TOS; its ECN bits come from the inner packet.</summary>
    public byte Tos { get; init; }

    /// <summary>Whether the outer DSCP is that of the inner packet, if it is an IP packet (<c>tos=inherit</c>).</summary>
    public bool TosInherit { get; init; }

    /// <summary>Whether the outer header forbids fragmentation.</summary>
    public bool DontFragment { get; init; } = true;

    /// <summary>Whether the outer UDP header carries a checksum.</summary>
    public bool Checksum { get; init; }

    /// <summary>The same with one key for packets in both directions.</summary>
    public TunnelPort WithKey(ulong key) => this with { InKey = TunnelKey.Of(key), OutKey = TunnelKey.Of(key) };

    /// <summary>Why a tunnel of a kind can never reach this far end, in words for people; null when it can.</summary>
    public string? ProblemAs(PortKind kind)
    {
        if ((IsRemoteFlow && (RemoteIpv4 != 0 || RemoteIpv6 != 0)) || (IsLocalFlow && (LocalIpv4 != 0 || LocalIpv6 != 0)))
            return "an address of a tunnel is configured or comes from flows, not both";
        if (IsRemoteFlow)
            return null;
        if (IsLocalFlow)
            return "local_ip=flow goes with remote_ip=flow only";
        string remote = RemoteIpv6 != 0 ? AddressText.FormatIpv6(RemoteIpv6) : AddressText.FormatIpv4(RemoteIpv4);
        if (RemoteIpv4 == 0 && RemoteIpv6 == 0)
            return "a tunnel needs a remote address";
        if (RemoteIpv4 != 0 && RemoteIpv6 != 0)
            return "a tunnel has one remote address, not an IPv4 and an IPv6 one";
        if ((RemoteIpv6 != 0 && LocalIpv4 != 0) || (RemoteIpv4 != 0 && LocalIpv6 != 0))
            return "both ends of a tunnel have addresses of the same IP version";
        // Each kind of GRE has its own device, which drops packets of the other IP version (gre_tap_xmit, ip6gre_tunnel_xmit).
        if (kind == PortKind.Gre && RemoteIpv6 != 0)
            return $"gre goes over IPv4, and {remote} is an IPv6 address: the type for it is ip6gre";
        if (kind == PortKind.Ip6Gre && RemoteIpv4 != 0)
            return $"ip6gre goes over IPv6, and {remote} is an IPv4 address: the type for it is gre";
        return IsOneHost() ? null : $"{remote} is not the address of one routable host";
    }

    /// <summary>Neither multicast nor broadcast, and nothing that routes in metadata mode, which have no device, do not lead to.</summary>
    private bool IsOneHost()
    {
        const uint Multicast = 0xe000_0000;
        const uint MulticastMask = 0xf000_0000;
        if (RemoteIpv4 != 0)
            return (RemoteIpv4 & MulticastMask) != Multicast && RemoteIpv4 != uint.MaxValue && RemoteIpv4 >> 24 != 0;
        ulong high = (ulong)(RemoteIpv6 >> 64);
        bool isMulticast = high >> 56 == 0xff;
        bool isLinkLocal = high >> 54 == 0xfe80 >> 6;
        bool isMapped = high == 0 && (ulong)RemoteIpv6 >> 32 == 0xffff;
        return !isMulticast && !isLinkLocal && !isMapped;
    }
}
