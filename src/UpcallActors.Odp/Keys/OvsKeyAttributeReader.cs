using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using UpcallActors.Linux;
using UpcallActors.Packets;

namespace UpcallActors.Odp;

/// <summary>
/// Reads single key attributes, those that mean the same wherever they stand. VLAN tags are <see cref="OvsFlowKeyReader"/>'s.
/// </summary>
internal static class OvsKeyAttributeReader
{
    private static readonly int[] FixedLengths =
        [.. Enumerable.Range(0, OvsKeyAttribute.Ipv6ExtHdrs + 1).Select(type => LengthOf((ushort)type))];

    /// <summary>Payload bytes of an attribute of fixed size, −1 for the others and those not known.</summary>
    internal static int FixedLength(ushort type) => type < FixedLengths.Length ? FixedLengths[type] : -1;

    private static int LengthOf(ushort type) => type switch
    {
        OvsKeyAttribute.Priority or OvsKeyAttribute.InPort or OvsKeyAttribute.SkbMark or OvsKeyAttribute.DpHash
            or OvsKeyAttribute.RecircId => 4,
        OvsKeyAttribute.CtState or OvsKeyAttribute.CtMark or OvsKeyAttribute.PacketType => 4,
        OvsKeyAttribute.Tcp or OvsKeyAttribute.Udp or OvsKeyAttribute.Sctp => 4,
        OvsKeyAttribute.Vlan or OvsKeyAttribute.EtherType or OvsKeyAttribute.TcpFlags or OvsKeyAttribute.CtZone
            or OvsKeyAttribute.Ipv6ExtHdrs => 2,
        OvsKeyAttribute.Icmp or OvsKeyAttribute.Icmpv6 => 2,
        OvsKeyAttribute.Ethernet or OvsKeyAttribute.Ipv4 => 12,
        OvsKeyAttribute.Ipv6 or OvsKeyAttribute.CtOrigTupleIpv6 => 40,
        OvsKeyAttribute.Arp => 24,
        OvsKeyAttribute.Nd => 28,
        OvsKeyAttribute.CtLabels or OvsKeyAttribute.CtOrigTupleIpv4 => 16,
        OvsKeyAttribute.NdExtensions => 8,
        _ => -1,
    };

    internal static OdpParseError Read(NetlinkAttribute attribute, bool isMask, ref FlowKey key)
    {
        int expected = FixedLength(attribute.Type);
        if (expected >= 0 && attribute.Payload.Length != expected)
            return OdpParseError.AttributeSize;
        return attribute.Type switch
        {
            OvsKeyAttribute.Ipv4 => ReadIpv4(attribute.Payload, isMask, ref key),
            OvsKeyAttribute.Ipv6 => ReadIpv6(attribute.Payload, isMask, ref key),
            OvsKeyAttribute.Arp => ReadArp(attribute.Payload, isMask, ref key),
            OvsKeyAttribute.Mpls => ReadMpls(attribute.Payload, ref key),
            OvsKeyAttribute.Tunnel => OvsTunnelKeyReader.Read(attribute.Payload, ref key),
            OvsKeyAttribute.Nsh => ReadNsh(attribute.Payload, ref key),
            _ => ReadPlain(attribute, ref key),
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong ReadMac(ReadOnlySpan<byte> bytes) =>
        ((ulong)BinaryPrimitives.ReadUInt32BigEndian(bytes) << 16) | BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);

    /// <summary>Attributes that no value makes invalid.</summary>
    private static OdpParseError ReadPlain(NetlinkAttribute attribute, ref FlowKey key)
    {
        ReadOnlySpan<byte> payload = attribute.Payload;
        switch (attribute.Type)
        {
            case OvsKeyAttribute.Priority:
                key.SkbPriority = attribute.U32;
                break;
            case OvsKeyAttribute.InPort:
                key.DatapathPort = attribute.U32;
                break;
            case OvsKeyAttribute.SkbMark:
                key.SkbMark = attribute.U32;
                break;
            case OvsKeyAttribute.DpHash:
                key.DpHash = attribute.U32;
                break;
            case OvsKeyAttribute.RecircId:
                key.RecircId = attribute.U32;
                break;
            case OvsKeyAttribute.PacketType:
                key.PacketType = attribute.U32BigEndian;
                break;
            case OvsKeyAttribute.Ethernet:
                key.EthSrc = ReadMac(payload);
                key.EthDst = ReadMac(payload[6..]);
                break;
            case OvsKeyAttribute.Tcp or OvsKeyAttribute.Udp or OvsKeyAttribute.Sctp:
                key.TpSrc = attribute.U16BigEndian;
                key.TpDst = BinaryPrimitives.ReadUInt16BigEndian(payload[2..]);
                break;
            case OvsKeyAttribute.Icmp or OvsKeyAttribute.Icmpv6:
                key.TpSrc = payload[0];
                key.TpDst = payload[1];
                break;
            case OvsKeyAttribute.TcpFlags:
                key.TcpFlags = attribute.U16BigEndian;
                break;
            case OvsKeyAttribute.Nd:
                key.NdTarget = BinaryPrimitives.ReadUInt128BigEndian(payload);
                key.ArpSha = ReadMac(payload[16..]);
                key.ArpTha = ReadMac(payload[22..]);
                break;
            default:
                ReadConntrack(attribute, ref key);
                break;
        }

        return OdpParseError.None;
    }

    private static void ReadConntrack(NetlinkAttribute attribute, ref FlowKey key)
    {
        ReadOnlySpan<byte> payload = attribute.Payload;
        switch (attribute.Type)
        {
            case OvsKeyAttribute.CtState:
                key.CtState = (CtState)attribute.U32;
                break;
            case OvsKeyAttribute.CtZone:
                key.CtZone = attribute.U16;
                break;
            case OvsKeyAttribute.CtMark:
                key.CtMark = attribute.U32;
                break;
            case OvsKeyAttribute.CtLabels:
                key.CtLabels = BinaryPrimitives.ReadUInt128LittleEndian(payload);
                break;
            case OvsKeyAttribute.CtOrigTupleIpv4:
                key.CtOrigIpv4Src = attribute.U32BigEndian;
                key.CtOrigIpv4Dst = BinaryPrimitives.ReadUInt32BigEndian(payload[4..]);
                ReadOriginalPorts(payload[8..], ref key);
                break;
            case OvsKeyAttribute.CtOrigTupleIpv6:
                key.CtOrigIpv6Src = BinaryPrimitives.ReadUInt128BigEndian(payload);
                key.CtOrigIpv6Dst = BinaryPrimitives.ReadUInt128BigEndian(payload[16..]);
                ReadOriginalPorts(payload[32..], ref key);
                break;
            default:
                break;
        }
    }

    private static void ReadOriginalPorts(ReadOnlySpan<byte> tail, ref FlowKey key)
    {
        key.CtOrigTpSrc = BinaryPrimitives.ReadUInt16BigEndian(tail);
        key.CtOrigTpDst = BinaryPrimitives.ReadUInt16BigEndian(tail[2..]);
        key.CtOrigProto = tail[4];
    }

    private static OdpParseError ReadIpv4(ReadOnlySpan<byte> payload, bool isMask, ref FlowKey key)
    {
        key.Ipv4Src = BinaryPrimitives.ReadUInt32BigEndian(payload);
        key.Ipv4Dst = BinaryPrimitives.ReadUInt32BigEndian(payload[4..]);
        key.NwProto = payload[8];
        key.NwTos = payload[9];
        key.NwTtl = payload[10];
        return ReadFragment(payload[11], isMask, ref key);
    }

    private static OdpParseError ReadIpv6(ReadOnlySpan<byte> payload, bool isMask, ref FlowKey key)
    {
        uint label = BinaryPrimitives.ReadUInt32BigEndian(payload[32..]);
        if (!isMask && label > 0xfffff)
            return OdpParseError.AttributeValue;
        key.Ipv6Src = BinaryPrimitives.ReadUInt128BigEndian(payload);
        key.Ipv6Dst = BinaryPrimitives.ReadUInt128BigEndian(payload[16..]);
        key.Ipv6Label = label;
        key.NwProto = payload[36];
        key.NwTos = payload[37];
        key.NwTtl = payload[38];
        return ReadFragment(payload[39], isMask, ref key);
    }

    private static OdpParseError ReadFragment(byte wire, bool isMask, ref FlowKey key)
    {
        const byte Later = FlowKey.FragAny | FlowKey.FragLater;
        if (isMask)
        {
            key.NwFrag = wire != 0 ? Later : (byte)0;
            return OdpParseError.None;
        }

        if (wire > 2)
            return OdpParseError.AttributeValue;
        key.NwFrag = wire == 2 ? Later : wire;
        return OdpParseError.None;
    }

    private static OdpParseError ReadArp(ReadOnlySpan<byte> payload, bool isMask, ref FlowKey key)
    {
        ushort operation = BinaryPrimitives.ReadUInt16BigEndian(payload[8..]);
        if (!isMask && operation > byte.MaxValue)
            return OdpParseError.AttributeValue;
        key.Ipv4Src = BinaryPrimitives.ReadUInt32BigEndian(payload);
        key.Ipv4Dst = BinaryPrimitives.ReadUInt32BigEndian(payload[4..]);
        key.NwProto = (byte)operation;
        key.ArpSha = ReadMac(payload[10..]);
        key.ArpTha = ReadMac(payload[16..]);
        return OdpParseError.None;
    }

    private static OdpParseError ReadMpls(ReadOnlySpan<byte> payload, ref FlowKey key)
    {
        if (payload.Length is not (0 or 4 or 8 or 12))
            return OdpParseError.AttributeSize;
        // The frame ends before its first label (key_extract).
        if (payload.IsEmpty)
            return OdpParseError.None;
        key.Mpls0 = BinaryPrimitives.ReadUInt32BigEndian(payload);
        if (payload.Length > 4)
            key.Mpls1 = BinaryPrimitives.ReadUInt32BigEndian(payload[4..]);
        if (payload.Length > 8)
            key.Mpls2 = BinaryPrimitives.ReadUInt32BigEndian(payload[8..]);
        return OdpParseError.None;
    }

    internal static OdpParseError ReadNsh(ReadOnlySpan<byte> nested, ref FlowKey key)
    {
        var list = new NetlinkAttributes(nested).GetEnumerator();
        while (list.MoveNext())
        {
            ReadOnlySpan<byte> payload = list.Current.Payload;
            switch (list.Current.Type)
            {
                case OvsNshKeyAttribute.Base when payload.Length == 8:
                    key.Set(FlowKeyFields.NshBase, BinaryPrimitives.ReadUInt64BigEndian(payload));
                    break;
                case OvsNshKeyAttribute.Md1 when payload.Length == 16:
                    key.Set(FlowKeyFields.NshContext12, BinaryPrimitives.ReadUInt64BigEndian(payload));
                    key.Set(FlowKeyFields.NshContext34, BinaryPrimitives.ReadUInt64BigEndian(payload[8..]));
                    break;
                case OvsNshKeyAttribute.Base or OvsNshKeyAttribute.Md1:
                    return OdpParseError.AttributeSize;
                default:
                    break;
            }
        }

        return list.Error == NetlinkParseError.None ? OdpParseError.None : OdpParseError.Netlink;
    }
}
