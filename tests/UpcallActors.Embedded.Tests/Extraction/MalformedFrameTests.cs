using System.Buffers.Binary;
using UpcallActors.Embedded.Tests.Requests;
using UpcallActors.Packets;

namespace UpcallActors.Embedded.Tests.Extraction;

/// <summary>Frames cut short or contradicting themselves, treated as <c>key_extract</c> in the kernel treats them.</summary>
public sealed class MalformedFrameTests
{
    private const int Header = TestFrames.EthernetLength;

    [Fact]
    public void A_frame_shorter_than_an_Ethernet_header_has_no_key()
    {
        var key = default(FlowKey);
        for (int length = 0; length < Header; length++)
            KeyExtraction.TryExtract(new byte[length], ref key, out _).ShouldBeFalse();
        KeyExtraction.TryExtract(new byte[Header], ref key, out _).ShouldBeTrue();
    }

    [Fact]
    public void Every_truncation_has_the_fields_of_whole_headers_and_zero_for_the_rest()
    {
        byte[] frame = TestFrames.Udp();
        for (int length = Header; length < frame.Length; length++)
        {
            FlowKey key = Extract(frame[..length], out PacketLayout layout);
            key.EthType.ShouldBe((ushort)0x0800);
            key.Ipv4Src.ShouldBe(length >= Header + 20 ? 0x0a000001u : 0u);
            key.NwProto.ShouldBe(length >= Header + 20 ? (byte)17 : (byte)0);
            key.TpSrc.ShouldBe(length >= Header + 28 ? (ushort)1000 : (ushort)0);
            layout.TransportOffset.ShouldBe(length >= Header + 20 ? Header + 20 : Header);
        }
    }

    [Theory]
    [InlineData(0x44)]
    [InlineData(0x40)]
    [InlineData(0x4f)]
    public void An_IPv4_header_length_that_cannot_be_leaves_layer_3_empty(byte versionAndLength)
    {
        byte[] frame = TestFrames.Udp(payload: 4);
        frame[Header] = versionAndLength;
        FlowKey key = Extract(frame, out _);
        key.ReadOnlyWords[FlowKey.L3Start..].ToArray().ShouldAllBe(word => word == 0);
    }

    [Theory]
    [InlineData(0x2000, FlowKey.FragAny, 1000)]
    [InlineData(0x0001, FlowKey.FragAny | FlowKey.FragLater, 0)]
    [InlineData(0x2001, FlowKey.FragAny | FlowKey.FragLater, 0)]
    [InlineData(0x4000, 0, 1000)]
    public void IPv4_fragments_are_first_or_later_and_later_ones_have_no_ports(ushort field, byte fragment, ushort port)
    {
        byte[] frame = TestFrames.Udp();
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(Header + 6), field);
        FlowKey key = Extract(frame, out _);
        key.NwFrag.ShouldBe(fragment);
        key.TpSrc.ShouldBe(port);
    }

    [Theory]
    [InlineData(0x40)]
    [InlineData(0xf0)]
    public void A_TCP_header_length_that_cannot_be_leaves_its_fields_empty(byte offset)
    {
        byte[] frame = TestFrames.Tcp();
        frame[Header + 20 + 12] = offset;
        FlowKey key = Extract(frame, out _);
        key.NwProto.ShouldBe((byte)6);
        key.TpSrc.ShouldBe((ushort)0);
        key.TcpFlags.ShouldBe((ushort)0);
    }

    [Fact]
    public void Two_tags_are_read_and_a_third_is_the_type()
    {
        byte[] inner = TestFrames.Udp(vlan: 30);
        byte[] two = [.. inner[..12], 0x88, 0xa8, 0x20, 20, .. inner[12..]];
        FlowKey key = Extract(two, out PacketLayout layout);
        (key.VlanTpid, key.VlanTci, key.CvlanTpid, key.CvlanTci)
            .ShouldBe(((ushort)0x88a8, (ushort)(0x3000 | 20), (ushort)0x8100, (ushort)(0x1000 | 30)));
        key.EthType.ShouldBe((ushort)0x0800);
        key.TpSrc.ShouldBe((ushort)1000);
        layout.NetworkOffset.ShouldBe(Header + 8);

        byte[] three = [.. inner[..12], 0x88, 0xa8, 0, 10, .. two[12..]];
        Extract(three, out _).EthType.ShouldBe((ushort)0x8100);
    }

    [Fact]
    public void A_tag_without_room_for_a_type_behind_it_is_its_TPID_alone()
    {
        for (int length = Header; length < Header + 4; length++)
        {
            FlowKey key = Extract(TestFrames.Udp(vlan: 7)[..length], out _);
            (key.VlanTpid, key.VlanTci, key.EthType).ShouldBe(((ushort)0x8100, (ushort)0, (ushort)0x8100));
        }
    }

    [Theory]
    [InlineData("AAAA030000000800", 0x0800)]
    [InlineData("AAAA030000000100", 0x05ff)]
    [InlineData("AAAA0300000C0800", 0x05ff)]
    [InlineData("4242030000000000", 0x05ff)]
    [InlineData("AAAA0300000008", 0x05ff)]
    public void An_802_3_frame_has_the_type_of_its_SNAP_header_or_none(string llc, ushort type)
    {
        byte[] frame = [.. TestFrames.Udp()[..12], 0, 46, .. Convert.FromHexString(llc)];
        Extract(frame, out _).EthType.ShouldBe(type);
    }

    [Fact]
    public void ARP_is_read_when_whole_and_for_IPv4_and_not_otherwise()
    {
        byte[] arp = [.. TestFrames.Udp()[..12], 8, 6, 0, 1, 8, 0, 6, 4, 0, 2, 1, 2, 3, 4, 5, 6, 10, 0, 0, 1, 7, 8, 9, 10, 11, 12,
            10, 0, 0, 2];
        FlowKey key = Extract(arp, out _);
        (key.NwProto, key.Ipv4Src, key.Ipv4Dst, key.ArpSha, key.ArpTha)
            .ShouldBe(((byte)2, 0x0a000001u, 0x0a000002u, 0x010203040506UL, 0x0708090a0b0cUL));
        Extract(arp[..^1], out _).Ipv4Src.ShouldBe(0u);
        arp[20] = 1;
        Extract(arp, out _).NwProto.ShouldBe((byte)0);
        arp[18] = 8;
        Extract(arp, out _).Ipv4Src.ShouldBe(0u);
    }

    [Fact]
    public void MPLS_labels_are_read_to_the_bottom_of_the_stack_three_at_most()
    {
        byte[] header = [.. TestFrames.Udp()[..12], 0x88, 0x47];
        FlowKey key = Extract([.. header, 0, 1, 0, 1, 0, 2, 1, 1, 0, 3, 0, 1], out _);
        (key.Mpls0, key.Mpls1, key.Mpls2).ShouldBe((0x00010001u, 0x00020101u, 0u));
        Extract([.. header, 0, 1, 0, 1, 0, 2], out _).Mpls1.ShouldBe(0u);
    }

    [Theory]
    [InlineData("11", 17, 0, 1000)]
    [InlineData("00|1100000000000000", 17, 0, 1000)]
    [InlineData("2C|1100000112345678", 17, FlowKey.FragAny, 1000)]
    [InlineData("2C|1100000812345678", 44, FlowKey.FragAny | FlowKey.FragLater, 0)]
    [InlineData("2C|3C00000812345678", 59, FlowKey.FragAny, 0)]
    [InlineData("2B|1100000000000000", 17, 0, 1000)]
    [InlineData("33|110400000000000000000000000000000000000000000000", 17, 0, 1000)]
    [InlineData("3B", 59, 0, 0)]
    [InlineData("00|11FF000000000000", 59, 0, 0)]
    [InlineData("32", 50, 0, 0)]
    public void IPv6_extension_headers_are_walked(string headers, byte protocol, byte fragment, ushort port)
    {
        byte[] frame = TestFrames.UdpOverIpv6();
        string[] parts = headers.Split('|');
        frame[Header + 6] = Convert.FromHexString(parts[0])[0];
        byte[] extensions = parts.Length > 1 ? Convert.FromHexString(parts[1]) : [];
        FlowKey key = Extract([.. frame[..(Header + 40)], .. extensions, .. frame[(Header + 40)..]], out _);

        (key.NwFrag, key.NwProto, key.TpSrc).ShouldBe((fragment, protocol, port));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("0101AABBCCDDEEFF", 0xaabbccddeeff)]
    [InlineData("0101AABBCCDDEEFF0101112233445566", -1)]
    [InlineData("0100AABBCCDDEEFF", 0)]
    [InlineData("0102AABBCCDDEEFF", 0)]
    [InlineData("0E01000000000000|0101AABBCCDDEEFF", 0xaabbccddeeff)]
    public void Neighbour_discovery_options_are_read_and_a_doubled_one_voids_all(string options, long source)
    {
        byte[] message = [135, 0, 0, 0, 0, 0, 0, 0, 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
            .. Convert.FromHexString(options.Replace("|", "", StringComparison.Ordinal))];
        byte[] frame = [.. TestFrames.UdpOverIpv6()[..(Header + 40)], .. message];
        frame[Header + 6] = 58;
        FlowKey key = Extract(frame, out _);

        key.TpSrc.ShouldBe((ushort)135);
        key.ArpSha.ShouldBe(source < 0 ? 0UL : (ulong)source);
        (key.NdTarget == 0).ShouldBe(source < 0);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0fc201030000ff")]
    [InlineData("4fc60103000001ff00000000000000000000000000000000")]
    [InlineData("0fc50103000001ff00000000000000000000000000000000")]
    [InlineData("0fc60103000001ff000000000000000000000000000000")]
    [InlineData("0fc60303000001ff00000000000000000000000000000000")]
    public void A_frame_whose_NSH_header_makes_no_sense_has_no_key(string header)
    {
        var key = default(FlowKey);
        KeyExtraction.TryExtract([.. TestFrames.Udp()[..12], 0x89, 0x4f, .. Convert.FromHexString(header)], ref key, out _)
            .ShouldBeFalse();
    }

    [Fact]
    public void An_NSH_header_is_read()
    {
        FlowKey key =
            Extract(
            [.. TestFrames.Udp()[..12], 0x89, 0x4f, .. Convert.FromHexString("1fc60103000001ff00000001000000020000000300000004")], out _);
        key.Get(FlowKeyFields.NshBase).ShouldBe(0x013f_0103_0000_01ffUL);
        key.Get(FlowKeyFields.NshContext12).ShouldBe(0x0000_0001_0000_0002UL);
        key.Get(FlowKeyFields.NshContext34).ShouldBe(0x0000_0003_0000_0004UL);
    }

    private static FlowKey Extract(byte[] frame, out PacketLayout layout)
    {
        var key = default(FlowKey);
        KeyExtraction.TryExtract(frame, ref key, out layout).ShouldBeTrue();
        return key;
    }
}
