using System.Buffers.Binary;
using UpcallActors.Linux;
using UpcallActors.Packets;

namespace UpcallActors.Odp;

/// <summary>Writes the connection-tracking attributes of a key or mask, in the order of the kernel's <c>ovs_ct_put_key</c>.</summary>
internal static class OvsConntrackKeyWriter
{
    internal static void Write(in FlowKey key, in FlowKey data, ref NetlinkWriter writer)
    {
        writer.PutU32(OvsKeyAttribute.CtState, (uint)data.CtState);
        writer.PutU16(OvsKeyAttribute.CtZone, data.CtZone);
        writer.PutU32(OvsKeyAttribute.CtMark, data.CtMark);
        WriteLabels(data.CtLabels, ref writer);
        WriteOriginalTuple(key, data, key.EthType, ref writer);
    }

    internal static void WriteNonZero(in FlowKey key, ref NetlinkWriter writer)
    {
        writer.PutU32(OvsKeyAttribute.CtState, (uint)key.CtState);
        if (key.CtZone != 0)
            writer.PutU16(OvsKeyAttribute.CtZone, key.CtZone);
        if (key.CtMark != 0)
            writer.PutU32(OvsKeyAttribute.CtMark, key.CtMark);
        if (key.CtLabels != UInt128.Zero)
            WriteLabels(key.CtLabels, ref writer);

        // Metadata alone has no EtherType; the addresses tell the family then.
        bool isIpv6 = key.EthType == EtherTypes.Ipv6 || (key.EthType == 0 && (key.CtOrigIpv6Src | key.CtOrigIpv6Dst) != UInt128.Zero);
        WriteOriginalTuple(key, key, isIpv6 ? EtherTypes.Ipv6 : EtherTypes.Ipv4, ref writer);
    }

    /// <summary>The tuple is there only for a tracked packet, and of the family that the packet has.</summary>
    private static void WriteOriginalTuple(in FlowKey key, in FlowKey data, ushort etherType, ref NetlinkWriter writer)
    {
        if (key.CtOrigProto == 0)
            return;
        if (etherType == EtherTypes.Ipv4)
        {
            Span<byte> payload = writer.PutReserved(OvsKeyAttribute.CtOrigTupleIpv4, 16);
            if (payload.IsEmpty)
                return;
            BinaryPrimitives.WriteUInt32BigEndian(payload, data.CtOrigIpv4Src);
            BinaryPrimitives.WriteUInt32BigEndian(payload[4..], data.CtOrigIpv4Dst);
            WritePorts(payload[8..], data);
        }
        else if (etherType == EtherTypes.Ipv6)
        {
            Span<byte> payload = writer.PutReserved(OvsKeyAttribute.CtOrigTupleIpv6, 40);
            if (payload.IsEmpty)
                return;
            BinaryPrimitives.WriteUInt128BigEndian(payload, data.CtOrigIpv6Src);
            BinaryPrimitives.WriteUInt128BigEndian(payload[16..], data.CtOrigIpv6Dst);
            WritePorts(payload[32..], data);
        }
    }

    /// <summary>
    /// Open vSwitch takes the label's bytes for a 128-bit number in host byte order, and so do its texts and OpenFlow fields.
    /// </summary>
    private static void WriteLabels(UInt128 labels, ref NetlinkWriter writer)
    {
        Span<byte> payload = writer.PutReserved(OvsKeyAttribute.CtLabels, 16);
        if (!payload.IsEmpty)
            BinaryPrimitives.WriteUInt128LittleEndian(payload, labels);
    }

    private static void WritePorts(Span<byte> tail, in FlowKey data)
    {
        BinaryPrimitives.WriteUInt16BigEndian(tail, data.CtOrigTpSrc);
        BinaryPrimitives.WriteUInt16BigEndian(tail[2..], data.CtOrigTpDst);
        tail[4] = data.CtOrigProto;
    }
}
