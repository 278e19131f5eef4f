namespace UpcallActors.Embedded;

/// <summary>Ethernet types that the datapath looks into, from <c>include/uapi/linux/if_ether.h</c>.</summary>
internal static class EtherTypes
{
    public const ushort Ipv4 = 0x0800;
    public const ushort Arp = 0x0806;
    public const ushort Rarp = 0x8035;
    public const ushort Ipv6 = 0x86dd;
    public const ushort MplsUnicast = 0x8847;
    public const ushort MplsMulticast = 0x8848;
    public const ushort Nsh = 0x894f;
    public const ushort Vlan = 0x8100;
    public const ushort ServiceVlan = 0x88a8;

    /// <summary>The smallest value that is a type and not an 802.3 length (<c>ETH_P_802_3_MIN</c>).</summary>
    public const ushort SmallestType = 0x0600;

    /// <summary>How a <see cref="Odp.FlowKey"/> says "802.3 without a usable SNAP header".</summary>
    public const ushort None = 0x05ff;

    public static bool IsVlan(ushort type) => type is Vlan or ServiceVlan;

    public static bool IsMpls(ushort type) => type is MplsUnicast or MplsMulticast;
}
