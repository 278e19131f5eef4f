using UpcallActors.Linux;
using UpcallActors.Packets;

namespace UpcallActors.Odp.Tests;

public sealed class FlowKeyReaderTests
{
    [Fact]
    public void A_packet_without_Ethernet_header_has_a_packet_type()
    {
        var writer = new NetlinkWriter(new byte[256]);
        writer.PutU16BigEndian(OvsKeyAttribute.EtherType, EtherTypes.Ipv4);
        OvsFlowKeyReader.TryRead(writer.Written, out FlowKey key).ShouldBe(OdpParseError.None);
        key.PacketType.ShouldBe(0x10800u);
        writer.PutReserved(OvsKeyAttribute.Ethernet, 12);
        OvsFlowKeyReader.TryRead(writer.Written, out key).ShouldBe(OdpParseError.None);
        key.PacketType.ShouldBe(0u);
    }

    [Fact]
    public void A_frame_without_EtherType_is_told_from_metadata()
    {
        var writer = new NetlinkWriter(new byte[256]);
        writer.PutU32(OvsKeyAttribute.InPort, 1);
        OvsFlowKeyReader.TryRead(writer.Written, out FlowKey key).ShouldBe(OdpParseError.None);
        key.EthType.ShouldBe((ushort)0);
        writer.PutReserved(OvsKeyAttribute.Ethernet, 12);
        OvsFlowKeyReader.TryRead(writer.Written, out key).ShouldBe(OdpParseError.None);
        key.EthType.ShouldBe(OvsFlowKeyReader.NoEtherType);
    }

    [Fact]
    public void A_frame_that_ends_within_its_tag_is_read_and_written_the_same()
    {
        var writer = new NetlinkWriter(new byte[256]);
        writer.PutReserved(OvsKeyAttribute.Ethernet, 12);
        writer.PutU16BigEndian(OvsKeyAttribute.EtherType, EtherTypes.Vlan);
        writer.PutU16BigEndian(OvsKeyAttribute.Vlan, 0);
        writer.Put(OvsKeyAttribute.Encap, []);
        OvsFlowKeyReader.TryRead(writer.Written, out FlowKey key).ShouldBe(OdpParseError.None);
        var again = new NetlinkWriter(new byte[1024]);
        OvsFlowKeyWriter.WriteKey(key, ref again);
        Convert.ToHexString(again.Written).ShouldEndWith(Convert.ToHexString(writer.Written));
    }

    [Theory]
    [InlineData(0x1001, EtherTypes.Ipv4)]
    [InlineData(0x0001, EtherTypes.Vlan)]
    public void A_tag_needs_a_TPID_and_its_presence_bit(int tci, int tpid)
    {
        var writer = new NetlinkWriter(new byte[256]);
        writer.PutU16BigEndian(OvsKeyAttribute.EtherType, (ushort)tpid);
        writer.PutU16BigEndian(OvsKeyAttribute.Vlan, (ushort)tci);
        writer.Put(OvsKeyAttribute.Encap, []);
        OvsFlowKeyReader.TryRead(writer.Written, out _).ShouldBe(OdpParseError.AttributeValue);
    }

    [Fact]
    public void Tags_nested_deeper_than_two_are_refused()
    {
        var writer = new NetlinkWriter(new byte[256]);
        writer.PutReserved(OvsKeyAttribute.Ethernet, 12);
        int[] nests = new int[3];
        for (int level = 0; level < nests.Length; level++)
        {
            writer.PutU16BigEndian(OvsKeyAttribute.EtherType, EtherTypes.Vlan);
            writer.PutU16BigEndian(OvsKeyAttribute.Vlan, 0x1001);
            nests[level] = writer.BeginNest(OvsKeyAttribute.Encap);
        }

        foreach (int nest in nests.Reverse())
            writer.EndNest(nest);
        OvsFlowKeyReader.TryRead(writer.Written, out _).ShouldBe(OdpParseError.TooDeep);
        OvsFlowKeyReader.TryReadMask(writer.Written, out _).ShouldBe(OdpParseError.TooDeep);
    }

    /// <summary>The kernel looks no further than two tags; the third one's TPID is the EtherType (<c>parse_vlan</c>).</summary>
    [Fact]
    public void Behind_two_tags_a_third_is_the_EtherType()
    {
        NetlinkWriter writer = Tagged(2, EtherTypes.Vlan);
        OvsFlowKeyReader.TryRead(writer.Written, out FlowKey key).ShouldBe(OdpParseError.None);
        key.CvlanTpid.ShouldBe(EtherTypes.Vlan);
        key.EthType.ShouldBe(EtherTypes.Vlan);
        OvsFlowKeyReader.TryRead(Tagged(1, EtherTypes.Vlan).Written, out _).ShouldBe(OdpParseError.AttributeValue);
    }

    [Theory]
    [InlineData(3, OdpParseError.AttributeValue)]
    [InlineData(2, OdpParseError.None)]
    public void A_fragment_type_above_two_is_refused(byte type, object expected)
    {
        var writer = new NetlinkWriter(new byte[64]);
        writer.PutReserved(OvsKeyAttribute.Ipv4, 12)[11] = type;
        OvsFlowKeyReader.TryRead(writer.Written, out _).ShouldBe((OdpParseError)expected);
    }

    [Fact]
    public void An_attribute_that_occurs_twice_is_refused()
    {
        var writer = new NetlinkWriter(new byte[64]);
        writer.PutU32(OvsKeyAttribute.InPort, 1);
        writer.PutU32(OvsKeyAttribute.InPort, 1);
        OvsFlowKeyReader.TryRead(writer.Written, out _).ShouldBe(OdpParseError.AttributeValue);
    }

    [Fact]
    public void An_attribute_that_occurs_twice_in_a_mask_or_in_a_tag_is_refused()
    {
        var writer = new NetlinkWriter(new byte[256]);
        writer.PutU32(OvsKeyAttribute.InPort, 1);
        writer.PutU32(OvsKeyAttribute.InPort, 1);
        OvsFlowKeyReader.TryReadMask(writer.Written, out _).ShouldBe(OdpParseError.AttributeValue);
        OvsFlowKeyReader.TryRead(Tagged(1, EtherTypes.Ipv4, EtherTypes.Ipv4).Written, out _).ShouldBe(OdpParseError.AttributeValue);
    }

    [Theory]
    [InlineData(OvsKeyAttribute.InPort, 3)]
    [InlineData(OvsKeyAttribute.Ethernet, 11)]
    [InlineData(OvsKeyAttribute.Vlan, 4)]
    [InlineData(OvsKeyAttribute.EtherType, 1)]
    [InlineData(OvsKeyAttribute.Ipv6, 41)]
    [InlineData(OvsKeyAttribute.Mpls, 5)]
    [InlineData(OvsKeyAttribute.Mpls, 16)]
    [InlineData(OvsKeyAttribute.CtLabels, 15)]
    [InlineData(OvsKeyAttribute.Nd, 27)]
    public void An_attribute_of_the_wrong_size_is_refused(int type, int length)
    {
        var writer = new NetlinkWriter(new byte[64]);
        writer.PutReserved((ushort)type, length);
        OvsFlowKeyReader.TryRead(writer.Written, out _).ShouldBe(OdpParseError.AttributeSize);
        OvsFlowKeyReader.TryReadMask(writer.Written, out _).ShouldBe(OdpParseError.AttributeSize);
    }

    [Fact]
    public void Attributes_not_known_are_passed_over()
    {
        var writer = new NetlinkWriter(new byte[64]);
        writer.Put(33, [1, 2, 3]);
        writer.Put(60, []);
        writer.Put(1000, [1]);
        writer.PutU32(OvsKeyAttribute.InPort, 5);
        OvsFlowKeyReader.TryRead(writer.Written, out FlowKey key).ShouldBe(OdpParseError.None);
        key.DatapathPort.ShouldBe(5u);
    }

    [Fact]
    public void A_connection_label_is_a_number_in_host_byte_order()
    {
        var writer = new NetlinkWriter(new byte[64]);
        Span<byte> label = writer.PutReserved(OvsKeyAttribute.CtLabels, 16);
        label[0] = 1;
        OvsFlowKeyReader.TryRead(writer.Written, out FlowKey key).ShouldBe(OdpParseError.None);
        key.CtLabels.ShouldBe(UInt128.One);
    }

    [Fact]
    public void Bits_of_a_neighbour_that_count_are_never_left_out_of_a_mask()
    {
        var key = new FlowKey { EthType = EtherTypes.Ipv6, NwProto = IpProtocols.Icmpv6, TpSrc = 135 };
        var mask = new FlowKey { EthType = ushort.MaxValue, NwProto = byte.MaxValue, TpSrc = byte.MaxValue, NdTarget = UInt128.One };
        var writer = new NetlinkWriter(new byte[1024]);
        OvsFlowKeyWriter.WriteMask(key, mask, ref writer);
        OvsFlowKeyReader.TryReadMask(writer.Written, out FlowKey read).ShouldBe(OdpParseError.None);
        read.NdTarget.ShouldBe(UInt128.One);
    }

    /// <summary>The layouts are those of <c>ovs_key_ct_tuple_ipv4</c> and <c>ovs_key_ct_tuple_ipv6</c>: source first.</summary>
    [Fact]
    public void An_original_tuple_has_its_source_in_front()
    {
        var writer = new NetlinkWriter(new byte[128]);
        Span<byte> tuple = writer.PutReserved(OvsKeyAttribute.CtOrigTupleIpv6, 40);
        (tuple[15], tuple[31], tuple[33], tuple[35], tuple[36]) = (1, 2, 3, 4, 5);
        OvsFlowKeyReader.TryRead(writer.Written, out FlowKey key).ShouldBe(OdpParseError.None);
        (key.CtOrigIpv6Src, key.CtOrigIpv6Dst).ShouldBe((UInt128.One, (UInt128)2));
        (key.CtOrigTpSrc, key.CtOrigTpDst, key.CtOrigProto).ShouldBe(((ushort)3, (ushort)4, (byte)5));

        writer = new NetlinkWriter(new byte[128]);
        tuple = writer.PutReserved(OvsKeyAttribute.CtOrigTupleIpv4, 16);
        (tuple[3], tuple[7], tuple[9], tuple[11], tuple[12]) = (1, 2, 3, 4, 5);
        OvsFlowKeyReader.TryRead(writer.Written, out key).ShouldBe(OdpParseError.None);
        (key.CtOrigIpv4Src, key.CtOrigIpv4Dst).ShouldBe((1u, 2u));
        (key.CtOrigTpSrc, key.CtOrigTpDst, key.CtOrigProto).ShouldBe(((ushort)3, (ushort)4, (byte)5));
    }

    /// <summary>As the kernel packs <c>vxlan_metadata.gbp</c>: the policy id in the lower half, the flags above it.</summary>
    [Fact]
    public void A_group_policy_has_its_id_below_its_flags()
    {
        FlowKey key = default;
        OvsTunnelKeyReader.Read([12, 0, (byte)OvsTunnelKeyAttribute.VxlanOpts, 0, 8, 0, 1, 0, 0x34, 0x12, 0x48, 0], ref key)
            .ShouldBe(OdpParseError.None);
        key.TunGbpId.ShouldBe((ushort)0x1234);
        key.TunGbpFlags.ShouldBe((byte)0x48);
    }

    /// <summary>An Ethernet key with that many tags, and the given EtherTypes in the innermost.</summary>
    private static NetlinkWriter Tagged(int tags, params ReadOnlySpan<ushort> etherTypes)
    {
        var writer = new NetlinkWriter(new byte[256]);
        writer.PutReserved(OvsKeyAttribute.Ethernet, 12);
        int[] nests = new int[tags];
        for (int level = 0; level < tags; level++)
        {
            writer.PutU16BigEndian(OvsKeyAttribute.EtherType, EtherTypes.Vlan);
            writer.PutU16BigEndian(OvsKeyAttribute.Vlan, 0x1001);
            nests[level] = writer.BeginNest(OvsKeyAttribute.Encap);
        }

        foreach (ushort etherType in etherTypes)
            writer.PutU16BigEndian(OvsKeyAttribute.EtherType, etherType);
        foreach (int nest in nests.Reverse())
            writer.EndNest(nest);
        return writer;
    }
}
