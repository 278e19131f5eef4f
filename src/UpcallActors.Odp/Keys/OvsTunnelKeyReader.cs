using System.Buffers.Binary;
using UpcallActors.Linux;
using UpcallActors.Packets;

namespace UpcallActors.Odp;

/// <summary>
/// Reads tunnel keys (lists of <see cref="OvsTunnelKeyAttribute"/>), those of a TUNNEL key attribute and of EGRESS_TUN_KEY alike.
/// </summary>
internal static class OvsTunnelKeyReader
{
    /// <summary>
    /// Reads a tunnel key into the tunnel fields of <paramref name="key"/>, and leaves the other fields alone. Geneve and
    /// ERSPAN options and attributes not known are passed over.
    /// </summary>
    public static OdpParseError Read(ReadOnlySpan<byte> tunnelAttributes, ref FlowKey key)
    {
        var list = new NetlinkAttributes(tunnelAttributes).GetEnumerator();
        while (list.MoveNext())
        {
            NetlinkAttribute attribute = list.Current;
            int expected = FixedLength(attribute.Type);
            if (expected >= 0 && attribute.Payload.Length != expected)
                return OdpParseError.AttributeSize;
            OdpParseError error = ReadOne(attribute, ref key);
            if (error != OdpParseError.None)
                return error;
        }

        return list.Error == NetlinkParseError.None ? OdpParseError.None : OdpParseError.Netlink;
    }

    internal static int FixedLength(ushort type) => type switch
    {
        OvsTunnelKeyAttribute.Id => 8,
        OvsTunnelKeyAttribute.Ipv4Src or OvsTunnelKeyAttribute.Ipv4Dst => 4,
        OvsTunnelKeyAttribute.Tos or OvsTunnelKeyAttribute.Ttl => 1,
        OvsTunnelKeyAttribute.DontFragment or OvsTunnelKeyAttribute.Csum or OvsTunnelKeyAttribute.Oam => 0,
        OvsTunnelKeyAttribute.TpSrc or OvsTunnelKeyAttribute.TpDst => 2,
        OvsTunnelKeyAttribute.Ipv6Src or OvsTunnelKeyAttribute.Ipv6Dst => 16,
        _ => -1,
    };

    private static OdpParseError ReadOne(NetlinkAttribute attribute, ref FlowKey key)
    {
        switch (attribute.Type)
        {
            case OvsTunnelKeyAttribute.Id:
                key.TunId = attribute.U64BigEndian;
                key.TunFlags |= TunnelFlags.Key;
                break;
            case OvsTunnelKeyAttribute.Ipv4Src:
                key.TunIpv4Src = attribute.U32BigEndian;
                break;
            case OvsTunnelKeyAttribute.Ipv4Dst:
                key.TunIpv4Dst = attribute.U32BigEndian;
                break;
            case OvsTunnelKeyAttribute.Ipv6Src:
                key.TunIpv6Src = BinaryPrimitives.ReadUInt128BigEndian(attribute.Payload);
                break;
            case OvsTunnelKeyAttribute.Ipv6Dst:
                key.TunIpv6Dst = BinaryPrimitives.ReadUInt128BigEndian(attribute.Payload);
                break;
            case OvsTunnelKeyAttribute.Tos:
                key.TunTos = attribute.U8;
                break;
            case OvsTunnelKeyAttribute.Ttl:
                key.TunTtl = attribute.U8;
                break;
            case OvsTunnelKeyAttribute.TpSrc:
                key.TunTpSrc = attribute.U16BigEndian;
                break;
            case OvsTunnelKeyAttribute.TpDst:
                key.TunTpDst = attribute.U16BigEndian;
                break;
            case OvsTunnelKeyAttribute.DontFragment:
                key.TunFlags |= TunnelFlags.DontFragment;
                break;
            case OvsTunnelKeyAttribute.Csum:
                key.TunFlags |= TunnelFlags.Checksum;
                break;
            case OvsTunnelKeyAttribute.Oam:
                key.TunFlags |= TunnelFlags.Oam;
                break;
            case OvsTunnelKeyAttribute.VxlanOpts:
                return ReadVxlanOptions(attribute.Payload, ref key);
            default:
                break;
        }

        return OdpParseError.None;
    }

    private static OdpParseError ReadVxlanOptions(ReadOnlySpan<byte> nested, ref FlowKey key)
    {
        if (NetlinkAttributes.Check(nested) != NetlinkParseError.None)
            return OdpParseError.Netlink;
        if (!new NetlinkAttributes(nested).TryFindLast(OvsFlowKeyWriter.VxlanExtensionGbp, out NetlinkAttribute policy))
            return OdpParseError.None;
        if (policy.Payload.Length != sizeof(uint))
            return OdpParseError.AttributeSize;
        key.TunGbpId = (ushort)policy.U32;
        key.TunGbpFlags = (byte)(policy.U32 >> 16);
        return OdpParseError.None;
    }
}
