using System.Numerics;
using UpcallActors.Packets;

namespace UpcallActors.OpenFlow;

/// <summary>The match of 1.0 (<c>struct ofp10_match</c>), whose wildcards are bits.</summary>
internal static class Match10
{
    private const uint InPortBit = 1 << 0;
    private const uint VlanBit = 1 << 1;
    private const uint SourceBit = 1 << 2;
    private const uint DestinationBit = 1 << 3;
    private const uint TypeBit = 1 << 4;
    private const uint ProtocolBit = 1 << 5;
    private const uint SourcePortBit = 1 << 6;
    private const uint DestinationPortBit = 1 << 7;
    private const int IpSourceShift = 8;
    private const int IpDestinationShift = 14;
    private const uint IpBits = 0x3f;
    private const uint VlanPriorityBit = 1 << 20;
    private const uint TosBit = 1 << 21;
    private const uint AllBits = (1 << 22) - 1;
    private const ushort VlanPresent = 0x1000;
    private const ushort VlanIdBits = 0x0fff;
    private const ushort VlanPriorityBits = 0xe000;
    private const int VlanPriorityShift = 13;
    private const ushort NoVlan = 0xffff;
    private const byte DscpBits = 0xfc;

    private static readonly MatchField _inPort = MatchFields.Get("in_port");

    /// <summary>Reads the structure.</summary>
    /// <param name="reader">Where it stands.</param>
    /// <param name="normalizes">Whether what cannot be in the packets is left out, as of a flow (<c>ofputil_normalize_match</c>).</param>
    /// <param name="isExact">Whether nothing is wild, which gives a flow the highest priority.</param>
    public static Match Decode(ref WireReader reader, bool normalizes, out bool isExact)
    {
        uint wild = reader.U32() & AllBits;
        isExact = wild == 0;
        Flow value = default;
        Flow mask = default;
        _inPort.Put(ref value, reader.U16(), _inPort.Bits);
        if ((wild & InPortBit) == 0)
            _inPort.Put(ref mask, _inPort.Bits, _inPort.Bits);
        value.Key.EthSrc = reader.U48();
        value.Key.EthDst = reader.U48();
        ushort vlan = reader.U16();
        byte priority = reader.U8();
        reader.Skip(1);
        value.Key.EthType = reader.U16();
        value.Key.NwTos = reader.U8();
        value.Key.NwProto = reader.U8();
        reader.Skip(2);
        value.Key.Ipv4Src = reader.U32();
        value.Key.Ipv4Dst = reader.U32();
        value.Key.TpSrc = reader.U16();
        value.Key.TpDst = reader.U16();
        ReadWildcards(wild, ref mask.Key);
        ReadVlan(wild, vlan, priority, ref value.Key, ref mask.Key);
        if (normalizes)
            Normalize(value.Key, ref mask.Key);
        if (value.Key.NwProto is FieldPrerequisites.ProtocolIcmp or FieldPrerequisites.ProtocolIcmpv6)
        {
            // A type and a code, of one octet each.
            mask.Key.TpSrc &= byte.MaxValue;
            mask.Key.TpDst &= byte.MaxValue;
        }

        return new Match(value, mask);
    }

    /// <summary>Appends the structure; what it has no room for is left out.</summary>
    public static void Encode(WireWriter writer, Match match)
    {
        Flow value = match.ToValue();
        FlowKey key = value.Key;
        Flow masks = match.ToMask();
        FlowKey mask = masks.Key;
        uint wild = 0;
        wild |= _inPort.Read(masks) == 0 ? InPortBit : 0;
        wild |= mask.EthSrc == 0 ? SourceBit : 0;
        wild |= mask.EthDst == 0 ? DestinationBit : 0;
        wild |= mask.EthType == 0 ? TypeBit : 0;
        wild |= mask.NwProto == 0 ? ProtocolBit : 0;
        wild |= (mask.NwTos & DscpBits) == 0 ? TosBit : 0;
        wild |= mask.TpSrc == 0 ? SourcePortBit : 0;
        wild |= mask.TpDst == 0 ? DestinationPortBit : 0;
        wild |= (uint)BitOperations.TrailingZeroCount((ulong)mask.Ipv4Src | (1UL << 32)) << IpSourceShift;
        wild |= (uint)BitOperations.TrailingZeroCount((ulong)mask.Ipv4Dst | (1UL << 32)) << IpDestinationShift;
        ushort vlan = 0;
        byte priority = 0;
        if (mask.VlanTci == 0)
            wild |= VlanBit | VlanPriorityBit;
        else if ((mask.VlanTci & VlanPresent) != 0 && (key.VlanTci & VlanPresent) == 0)
            vlan = NoVlan;
        else
        {
            wild |= (mask.VlanTci & VlanIdBits) == 0 ? VlanBit : 0;
            wild |= (mask.VlanTci & VlanPriorityBits) == 0 ? VlanPriorityBit : 0;
            vlan = (ushort)(key.VlanTci & VlanIdBits & mask.VlanTci);
            priority = (byte)((key.VlanTci & mask.VlanTci) >> VlanPriorityShift);
        }

        writer.U32(wild);
        writer.U16((ushort)_inPort.Read(value));
        writer.U48(key.EthSrc);
        writer.U48(key.EthDst);
        writer.U16(vlan);
        writer.U8(priority);
        writer.Zero(1);
        writer.U16(key.EthType);
        writer.U8((byte)(key.NwTos & DscpBits));
        writer.U8(key.NwProto);
        writer.Zero(2);
        writer.U32(key.Ipv4Src);
        writer.U32(key.Ipv4Dst);
        writer.U16(key.TpSrc);
        writer.U16(key.TpDst);
    }

    private static void ReadWildcards(uint wild, ref FlowKey mask)
    {
        mask.EthSrc = (wild & SourceBit) == 0 ? (1UL << 48) - 1 : 0;
        mask.EthDst = (wild & DestinationBit) == 0 ? (1UL << 48) - 1 : 0;
        mask.EthType = (wild & TypeBit) == 0 ? ushort.MaxValue : (ushort)0;
        mask.NwTos = (wild & TosBit) == 0 ? DscpBits : (byte)0;
        mask.NwProto = (wild & ProtocolBit) == 0 ? byte.MaxValue : (byte)0;
        mask.TpSrc = (wild & SourcePortBit) == 0 ? ushort.MaxValue : (ushort)0;
        mask.TpDst = (wild & DestinationPortBit) == 0 ? ushort.MaxValue : (ushort)0;
        mask.Ipv4Src = AddressMask(wild >> IpSourceShift);
        mask.Ipv4Dst = AddressMask(wild >> IpDestinationShift);
    }

    private static uint AddressMask(uint wild) => (wild & IpBits) >= 32 ? 0 : uint.MaxValue << (int)(wild & IpBits);

    private static void ReadVlan(uint wild, ushort vlan, byte priority, ref FlowKey value, ref FlowKey mask)
    {
        if ((wild & VlanBit) == 0 && vlan == NoVlan)
        {
            value.VlanTci = 0;
            mask.VlanTci = ushort.MaxValue;
            return;
        }

        int bits = 0;
        if ((wild & VlanPriorityBit) == 0)
            bits |= VlanPriorityBits | VlanPresent;
        if ((wild & VlanBit) == 0)
            bits |= VlanIdBits | VlanPresent;
        mask.VlanTci = (ushort)bits;
        value.VlanTci = (ushort)(((vlan & VlanIdBits) | (priority << VlanPriorityShift) | VlanPresent) & bits);
    }

    private static void Normalize(in FlowKey value, ref FlowKey mask)
    {
        bool isIpv4 = value.EthType == FieldPrerequisites.EtherTypeIpv4 && mask.EthType != 0;
        bool isIpv6 = value.EthType == FieldPrerequisites.EtherTypeIpv6 && mask.EthType != 0;
        bool isArp = value.EthType is FieldPrerequisites.EtherTypeArp or FieldPrerequisites.EtherTypeRarp && mask.EthType != 0;
        byte protocol = (byte)(value.NwProto & mask.NwProto);
        bool hasPorts = protocol is FieldPrerequisites.ProtocolTcp or FieldPrerequisites.ProtocolUdp or FieldPrerequisites.ProtocolSctp
            || (isIpv4 && protocol == FieldPrerequisites.ProtocolIcmp)
            || (isIpv6 && protocol == FieldPrerequisites.ProtocolIcmpv6);
        if (!isIpv4 && !isArp)
            mask.Ipv4Src = mask.Ipv4Dst = 0;
        if (!isIpv4 && !isIpv6)
            mask.NwTos = 0;
        if (!isIpv4 && !isIpv6 && !isArp)
            mask.NwProto = 0;
        if ((!isIpv4 && !isIpv6) || !hasPorts)
            mask.TpSrc = mask.TpDst = 0;
    }
}
