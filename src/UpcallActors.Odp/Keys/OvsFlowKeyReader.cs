using UpcallActors.Linux;
using UpcallActors.Packets;

namespace UpcallActors.Odp;

/// <summary>
/// Reads flow keys and masks (lists of <see cref="OvsKeyAttribute"/>) into <see cref="FlowKey"/>s. Attributes not known are
/// passed over: they stay in the bytes, which is what goes back to the datapath. An attribute that occurs twice in one
/// list is refused, as the kernel does (<c>__parse_flow_nlattrs</c>). Allocates nothing.
/// </summary>
internal static class OvsFlowKeyReader
{
    /// <summary>
    /// EtherType that a key carries for a frame without one; the kernel leaves
    /// the attribute out (<c>ETH_P_802_2</c> there, 0x5ff in Open vSwitch).
    /// </summary>
    public const ushort NoEtherType = 0x05ff;

    /// <summary>VLAN tags that a key can hold.</summary>
    internal const int MaxVlanTags = 2;

    /// <summary>Bit 12 of a TCI: the tag is there.</summary>
    internal const ushort VlanPresent = 0x1000;

    /// <summary>
    /// Reads a key. A key without ETHERNET but with ETHERTYPE is that of a packet without Ethernet header: its
    /// <see cref="FlowKey.PacketType"/> is made from the EtherType. Without either it is metadata, as in an EXECUTE.
    /// </summary>
    public static OdpParseError TryRead(ReadOnlySpan<byte> keyAttributes, out FlowKey key) => Read(keyAttributes, isMask: false, out key);

    /// <summary>
    /// Reads a mask. What the mask does not mention is wildcarded; the exact matches that a datapath implies (no VLAN,
    /// input port) are the datapath's to add. The fragment type's mask is all or nothing, as in Open vSwitch.
    /// </summary>
    public static OdpParseError TryReadMask(ReadOnlySpan<byte> maskAttributes, out FlowKey mask) =>
        Read(maskAttributes, isMask: true, out mask);

    /// <summary>
    /// Whether the datapath takes a flow of this key. What the kernel says of a frame that ends within a tag (no TPID) or before its first
    /// MPLS label (none) it does not take back (<c>ovs_key_from_nlattrs</c>): each such packet comes up.
    /// </summary>
    public static bool CanBeFlow(ReadOnlySpan<byte> keyAttributes, in FlowKey key)
    {
        if (!IsVlanType(key.EthType) && key.EthType is not (EtherTypes.MplsUnicast or EtherTypes.MplsMulticast))
            return true;
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(keyAttributes))
        {
            bool isWithout = attribute.Type switch
            {
                OvsKeyAttribute.EtherType => attribute.Payload is [0, 0],
                OvsKeyAttribute.Mpls => attribute.Payload.IsEmpty,
                OvsKeyAttribute.Encap => !CanBeFlow(attribute.Payload, key),
                _ => false,
            };
            if (isWithout)
                return false;
        }

        return true;
    }

    internal static bool IsVlanType(ushort etherType) => etherType is 0x8100 or 0x88a8;

    private static OdpParseError Read(ReadOnlySpan<byte> attributes, bool isMask, out FlowKey key)
    {
        key = default;
        OdpParseError error = ReadLevel(attributes, level: 0, isMask, ref key);
        if (error != OdpParseError.None)
            key = default;
        return error;
    }

    /// <summary>Reads the list at one level: 0 is the key's own, each VLAN tag's ENCAP adds one.</summary>
    private static OdpParseError ReadLevel(ReadOnlySpan<byte> attributes, int level, bool isMask, ref FlowKey key)
    {
        ulong seen = 0;
        ushort etherType = 0;
        ushort tci = 0;
        ReadOnlySpan<byte> encap = default;
        var list = new NetlinkAttributes(attributes).GetEnumerator();
        while (list.MoveNext())
        {
            NetlinkAttribute attribute = list.Current;
            if (attribute.Type >= 64)
                continue;
            ulong bit = 1UL << attribute.Type;
            if ((seen & bit) != 0)
                return OdpParseError.AttributeValue;
            seen |= bit;
            switch (attribute.Type)
            {
                case OvsKeyAttribute.EtherType when attribute.Payload.Length == 2:
                    etherType = attribute.U16BigEndian;
                    break;
                case OvsKeyAttribute.Vlan when attribute.Payload.Length == 2:
                    tci = attribute.U16BigEndian;
                    break;
                case OvsKeyAttribute.EtherType or OvsKeyAttribute.Vlan:
                    return OdpParseError.AttributeSize;
                case OvsKeyAttribute.Encap:
                    encap = attribute.Payload;
                    break;
                default:
                    OdpParseError error = OvsKeyAttributeReader.Read(attribute, isMask, ref key);
                    if (error != OdpParseError.None)
                        return error;
                    break;
            }
        }

        if (list.Error != NetlinkParseError.None)
            return OdpParseError.Netlink;
        bool hasTag = (seen & (Bit(OvsKeyAttribute.Vlan) | Bit(OvsKeyAttribute.Encap))) != 0;
        if (hasTag)
            return ReadTag(seen, etherType, tci, encap, level, isMask, ref key);
        return SetEtherType(seen, etherType, level, isMask, ref key);
    }

    private static OdpParseError ReadTag(ulong seen, ushort tpid, ushort tci, ReadOnlySpan<byte> encap, int level, bool isMask,
        ref FlowKey key)
    {
        if (level >= MaxVlanTags)
            return OdpParseError.TooDeep;
        if (!isMask)
        {
            const ulong Whole = (1UL << OvsKeyAttribute.Vlan) | (1UL << OvsKeyAttribute.Encap);
            bool present = (tci & VlanPresent) != 0;
            bool isCut = tci == 0 && encap.IsEmpty;
            if ((seen & Whole) != Whole || !(IsVlanType(tpid) || (isCut && tpid == 0)) || (!present && !isCut))
                return OdpParseError.AttributeValue;
        }

        if (level == 0)
        {
            key.VlanTpid = tpid;
            key.VlanTci = tci;
        }
        else
        {
            key.CvlanTpid = tpid;
            key.CvlanTci = tci;
        }

        if (!isMask && tci == 0)
        {
            // The frame ends within the tag: a datapath says so with a TCI of 0 and nothing encapsulated; the kernel without the TPID
            // (parse_vlan_tag).
            key.EthType = tpid == 0 ? EtherTypes.Vlan : tpid;
            return OdpParseError.None;
        }

        return ReadLevel(encap, level + 1, isMask, ref key);
    }

    private static OdpParseError SetEtherType(ulong seen, ushort etherType, int level, bool isMask, ref FlowKey key)
    {
        bool hasEtherType = (seen & Bit(OvsKeyAttribute.EtherType)) != 0;
        bool hasEthernet = level > 0 || (seen & Bit(OvsKeyAttribute.Ethernet)) != 0;
        if (isMask)
        {
            key.EthType = etherType;
            return OdpParseError.None;
        }

        if (!hasEtherType)
        {
            key.EthType = hasEthernet ? NoEtherType : (ushort)0;
            return OdpParseError.None;
        }

        // A third tag is as far as a key sees; a first or second one must be spelt out.
        if (IsVlanType(etherType) && level < MaxVlanTags)
            return OdpParseError.AttributeValue;
        key.EthType = etherType;
        if (!hasEthernet && key.PacketType == 0)
            key.PacketType = 0x10000u | etherType;
        return OdpParseError.None;
    }

    private static ulong Bit(ushort type) => 1UL << type;
}
