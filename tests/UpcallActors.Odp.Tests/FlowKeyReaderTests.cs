using UpcallActors.Netlink;

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

    [Theory]
    [InlineData(3, OdpParseError.AttributeValue)]
    [InlineData(2, OdpParseError.None)]
    public void A_fragment_type_above_two_is_refused(byte type, OdpParseError expected)
    {
        var writer = new NetlinkWriter(new byte[64]);
        writer.PutReserved(OvsKeyAttribute.Ipv4, 12)[11] = type;
        OvsFlowKeyReader.TryRead(writer.Written, out _).ShouldBe(expected);
    }

    [Fact]
    public void An_attribute_that_occurs_twice_is_refused()
    {
        var writer = new NetlinkWriter(new byte[64]);
        writer.PutU32(OvsKeyAttribute.InPort, 1);
        writer.PutU32(OvsKeyAttribute.InPort, 1);
        OvsFlowKeyReader.TryRead(writer.Written, out _).ShouldBe(OdpParseError.AttributeValue);
    }

    [Theory]
    [InlineData(OvsKeyAttribute.InPort, 3)]
    [InlineData(OvsKeyAttribute.Ethernet, 11)]
    [InlineData(OvsKeyAttribute.Vlan, 4)]
    [InlineData(OvsKeyAttribute.EtherType, 1)]
    [InlineData(OvsKeyAttribute.Ipv6, 41)]
    [InlineData(OvsKeyAttribute.Mpls, 5)]
    [InlineData(OvsKeyAttribute.Mpls, 16)]
    [InlineData(OvsKeyAttribute.Mpls, 0)]
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
        key.InPort.ShouldBe(5u);
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
}
