using UpcallActors.Packets;

namespace UpcallActors.OpenFlow;

/// <summary>The match of 1.1 (<c>struct ofp11_match</c>), whose addresses have masks with the wild bits set.</summary>
internal static class Match11
{
    private const ushort StandardType = 0;
    private const ushort Length = 88;
    private const uint InPortBit = 1 << 0;
    private const uint VlanBit = 1 << 1;
    private const uint VlanPriorityBit = 1 << 2;
    private const uint TypeBit = 1 << 3;
    private const uint TosBit = 1 << 4;
    private const uint ProtocolBit = 1 << 5;
    private const uint SourcePortBit = 1 << 6;
    private const uint DestinationPortBit = 1 << 7;
    private const uint MplsBits = (1 << 8) | (1 << 9);
    private const ulong EthernetBits = (1UL << 48) - 1;
    private const ushort AnyVlan = 0xfffe;
    private const ushort NoVlan = 0xffff;
    private const ushort VlanPresent = 0x1000;
    private const ushort VlanIdBits = 0x0fff;
    private const int VlanPriorityShift = 13;
    private const byte LargestVlanPriority = 7;
    private const byte DscpBits = 0xfc;

    private static readonly MatchField _inPort = MatchFields.Get("in_port");
    private static readonly MatchField _metadata = MatchFields.Get("metadata");

    /// <summary>Reads the structure, or a match in OXM, which may stand in its place (<c>ofputil_pull_ofp11_match</c>).</summary>
    public static OpenFlowError? Decode(ref WireReader reader, out Match match)
    {
        match = Match.Any;
        WireReader ahead = reader;
        ushort type = ahead.U16();
        int length = ahead.U16();
        if (ahead.Failed)
            return BadMatch.BadLength;
        if (type != StandardType)
            return MatchCodec.DecodeOxm(ref reader, isStrict: true, out match);
        if (length != Length || reader.Left < Length)
            return BadMatch.BadLength;
        var body = new WireReader(reader.Take(Length));
        body.Skip(2 * sizeof(ushort));
        return DecodeStandard(ref body, out match);
    }

    /// <summary>Appends the structure; what it has no room for is left out.</summary>
    public static void Encode(WireWriter writer, Match match)
    {
        Flow value = match.ToValue();
        FlowKey key = value.Key;
        Flow masks = match.ToMask();
        FlowKey mask = masks.Key;
        Narrow(ref key, ref mask);
        uint wild = MplsBits;
        wild |= _inPort.Read(masks) == 0 ? InPortBit : 0;
        wild |= mask.EthType == 0 ? TypeBit : 0;
        wild |= (mask.NwTos & DscpBits) == 0 ? TosBit : 0;
        wild |= mask.NwProto == 0 ? ProtocolBit : 0;
        wild |= mask.TpSrc == 0 ? SourcePortBit : 0;
        wild |= mask.TpDst == 0 ? DestinationPortBit : 0;
        ushort vlan = 0;
        byte priority = 0;
        if (mask.VlanTci == 0)
        {
            wild |= VlanBit | VlanPriorityBit;
        }
        else if ((mask.VlanTci & VlanPresent) != 0 && (key.VlanTci & VlanPresent) == 0)
        {
            vlan = NoVlan;
            wild |= VlanPriorityBit;
        }
        else
        {
            bool hasPriority = mask.VlanTci >> VlanPriorityShift != 0;
            vlan = (mask.VlanTci & VlanIdBits) == 0 ? AnyVlan : (ushort)(key.VlanTci & VlanIdBits);
            priority = hasPriority ? (byte)(key.VlanTci >> VlanPriorityShift) : (byte)0;
            wild |= hasPriority ? 0 : VlanPriorityBit;
        }

        writer.U16(StandardType);
        writer.U16(Length);
        writer.U32(_inPort.Read(masks) == 0 ? 0 : WirePorts.Widen((uint)_inPort.Read(value)));
        writer.U32(wild);
        writer.U48(key.EthSrc);
        writer.U48(mask.EthSrc ^ EthernetBits);
        writer.U48(key.EthDst);
        writer.U48(mask.EthDst ^ EthernetBits);
        writer.U16(vlan);
        writer.U8(priority);
        writer.Zero(1);
        writer.U16(key.EthType);
        writer.U8((byte)(key.NwTos & DscpBits));
        writer.U8(key.NwProto);
        writer.U32(key.Ipv4Src);
        writer.U32(~mask.Ipv4Src);
        writer.U32(key.Ipv4Dst);
        writer.U32(~mask.Ipv4Dst);
        writer.U16(key.TpSrc);
        writer.U16(key.TpDst);
        writer.Zero(sizeof(ulong));
        writer.U64((ulong)_metadata.Read(value));
        writer.U64(~(ulong)_metadata.Read(masks));
    }

    /// <summary>Leaves out what the structure is not read for: it knows IPv4 and ARP, and the ports of four protocols.</summary>
    private static void Narrow(ref FlowKey key, ref FlowKey mask)
    {
        ushort type = (ushort)(key.EthType & mask.EthType);
        bool isIpv4 = type == FieldPrerequisites.EtherTypeIpv4;
        if (!isIpv4 && type is not (FieldPrerequisites.EtherTypeArp or FieldPrerequisites.EtherTypeRarp))
        {
            key.NwProto = mask.NwProto = 0;
            key.Ipv4Src = mask.Ipv4Src = 0;
            key.Ipv4Dst = mask.Ipv4Dst = 0;
        }

        if (!isIpv4)
            key.NwTos = mask.NwTos = 0;
        bool hasPorts = isIpv4 && key.NwProto is (FieldPrerequisites.ProtocolIcmp or FieldPrerequisites.ProtocolTcp
            or FieldPrerequisites.ProtocolUdp or FieldPrerequisites.ProtocolSctp);
        if (hasPorts)
            return;
        key.TpSrc = mask.TpSrc = 0;
        key.TpDst = mask.TpDst = 0;
    }

    private static OpenFlowError? DecodeStandard(ref WireReader body, out Match match)
    {
        match = Match.Any;
        Flow value = default;
        Flow mask = default;
        uint inPort = body.U32();
        uint wild = body.U32();
        if ((wild & InPortBit) == 0)
        {
            if (!WirePorts.TryNarrow(OpenFlowVersion.V11, ref inPort))
                return BadMatch.BadValue;
            _inPort.Put(ref value, inPort, _inPort.Bits);
            _inPort.Put(ref mask, _inPort.Bits, _inPort.Bits);
        }

        value.Key.EthSrc = body.U48();
        mask.Key.EthSrc = body.U48() ^ EthernetBits;
        value.Key.EthDst = body.U48();
        mask.Key.EthDst = body.U48() ^ EthernetBits;
        if (ReadVlan(wild, body.U16(), body.U8(), ref value.Key, ref mask.Key) is { } error)
            return error;
        body.Skip(1);
        value.Key.EthType = body.U16();
        mask.Key.EthType = (wild & TypeBit) == 0 ? ushort.MaxValue : (ushort)0;
        if (ReadNetwork(wild, ref body, ref value.Key, ref mask.Key) is { } network)
            return network;
        body.Skip(sizeof(ulong));
        _metadata.Put(ref value, body.U64(), _metadata.Bits);
        _metadata.Put(ref mask, ~body.U64(), _metadata.Bits);
        match = new Match(value, mask);
        return null;
    }

    private static OpenFlowError? ReadVlan(uint wild, ushort vlan, byte priority, ref FlowKey value, ref FlowKey mask)
    {
        if ((wild & VlanBit) != 0)
            return null;
        if (vlan == NoVlan)
        {
            mask.VlanTci = ushort.MaxValue;
            return null;
        }

        if (vlan is not AnyVlan and > VlanIdBits)
            return BadMatch.BadValue;
        value.VlanTci = (ushort)(VlanPresent | (vlan == AnyVlan ? 0 : vlan));
        mask.VlanTci = (ushort)(VlanPresent | (vlan == AnyVlan ? 0 : VlanIdBits));
        if ((wild & VlanPriorityBit) != 0)
            return null;
        if (priority > LargestVlanPriority)
            return BadMatch.BadValue;
        value.VlanTci |= (ushort)(priority << VlanPriorityShift);
        mask.VlanTci |= LargestVlanPriority << VlanPriorityShift;
        return null;
    }

    private static OpenFlowError? ReadNetwork(uint wild, ref WireReader body, ref FlowKey value, ref FlowKey mask)
    {
        byte tos = body.U8();
        byte protocol = body.U8();
        uint source = body.U32();
        uint sourceMask = ~body.U32();
        uint destination = body.U32();
        uint destinationMask = ~body.U32();
        ushort sourcePort = body.U16();
        ushort destinationPort = body.U16();
        ushort type = (ushort)(value.EthType & mask.EthType);
        bool isIpv4 = type == FieldPrerequisites.EtherTypeIpv4;
        if (!isIpv4 && type is not (FieldPrerequisites.EtherTypeArp or FieldPrerequisites.EtherTypeRarp))
            return null;
        if ((wild & ProtocolBit) == 0)
            (value.NwProto, mask.NwProto) = (protocol, byte.MaxValue);
        (value.Ipv4Src, mask.Ipv4Src) = (source, sourceMask);
        (value.Ipv4Dst, mask.Ipv4Dst) = (destination, destinationMask);
        if (!isIpv4)
            return null;
        if ((wild & TosBit) == 0)
        {
            if ((tos & ~DscpBits) != 0)
                return BadMatch.BadValue;
            (value.NwTos, mask.NwTos) = (tos, DscpBits);
        }

        bool isIcmp = (value.NwProto & mask.NwProto) == FieldPrerequisites.ProtocolIcmp;
        if (!isIcmp && (value.NwProto & mask.NwProto) is not (FieldPrerequisites.ProtocolTcp or FieldPrerequisites.ProtocolUdp
            or FieldPrerequisites.ProtocolSctp))
            return null;
        ushort all = isIcmp ? byte.MaxValue : ushort.MaxValue;
        if ((wild & SourcePortBit) == 0)
            (value.TpSrc, mask.TpSrc) = (sourcePort, all);
        if ((wild & DestinationPortBit) == 0)
            (value.TpDst, mask.TpDst) = (destinationPort, all);
        return (value.TpSrc | value.TpDst) > all ? BadMatch.BadField : null;
    }
}
