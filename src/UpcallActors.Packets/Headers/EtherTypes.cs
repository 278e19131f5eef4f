namespace UpcallActors.Packets;

/// <summary>Ethernet types that decide how a packet goes on, from <c>include/uapi/linux/if_ether.h</c>.</summary>
internal static class EtherTypes
{
    /// <summary>IPv4.</summary>
    public const ushort Ipv4 = 0x0800;

    /// <summary>ARP.</summary>
    public const ushort Arp = 0x0806;

    /// <summary>802.1Q tag.</summary>
    public const ushort Vlan = 0x8100;

    /// <summary>Reverse ARP.</summary>
    public const ushort Rarp = 0x8035;

    /// <summary>IPv6.</summary>
    public const ushort Ipv6 = 0x86dd;

    /// <summary>MPLS.</summary>
    public const ushort MplsUnicast = 0x8847;

    /// <summary>MPLS multicast.</summary>
    public const ushort MplsMulticast = 0x8848;

    /// <summary>802.1ad service tag.</summary>
    public const ushort ServiceVlan = 0x88a8;

    /// <summary>Network service header.</summary>
    public const ushort Nsh = 0x894f;

    /// <summary>The smallest value that is a type and not an 802.3 length (<c>ETH_P_802_3_MIN</c>).</summary>
    public const ushort SmallestType = 0x0600;

    /// <summary>How a <see cref="FlowKey"/> says "802.3 without a usable SNAP header".</summary>
    internal const ushort None = 0x05ff;

    /// <summary>Whether a tag follows.</summary>
    internal static bool IsVlan(ushort type) => type is Vlan or ServiceVlan;

    /// <summary>Whether labels follow.</summary>
    internal static bool IsMpls(ushort type) => type is MplsUnicast or MplsMulticast;
}
