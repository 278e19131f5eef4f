using System.Buffers.Binary;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto;

/// <summary>
/// Turns the header changes that OpenFlow actions made to a flow into datapath actions, just before something needs them (an
/// output, <c>ct</c>). Order and form are those of <c>commit_odp_actions</c> in Open vSwitch's odp-util.c: Ethernet, L3, ports,
/// VLAN, priority, mark; SET when a whole header is replaced, SET_MASKED otherwise. A datapath without SET_MASKED has whole headers
/// replaced, with flows that match all of what is replaced.
/// </summary>
internal static class HeaderCommit
{
    private const byte EcnBits = 3;
    private const ushort VlanPresent = 0x1000;
    private const int LongestHeader = 40;
    private const uint LabelBits = 0xfffff;

    private static readonly HeaderField[] _ethernet = [new(FlowKeyFields.EthSrc, 0, 6), new(FlowKeyFields.EthDst, 6, 6)];

    private static readonly HeaderField[] _ipv4 =
        [new(FlowKeyFields.Ipv4Src, 0, 4), new(FlowKeyFields.Ipv4Dst, 4, 4), new(FlowKeyFields.NwTos, 9, 1),
            new(FlowKeyFields.NwTtl, 10, 1)];

    private static readonly HeaderField[] _ipv6 =
    [
        new(FlowKeyFields.Ipv6Src, 0, 16), new(FlowKeyFields.Ipv6Dst, 16, 16), new(FlowKeyFields.Ipv6Label, 32, 4),
        new(FlowKeyFields.NwTos, 37, 1), new(FlowKeyFields.NwTtl, 38, 1),
    ];

    private static readonly HeaderField[] _ports = [new(FlowKeyFields.TpSrc, 0, 2), new(FlowKeyFields.TpDst, 2, 2)];

    /// <summary>
    /// Writes actions that turn <paramref name="packet"/> (what the packet is by now) into <paramref name="wanted"/>, and brings
    /// <paramref name="packet"/> up to date. Bits taken from the packet are marked in <paramref name="wildcards"/>.
    /// </summary>
    public static void Commit(in FlowKey wanted, ref FlowKey packet, ref FlowKey wildcards, ref NetlinkWriter actions, bool canMask)
    {
        if (IsUnchanged(wanted, packet))
            return;
        Set(OvsKeyAttribute.Ethernet, _ethernet, 12, wanted, ref packet, ref wildcards, ref actions, canMask);
        CommitNetwork(wanted, ref packet, ref wildcards, ref actions, canMask);
        CommitVlans(wanted, ref packet, ref wildcards, ref actions);
        SetMetadata(OvsKeyAttribute.Priority, FlowKeyFields.SkbPriority, wanted, ref packet, ref wildcards, ref actions, canMask);
        SetMetadata(OvsKeyAttribute.SkbMark, FlowKeyFields.SkbMark, wanted, ref packet, ref wildcards, ref actions, canMask);
    }

    /// <summary>Whether all headers, the priority and the mark are as wanted: so it is before most outputs.</summary>
    private static bool IsUnchanged(in FlowKey wanted, in FlowKey packet)
    {
        ReadOnlySpan<ulong> target = wanted.ReadOnlyWords;
        ReadOnlySpan<ulong> have = packet.ReadOnlyWords;
        int metadata = FlowKeyFields.SkbMark.Word;
        return target[metadata] == have[metadata] && target[FlowKey.L2Start..].SequenceEqual(have[FlowKey.L2Start..]);
    }

    private static void CommitNetwork(
        in FlowKey wanted, ref FlowKey packet, ref FlowKey wildcards, ref NetlinkWriter actions, bool canMask)
    {
        bool ipv4 = packet.EthType == EtherTypes.Ipv4;
        // Protocol 0 also stands for "no header to be changed here" in a key.
        if (wanted.NwProto == 0 || (!ipv4 && packet.EthType != EtherTypes.Ipv6))
            return;

        FlowKey mask = wildcards;
        // A tunnel's ECN bits were looked at for the outer header; that alone does not make them part of the change.
        if (OvsFlowKeyWriter.HasTunnel(packet) && ((packet.NwTos ^ wanted.NwTos) & EcnBits) == 0)
            mask.NwTos = (byte)(mask.NwTos & ~EcnBits);
        scoped ref FlowKey looked = ref wildcards;
        if (canMask)
            looked = ref mask;
        if (ipv4)
            Set(OvsKeyAttribute.Ipv4, _ipv4, 12, wanted, ref packet, ref looked, ref actions, canMask);
        else
            Set(OvsKeyAttribute.Ipv6, _ipv6, 40, wanted, ref packet, ref looked, ref actions, canMask);

        ushort ports = wanted.NwProto switch
        {
            IpProtocols.Tcp => OvsKeyAttribute.Tcp,
            IpProtocols.Udp => OvsKeyAttribute.Udp,
            IpProtocols.Sctp => OvsKeyAttribute.Sctp,
            _ => 0,
        };
        if (ports != 0)
            Set(ports, _ports, 4, wanted, ref packet, ref wildcards, ref actions, canMask);
    }

    private static void Set(ushort attribute, HeaderField[] fields, int length, in FlowKey wanted, ref FlowKey packet,
        ref FlowKey wildcards, ref NetlinkWriter actions, bool canMask)
    {
        Span<byte> value = stackalloc byte[2 * LongestHeader];
        Span<byte> header = value[..length];
        Span<byte> mask = value.Slice(length, length);
        header.Clear();
        mask.Clear();
        bool differs = false;
        foreach (HeaderField field in fields)
        {
            UInt128 target = field.Read(wanted);
            if (target == field.Read(packet))
                continue;
            differs = true;
            UInt128 bits = field.Read(wildcards);
            field.Put(header, target & bits);
            field.Put(mask, bits);
            field.Write(ref packet, target);
        }

        if (!differs)
            return;
        if (!canMask)
        {
            Replace(attribute, fields, packet, ref wildcards, ref actions);
            return;
        }

        bool whole = !mask.ContainsAnyExcept(byte.MaxValue);
        int nest = actions.BeginNest(whole ? OvsActionAttribute.Set : OvsActionAttribute.SetMasked);
        actions.Put(attribute, whole ? header : value[..(2 * length)]);
        actions.EndNest(nest);
    }

    /// <summary>Replaces a header that is known in full for that, protocol and kind of fragment too.</summary>
    private static void Replace(
        ushort attribute, HeaderField[] fields, in FlowKey packet, ref FlowKey wildcards, ref NetlinkWriter actions)
    {
        foreach (HeaderField field in fields)
            field.Write(ref wildcards, UInt128.MaxValue);
        if (attribute is OvsKeyAttribute.Ipv4 or OvsKeyAttribute.Ipv6)
        {
            wildcards.NwProto = byte.MaxValue;
            wildcards.NwFrag = FlowKey.FragAny | FlowKey.FragLater;
            wildcards.Ipv6Label &= LabelBits;
        }

        int nest = actions.BeginNest(OvsActionAttribute.Set);
        OvsHeaderKeyWriter.WriteWhole(attribute, packet, ref actions);
        actions.EndNest(nest);
    }

    private static void SetMetadata(ushort attribute, FieldLocation field, in FlowKey wanted, ref FlowKey packet, ref FlowKey wildcards,
        ref NetlinkWriter actions, bool canMask)
    {
        uint target = (uint)wanted.Get(field);
        if (target == (uint)packet.Get(field))
            return;
        packet.Set(field, target);
        if (!canMask)
            wildcards.Set(field, uint.MaxValue);
        uint mask = (uint)wildcards.Get(field);
        Span<byte> value = stackalloc byte[2 * sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(value, target & mask);
        BinaryPrimitives.WriteUInt32LittleEndian(value[sizeof(uint)..], mask);
        bool whole = mask == uint.MaxValue;
        int nest = actions.BeginNest(whole ? OvsActionAttribute.Set : OvsActionAttribute.SetMasked);
        actions.Put(attribute, whole ? value[..sizeof(uint)] : value);
        actions.EndNest(nest);
    }

    /// <summary>Pops the tags that differ, innermost common ones kept, and pushes those wanted (<c>commit_vlan_action</c>).</summary>
    private static void CommitVlans(in FlowKey wanted, ref FlowKey packet, ref FlowKey wildcards, ref NetlinkWriter actions)
    {
        int have = CountTags(packet) - 1;
        int want = CountTags(wanted) - 1;
        while (have >= 0 && want >= 0 && Tag(packet, have) == Tag(wanted, want))
        {
            have--;
            want--;
        }

        for (; have >= 0; have--)
        {
            actions.PutFlag(OvsActionAttribute.PopVlan);
            wildcards.Set(have == 0 ? FlowKeyFields.VlanTpid : FlowKeyFields.CvlanTpid, ushort.MaxValue);
            wildcards.Set(have == 0 ? FlowKeyFields.VlanTci : FlowKeyFields.CvlanTci, ushort.MaxValue);
        }

        Span<byte> push = stackalloc byte[2 * sizeof(ushort)];
        for (; want >= 0; want--)
        {
            BinaryPrimitives.WriteUInt32BigEndian(push, Tag(wanted, want));
            actions.Put(OvsActionAttribute.PushVlan, push);
        }

        packet.VlanTpid = wanted.VlanTpid;
        packet.VlanTci = wanted.VlanTci;
        packet.CvlanTpid = wanted.CvlanTpid;
        packet.CvlanTci = wanted.CvlanTci;
    }

    private static int CountTags(in FlowKey key) => (key.VlanTci & VlanPresent) == 0 ? 0 : (key.CvlanTci & VlanPresent) == 0 ? 1 : 2;

    private static uint Tag(in FlowKey key, int level) =>
        level == 0 ? ((uint)key.VlanTpid << 16) | key.VlanTci : ((uint)key.CvlanTpid << 16) | key.CvlanTci;

    /// <summary>Where a field lies in a header of the datapath's, big-endian.</summary>
    private readonly record struct HeaderField(FieldLocation Field, int Offset, int Bytes)
    {
        public UInt128 Read(in FlowKey key) => Bytes == 16 ? key.Get128(Field) : key.Get(Field);

        public void Write(ref FlowKey key, UInt128 value)
        {
            if (Bytes == 16)
                key.Set128(Field, value);
            else
                key.Set(Field, (ulong)value);
        }

        public void Put(Span<byte> header, UInt128 value)
        {
            for (int i = 0; i < Bytes; i++)
                header[Offset + i] = (byte)(value >> (8 * (Bytes - 1 - i)));
        }
    }
}
