using System.Buffers.Binary;
using UpcallActors.Linux;
using UpcallActors.Packets;

namespace UpcallActors.Odp;

/// <summary>Writes the attributes of a key or mask that describe a packet's headers, from ETHERNET on.</summary>
internal static class OvsHeaderKeyWriter
{
    private const ushort MplsBottomOfStack = 0x100;
    private const byte NeighbourSolicitation = 135;
    private const byte NeighbourAdvertisement = 136;

    /// <summary>
    /// <paramref name="extensionHeaders"/> is IPV6_EXTHDRS's value, negative for none. <paramref name="onlyWhatCounts"/> leaves
    /// TCP_FLAGS and ND out of a mask that does not look at them, as ovs-vswitchd does and the kernel does not.
    /// </summary>
    internal static void Write(in FlowKey key, in FlowKey data, bool isMask, int extensionHeaders, bool onlyWhatCounts,
        ref NetlinkWriter writer)
    {
        int outer = -1;
        int inner = -1;
        bool cut = false;
        if (key.PacketType == 0)
        {
            WriteEthernet(data, ref writer);
            outer = BeginTag(key.VlanTci, key.VlanTpid, data.VlanTpid, data.VlanTci, key.EthType, isMask, ref writer);
            cut = outer >= 0 && key.VlanTci == 0;
            if (outer >= 0 && !cut)
            {
                inner = BeginTag(key.CvlanTci, key.CvlanTpid, data.CvlanTpid, data.CvlanTci, key.EthType, isMask, ref writer);
                cut = inner >= 0 && key.CvlanTci == 0;
            }
        }

        if (!cut)
            WriteFromEtherType(key, data, isMask, extensionHeaders, onlyWhatCounts, ref writer);
        if (inner >= 0)
            writer.EndNest(inner);
        if (outer >= 0)
            writer.EndNest(outer);
    }

    internal static void WriteUInt128(ushort type, UInt128 value, ref NetlinkWriter writer)
    {
        Span<byte> payload = writer.PutReserved(type, 16);
        if (!payload.IsEmpty)
            BinaryPrimitives.WriteUInt128BigEndian(payload, value);
    }

    internal static void WriteMac(Span<byte> target, ulong address)
    {
        BinaryPrimitives.WriteUInt32BigEndian(target, (uint)(address >> 16));
        BinaryPrimitives.WriteUInt16BigEndian(target[4..], (ushort)address);
    }

    /// <summary>
    /// Opens a VLAN tag if the key has one, whole or cut off by the frame's end (the TPID is then the EtherType); −1 if not. A mask
    /// always covers all of the TPID: the kernel knows no other (<c>ovs_nla_put_vlan</c>).
    /// </summary>
    private static int BeginTag(ushort keyTci, ushort keyTpid, ushort tpid, ushort tci, ushort etherType, bool isMask,
        ref NetlinkWriter writer)
    {
        if (keyTci == 0 && !(OvsFlowKeyReader.IsVlanType(etherType) && OvsFlowKeyReader.IsVlanType(keyTpid)))
            return -1;
        writer.PutU16BigEndian(OvsKeyAttribute.EtherType, isMask ? ushort.MaxValue : tpid);
        writer.PutU16BigEndian(OvsKeyAttribute.Vlan, tci);
        return writer.BeginNest(OvsKeyAttribute.Encap);
    }

    private static void WriteFromEtherType(in FlowKey key, in FlowKey data, bool isMask, int extensionHeaders, bool onlyWhatCounts,
        ref NetlinkWriter writer)
    {
        if (key.EthType < EtherTypes.SmallestType)
        {
            // A frame without EtherType is told by the attribute's absence from the key, and 0xffff in the mask.
            if (isMask)
                writer.PutU16BigEndian(OvsKeyAttribute.EtherType, ushort.MaxValue);
            return;
        }

        writer.PutU16BigEndian(OvsKeyAttribute.EtherType, data.EthType);
        switch (key.EthType)
        {
            case EtherTypes.Ipv4:
                WriteIpv4(data, isMask, ref writer);
                break;
            case EtherTypes.Ipv6:
                WriteIpv6(data, isMask, ref writer);
                if (extensionHeaders >= 0)
                    writer.PutU16(OvsKeyAttribute.Ipv6ExtHdrs, (ushort)extensionHeaders);
                break;
            case EtherTypes.Arp or EtherTypes.Rarp:
                WriteArp(data, onlyWhatCounts, ref writer);
                break;
            case EtherTypes.MplsUnicast or EtherTypes.MplsMulticast:
                WriteMpls(key, data, ref writer);
                break;
            case EtherTypes.Nsh:
                WriteNsh(key, data, isMask, ref writer);
                break;
            default:
                break;
        }

        if (key.EthType is EtherTypes.Ipv4 or EtherTypes.Ipv6 && (key.NwFrag & FlowKey.FragLater) == 0)
            WriteTransport(key, data, onlyWhatCounts, ref writer);
    }

    /// <summary>Writes one header's attribute, as a SET of the whole header has it.</summary>
    public static void WriteWhole(ushort attribute, in FlowKey data, ref NetlinkWriter writer)
    {
        switch (attribute)
        {
            case OvsKeyAttribute.Ethernet:
                WriteEthernet(data, ref writer);
                break;
            case OvsKeyAttribute.Ipv4:
                WriteIpv4(data, isMask: false, ref writer);
                break;
            case OvsKeyAttribute.Ipv6:
                WriteIpv6(data, isMask: false, ref writer);
                break;
            default:
                WritePorts(attribute, data, ref writer);
                break;
        }
    }

    private static void WriteEthernet(in FlowKey data, ref NetlinkWriter writer)
    {
        Span<byte> payload = writer.PutReserved(OvsKeyAttribute.Ethernet, 12);
        if (payload.IsEmpty)
            return;
        WriteMac(payload, data.EthSrc);
        WriteMac(payload[6..], data.EthDst);
    }

    private static byte Fragment(byte bits, bool isMask)
    {
        // The wire's type is a number, not bits: a mask of it is all or nothing (ovs_to_odp_frag in Open vSwitch).
        if (isMask)
            return bits != 0 ? byte.MaxValue : (byte)0;
        return (bits & FlowKey.FragLater) != 0 ? (byte)2 : (byte)(bits & FlowKey.FragAny);
    }

    private static void WriteIpv4(in FlowKey data, bool isMask, ref NetlinkWriter writer)
    {
        Span<byte> payload = writer.PutReserved(OvsKeyAttribute.Ipv4, 12);
        if (payload.IsEmpty)
            return;
        BinaryPrimitives.WriteUInt32BigEndian(payload, data.Ipv4Src);
        BinaryPrimitives.WriteUInt32BigEndian(payload[4..], data.Ipv4Dst);
        payload[8] = data.NwProto;
        payload[9] = data.NwTos;
        payload[10] = data.NwTtl;
        payload[11] = Fragment(data.NwFrag, isMask);
    }

    private static void WriteIpv6(in FlowKey data, bool isMask, ref NetlinkWriter writer)
    {
        Span<byte> payload = writer.PutReserved(OvsKeyAttribute.Ipv6, 40);
        if (payload.IsEmpty)
            return;
        BinaryPrimitives.WriteUInt128BigEndian(payload, data.Ipv6Src);
        BinaryPrimitives.WriteUInt128BigEndian(payload[16..], data.Ipv6Dst);
        BinaryPrimitives.WriteUInt32BigEndian(payload[32..], data.Ipv6Label);
        payload[36] = data.NwProto;
        payload[37] = data.NwTos;
        payload[38] = data.NwTtl;
        payload[39] = Fragment(data.NwFrag, isMask);
    }

    private static void WriteArp(in FlowKey data, bool onlyWhatCounts, ref NetlinkWriter writer)
    {
        Span<byte> payload = writer.PutReserved(OvsKeyAttribute.Arp, 24);
        if (payload.IsEmpty)
            return;
        BinaryPrimitives.WriteUInt32BigEndian(payload, data.Ipv4Src);
        BinaryPrimitives.WriteUInt32BigEndian(payload[4..], data.Ipv4Dst);

        // ovs-vswitchd takes a mask of all eight bits for one of all sixteen (get_arp_key); the kernel does not.
        BinaryPrimitives.WriteUInt16BigEndian(payload[8..], onlyWhatCounts && data.NwProto == byte.MaxValue
            ? ushort.MaxValue
            : data.NwProto);
        WriteMac(payload[10..], data.ArpSha);
        WriteMac(payload[16..], data.ArpTha);
    }

    private static void WriteMpls(in FlowKey key, in FlowKey data, ref NetlinkWriter writer)
    {
        int labels = (key.Mpls0 & MplsBottomOfStack) != 0 ? 1 : (key.Mpls1 & MplsBottomOfStack) != 0 ? 2 : 3;
        Span<byte> payload = writer.PutReserved(OvsKeyAttribute.Mpls, 4 * labels);
        if (payload.IsEmpty)
            return;
        BinaryPrimitives.WriteUInt32BigEndian(payload, data.Mpls0);
        if (labels > 1)
            BinaryPrimitives.WriteUInt32BigEndian(payload[4..], data.Mpls1);
        if (labels > 2)
            BinaryPrimitives.WriteUInt32BigEndian(payload[8..], data.Mpls2);
    }

    private static void WriteNsh(in FlowKey key, in FlowKey data, bool isMask, ref NetlinkWriter writer)
    {
        const byte MetadataType1 = 1;
        int nest = writer.BeginNest(OvsKeyAttribute.Nsh);
        Span<byte> payload = writer.PutReserved(OvsNshKeyAttribute.Base, 8);
        if (!payload.IsEmpty)
            BinaryPrimitives.WriteUInt64BigEndian(payload, data.Get(FlowKeyFields.NshBase));
        byte metadataType = (byte)(key.Get(FlowKeyFields.NshBase) >> 40);
        if (isMask || metadataType == MetadataType1)
        {
            payload = writer.PutReserved(OvsNshKeyAttribute.Md1, 16);
            if (!payload.IsEmpty)
            {
                BinaryPrimitives.WriteUInt64BigEndian(payload, data.Get(FlowKeyFields.NshContext12));
                BinaryPrimitives.WriteUInt64BigEndian(payload[8..], data.Get(FlowKeyFields.NshContext34));
            }
        }

        writer.EndNest(nest);
    }

    private static void WriteTransport(in FlowKey key, in FlowKey data, bool onlyWhatCounts, ref NetlinkWriter writer)
    {
        switch (key.NwProto)
        {
            case IpProtocols.Tcp:
                WritePorts(OvsKeyAttribute.Tcp, data, ref writer);
                if (!onlyWhatCounts || data.TcpFlags != 0)
                    writer.PutU16BigEndian(OvsKeyAttribute.TcpFlags, data.TcpFlags);
                break;
            case IpProtocols.Udp:
                WritePorts(OvsKeyAttribute.Udp, data, ref writer);
                break;
            case IpProtocols.Sctp:
                WritePorts(OvsKeyAttribute.Sctp, data, ref writer);
                break;
            case IpProtocols.Icmp when key.EthType == EtherTypes.Ipv4:
                WriteTypeAndCode(OvsKeyAttribute.Icmp, data, ref writer);
                break;
            case IpProtocols.Icmpv6 when key.EthType == EtherTypes.Ipv6:
                WriteTypeAndCode(OvsKeyAttribute.Icmpv6, data, ref writer);
                WriteNeighbour(key, data, onlyWhatCounts, ref writer);
                break;
            default:
                break;
        }
    }

    private static void WritePorts(ushort type, in FlowKey data, ref NetlinkWriter writer)
    {
        Span<byte> payload = writer.PutReserved(type, 4);
        if (payload.IsEmpty)
            return;
        BinaryPrimitives.WriteUInt16BigEndian(payload, data.TpSrc);
        BinaryPrimitives.WriteUInt16BigEndian(payload[2..], data.TpDst);
    }

    private static void WriteTypeAndCode(ushort type, in FlowKey data, ref NetlinkWriter writer)
    {
        Span<byte> payload = writer.PutReserved(type, 2);
        if (payload.IsEmpty)
            return;
        payload[0] = (byte)data.TpSrc;
        payload[1] = (byte)data.TpDst;
    }

    private static void WriteNeighbour(in FlowKey key, in FlowKey data, bool onlyWhatCounts, ref NetlinkWriter writer)
    {
        if (key.TpSrc is not (NeighbourSolicitation or NeighbourAdvertisement))
            return;

        // ovs-vswitchd 3.1 leaves ND out unless type and code are matched in full; bits that count are never left out here.
        bool isMatchedInFull = (byte)data.TpSrc == byte.MaxValue && (byte)data.TpDst == byte.MaxValue;
        if (onlyWhatCounts && !isMatchedInFull && data.NdTarget == UInt128.Zero && (data.ArpSha | data.ArpTha) == 0)
            return;
        Span<byte> payload = writer.PutReserved(OvsKeyAttribute.Nd, 28);
        if (payload.IsEmpty)
            return;
        BinaryPrimitives.WriteUInt128BigEndian(payload, data.NdTarget);
        WriteMac(payload[16..], data.ArpSha);
        WriteMac(payload[22..], data.ArpTha);
    }
}
