namespace UpcallActors.Odp;

/// <summary>EtherTypes that decide how a key goes on, from <c>include/uapi/linux/if_ether.h</c>.</summary>
public static class EtherTypes
{
    /// <summary>IPv4.</summary>
    public const ushort Ipv4 = 0x0800;

    /// <summary>ARP.</summary>
    public const ushort Arp = 0x0806;

    /// <summary>Reverse ARP.</summary>
    public const ushort Rarp = 0x8035;

    /// <summary>802.1Q tag.</summary>
    public const ushort Vlan = 0x8100;

    /// <summary>IPv6.</summary>
    public const ushort Ipv6 = 0x86dd;

    /// <summary>MPLS.</summary>
    public const ushort Mpls = 0x8847;

    /// <summary>MPLS multicast.</summary>
    public const ushort MplsMulticast = 0x8848;

    /// <summary>802.1ad service tag.</summary>
    public const ushort ServiceVlan = 0x88a8;

    /// <summary>Network service header.</summary>
    public const ushort Nsh = 0x894f;

    /// <summary>The smallest EtherType; below it is an 802.3 length.</summary>
    public const ushort Minimum = 0x0600;
}
