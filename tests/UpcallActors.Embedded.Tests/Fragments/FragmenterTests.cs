using System.Buffers.Binary;
using PacketDotNet;

namespace UpcallActors.Embedded.Tests.Fragments;

/// <summary>Refragmentation at output, judged by its bytes and by PacketDotNet.</summary>
public class FragmenterTests
{
    [Fact]
    public void Ipv4_fragments_decode_as_what_they_are()
    {
        List<byte[]> fragments = Datagram.Split(Datagram.Whole(new Random(1), false, 3000), Datagram.Ipv4, 1500);
        IPv4Packet[] packets = [.. fragments.Select(fragment => Packet.ParsePacket(LinkLayers.Ethernet, fragment).Extract<IPv4Packet>())];

        packets.Select(packet => packet.FragmentOffset * 8).ShouldBe([0, 1480, 2960]);
        packets.Select(packet => packet.TotalLength).ShouldBe([1500, 1500, 60]);
        packets.Select(packet => packet.FragmentFlags & 1).ShouldBe([1, 1, 0]);
        packets.ShouldAllBe(packet => packet.ValidIPChecksum && packet.Id == 0x1234);
    }

    [Fact]
    public void Df_is_cleared()
    {
        byte[] frame = Datagram.Whole(new Random(1), false, 3000);
        frame[Datagram.NetworkOffset + 6] = 0x40;
        Datagram.Split(frame, Datagram.Ipv4, 1500).ShouldAllBe(fragment => (fragment[Datagram.NetworkOffset + 6] & 0x40) == 0);
    }

    [Fact]
    public void A_fragment_of_a_fragment_goes_on_from_its_offset_and_keeps_its_more_bit()
    {
        byte[] frame = Datagram.Fragment(false, 4000, more: true, new byte[3000]);
        int[] fields = [.. Datagram.Split(frame, Datagram.Ipv4, 1500)
            .Select(fragment => (int)BinaryPrimitives.ReadUInt16BigEndian(fragment.AsSpan(Datagram.NetworkOffset + 6)))];
        fields.ShouldBe([0x2000 | 500, 0x2000 | 685, 0x2000 | 870]);
    }

    [Fact]
    public void Ipv6_fragments_carry_the_identification_and_the_upper_protocol()
    {
        List<byte[]> fragments = Datagram.Split(Datagram.Whole(new Random(1), true, 3000), Datagram.Ipv6, 1496, 0xcafebabe);
        foreach (byte[] fragment in fragments)
        {
            ReadOnlySpan<byte> ip = fragment.AsSpan(Datagram.NetworkOffset);
            ip[6].ShouldBe((byte)44);
            ip[40].ShouldBe((byte)17);
            BinaryPrimitives.ReadUInt32BigEndian(ip[44..]).ShouldBe(0xcafebabe);
            BinaryPrimitives.ReadUInt16BigEndian(ip[4..]).ShouldBe((ushort)(ip.Length - 40));
        }

        fragments.Select(fragment => BinaryPrimitives.ReadUInt16BigEndian(fragment.AsSpan(Datagram.NetworkOffset + 42)) & 0xfff9)
            .ShouldBe([1, 1449, 2896]);
    }

    [Fact]
    public void Hop_by_hop_options_stay_in_front_of_the_fragment_header()
    {
        byte[] fragment = Datagram.Split(Datagram.Whole(new Random(1), true, 3000, optionWords: 2), Datagram.Ipv6, 1496)[1];
        ReadOnlySpan<byte> ip = fragment.AsSpan(Datagram.NetworkOffset);
        ip[6].ShouldBe((byte)0);
        ip[40].ShouldBe((byte)44);
        ip[56].ShouldBe((byte)17);
    }

    [Fact]
    public void Ipv6_is_never_cut_below_its_minimum_mtu() =>
        Datagram.Split(Datagram.Whole(new Random(1), true, 3000), Datagram.Ipv6, 600)[0].Length.ShouldBe(Datagram.NetworkOffset + 1280);

    [Fact]
    public void What_fits_is_one_piece() =>
        Datagram.Split(Datagram.Whole(new Random(1), false, 1000), Datagram.Ipv4, 1500).Count.ShouldBe(1);

    [Fact]
    public void A_destination_that_is_too_small_says_how_much_it_needs()
    {
        byte[] frame = Datagram.Whole(new Random(1), false, 3000);
        IpFragmenter.TryCreate(frame, Datagram.NetworkOffset, Datagram.Ipv4, 1500, 1500, 0, out IpFragmenter fragmenter);
        fragmenter.TryNext(new byte[1000], out int needed).ShouldBeFalse();
        needed.ShouldBe(Datagram.NetworkOffset + 1500);
        fragmenter.TryNext(new byte[needed], out int written).ShouldBeTrue();
        written.ShouldBe(needed);
    }

    [Fact]
    public void What_cannot_be_split_has_a_reason()
    {
        byte[] ipv4 = Datagram.Whole(new Random(1), false, 3000);
        byte[] ipv6 = Datagram.Whole(new Random(1), true, 3000);
        Create(ipv4, 0x0806, 1500).ShouldBe(FragmentationError.NotIp);
        Create(ipv4, Datagram.Ipv4, 1501).ShouldBe(FragmentationError.MruAboveMtu);
        Create(ipv4, Datagram.Ipv4, 27).ShouldBe(FragmentationError.MruTooSmall);
        Create(ipv4, Datagram.Ipv4, 28).ShouldBe(FragmentationError.None);
        Create(ipv6, Datagram.Ipv4, 1500).ShouldBe(FragmentationError.Malformed);
        Create(ipv4, Datagram.Ipv6, 1500).ShouldBe(FragmentationError.Malformed);
        Create([], Datagram.Ipv4, 1500).ShouldBe(FragmentationError.Malformed);
        Create([.. ipv4[..14], .. new byte[13], .. ipv4[14..]], Datagram.Ipv4, 1500, 31).ShouldBe(FragmentationError.L2HeaderTooLong);
        Create([.. ipv4[..14], .. new byte[12], .. ipv4[14..]], Datagram.Ipv4, 1500, 30).ShouldBe(FragmentationError.None);
    }

    private static FragmentationError Create(byte[] frame, ushort type, int mru, int offset = Datagram.NetworkOffset) =>
        IpFragmenter.TryCreate(frame, offset, type, mru, 1500, 0, out _);
}
