using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <summary>
/// Reads the key and mask of a flow request as <c>ovs_nla_get_match</c> in the kernel does: which attributes a key must
/// have and a mask may have (<c>match_validate</c>), and what is matched on without being asked for.
/// </summary>
internal static class FlowMatch
{
    private const byte NeighbourSolicitation = 135;
    private const byte NeighbourAdvertisement = 136;
    private const int HighestAttribute = OvsKeyAttribute.Ipv6ExtHdrs;

    /// <summary>Reads a key that stands alone. Returns <see cref="Errno.None"/> or why not.</summary>
    public static Errno ReadKey(ReadOnlySpan<byte> attributes, out FlowKey key) => ReadKey(attributes, out key, out _);

    /// <summary>
    /// Reads a key and its mask; an absent mask matches on everything that the key mentions. Returns <see cref="Errno.None"/> or why not.
    /// </summary>
    public static Errno Read(ReadOnlySpan<byte> keyAttributes, bool hasMask, ReadOnlySpan<byte> maskAttributes, out FlowKey key,
        out FlowKey mask)
    {
        mask = default;
        Errno error = ReadKey(keyAttributes, out key, out ulong keySet);
        if (error != Errno.None)
            return error;
        byte[]? exact = hasMask ? null : ExactMask(keyAttributes);
        ReadOnlySpan<byte> source = exact ?? maskAttributes;
        ulong maskSet = 0;
        if (!TryCollect(source, skipZero: true, ref maskSet) || OvsFlowKeyReader.TryReadMask(source, out mask) != OdpParseError.None)
            return Errno.Invalid;

        // Whether there is a tag is always matched on, and the input port all or not at all.
        mask.VlanTci = ushort.MaxValue;
        mask.CvlanTci = ushort.MaxValue;
        if (mask.DatapathPort != 0)
            mask.DatapathPort = uint.MaxValue;
        return (maskSet & ~AllowedMask(key, mask, keySet)) == 0 ? Errno.None : Errno.Invalid;
    }

    private static Errno ReadKey(ReadOnlySpan<byte> attributes, out FlowKey key, out ulong set)
    {
        set = 0;
        key = default;
        if (!TryCollect(attributes, skipZero: false, ref set) || OvsFlowKeyReader.TryRead(attributes, out key) != OdpParseError.None)
            return Errno.Invalid;
        if (new NetlinkAttributes(attributes).TryFindLast(OvsKeyAttribute.Tunnel, out NetlinkAttribute tunnel)
            && TunnelValidation.Check(tunnel.Payload) != 0)
            return Errno.Invalid;
        ulong expected = ExpectedKey(key);

        // Packets without an Ethernet header have no port here to come from.
        if ((set & Bit(OvsKeyAttribute.Ethernet)) == 0 || (set & expected) != expected)
            return Errno.Invalid;
        if ((set & Bit(OvsKeyAttribute.InPort)) != 0 && key.DatapathPort >= ActionValidation.MaximumPorts)
            return Errno.Invalid;
        if ((set & Bit(OvsKeyAttribute.InPort)) == 0)
            key.DatapathPort = ActionValidation.MaximumPorts;
        return Errno.None;
    }

    private static bool TryCollect(ReadOnlySpan<byte> attributes, bool skipZero, ref ulong set)
    {
        if (NetlinkAttributes.Check(attributes) != NetlinkParseError.None)
            return false;
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(attributes))
        {
            if (attribute.Type > HighestAttribute)
                return false;
            if (!skipZero || attribute.Payload.ContainsAnyExcept((byte)0))
                set |= Bit(attribute.Type);
            if (attribute.Type == OvsKeyAttribute.Encap && !TryCollect(attribute.Payload, skipZero, ref set))
                return false;
        }

        return true;
    }

    private static ulong ExpectedKey(in FlowKey key) => key.EthType switch
    {
        EtherTypes.Arp or EtherTypes.Rarp => Bit(OvsKeyAttribute.Arp),
        EtherTypes.MplsUnicast or EtherTypes.MplsMulticast => Bit(OvsKeyAttribute.Mpls),
        EtherTypes.Nsh => Bit(OvsKeyAttribute.Nsh),
        EtherTypes.Ipv4 => Bit(OvsKeyAttribute.Ipv4) | Transport(key, IpProtocols.Icmp, OvsKeyAttribute.Icmp),
        EtherTypes.Ipv6 => Bit(OvsKeyAttribute.Ipv6) | Transport(key, IpProtocols.Icmpv6, OvsKeyAttribute.Icmpv6) | Neighbour(key),
        _ => 0,
    };

    /// <summary>A mask may mention what the key has; L3 only under an exact EtherType, L4 only under an exact protocol.</summary>
    private static ulong AllowedMask(in FlowKey key, in FlowKey mask, ulong keySet)
    {
        const ulong Conditional = (1UL << OvsKeyAttribute.Ipv4) | (1UL << OvsKeyAttribute.Ipv6)
            | (1UL << OvsKeyAttribute.CtOrigTupleIpv4) | (1UL << OvsKeyAttribute.CtOrigTupleIpv6)
            | (1UL << OvsKeyAttribute.Tcp) | (1UL << OvsKeyAttribute.TcpFlags) | (1UL << OvsKeyAttribute.Udp)
            | (1UL << OvsKeyAttribute.Sctp)
            | (1UL << OvsKeyAttribute.Icmp) | (1UL << OvsKeyAttribute.Icmpv6) | (1UL << OvsKeyAttribute.Arp) | (1UL << OvsKeyAttribute.Nd)
            | (1UL << OvsKeyAttribute.Mpls) | (1UL << OvsKeyAttribute.Nsh);
        ulong allowed = (keySet & ~Conditional) | Bit(OvsKeyAttribute.Tunnel) | Bit(OvsKeyAttribute.InPort)
            | Bit(OvsKeyAttribute.EtherType);
        if (mask.EthType != ushort.MaxValue)
            return allowed;
        bool exactProtocol = mask.NwProto == byte.MaxValue;
        switch (key.EthType)
        {
            case EtherTypes.Arp or EtherTypes.Rarp:
                return allowed | Bit(OvsKeyAttribute.Arp);
            case EtherTypes.MplsUnicast or EtherTypes.MplsMulticast:
                return allowed | Bit(OvsKeyAttribute.Mpls);
            case EtherTypes.Nsh:
                return allowed | Bit(OvsKeyAttribute.Nsh);
            case EtherTypes.Ipv4:
                allowed |= Bit(OvsKeyAttribute.Ipv4) | Bit(OvsKeyAttribute.CtOrigTupleIpv4);
                return exactProtocol ? allowed | Transport(key, IpProtocols.Icmp, OvsKeyAttribute.Icmp) : allowed;
            case EtherTypes.Ipv6:
                return AllowedIpv6Mask(key, mask, allowed, exactProtocol);
            default:
                return allowed;
        }
    }

    private static ulong AllowedIpv6Mask(in FlowKey key, in FlowKey mask, ulong allowed, bool exactProtocol)
    {
        allowed |= Bit(OvsKeyAttribute.Ipv6) | Bit(OvsKeyAttribute.CtOrigTupleIpv6);
        if (exactProtocol)
            allowed |= Transport(key, IpProtocols.Icmpv6, OvsKeyAttribute.Icmpv6);
        ulong neighbour = Neighbour(key);
        if (neighbour == 0)
            return allowed;

        // ND fields and the tracked tuple share their place in the kernel's key.
        allowed &= ~Bit(OvsKeyAttribute.CtOrigTupleIpv6);
        return mask.TpSrc == byte.MaxValue ? allowed | neighbour : allowed;
    }

    private static ulong Transport(in FlowKey key, byte icmp, ushort icmpAttribute)
    {
        if ((key.NwFrag & FlowKey.FragLater) != 0)
            return 0;
        return key.NwProto switch
        {
            IpProtocols.Udp => Bit(OvsKeyAttribute.Udp),
            IpProtocols.Sctp => Bit(OvsKeyAttribute.Sctp),
            IpProtocols.Tcp => Bit(OvsKeyAttribute.Tcp) | Bit(OvsKeyAttribute.TcpFlags),
            byte protocol when protocol == icmp => Bit(icmpAttribute),
            _ => 0,
        };
    }

    private static ulong Neighbour(in FlowKey key) =>
        key.NwProto == IpProtocols.Icmpv6 && (key.NwFrag & FlowKey.FragLater) == 0
            && key.TpSrc is NeighbourSolicitation or NeighbourAdvertisement
            ? Bit(OvsKeyAttribute.Nd)
            : 0;

    /// <summary>The key's own attributes with every payload byte set (<c>mask_set_nlattr</c>).</summary>
    private static byte[] ExactMask(ReadOnlySpan<byte> keyAttributes)
    {
        byte[] mask = keyAttributes.ToArray();
        SetPayloads(mask);
        return mask;
    }

    private static void SetPayloads(Span<byte> attributes)
    {
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(attributes))
        {
            Span<byte> payload = attributes.Slice(attribute.PayloadOffset, attribute.Payload.Length);
            if (attribute.Type is OvsKeyAttribute.Encap or OvsKeyAttribute.Tunnel or OvsKeyAttribute.Nsh)
                SetPayloads(payload);
            else
                payload.Fill(byte.MaxValue);
        }
    }

    private static ulong Bit(ushort type) => 1UL << type;
}
