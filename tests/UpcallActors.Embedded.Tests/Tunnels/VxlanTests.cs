using UpcallActors.Embedded.Tests.Conntrack;
using UpcallActors.Packets;

namespace UpcallActors.Embedded.Tests.Tunnels;

public sealed class VxlanTests
{
    private static readonly byte[] s_frame = Frames.Udp("10.0.0.1", 1, "10.0.0.2", 2);

    [Fact]
    public void A_header_written_is_read_again()
    {
        byte[] datagram = [.. new byte[VxlanHeader.Length], .. s_frame];
        VxlanHeader.Write(datagram, 0xff123456);
        datagram[..VxlanHeader.Length].ShouldBe([8, 0, 0, 0, 0x12, 0x34, 0x56, 0]);
        VxlanHeader.TryRead(datagram, out uint identifier, out ReadOnlySpan<byte> frame).ShouldBeTrue();
        identifier.ShouldBe(0x123456u);
        frame.ToArray().ShouldBe(s_frame);
    }

    [Theory]
    [InlineData("0000000000000500")]
    [InlineData("8800000000000500")]
    [InlineData("0800000100000500")]
    [InlineData("0800000000000501")]
    public void A_header_without_identifier_or_with_bits_that_we_do_not_know_is_refused(string header) =>
        VxlanHeader.TryRead([.. Convert.FromHexString(header), .. s_frame], out _, out _).ShouldBeFalse();

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(21)]
    public void A_datagram_too_short_for_a_frame_is_refused(int length)
    {
        byte[] datagram = [8, 0, 0, 0, 0, 0, 5, 0, .. s_frame];
        VxlanHeader.TryRead(datagram.AsSpan(0, length), out _, out _).ShouldBeFalse();
        VxlanHeader.TryRead(datagram.AsSpan(0, 22), out _, out _).ShouldBeTrue();
    }

    [Theory]
    [InlineData(0xb8, 0, 0xb8)]
    [InlineData(0xbb, 1, 0xb9)]
    [InlineData(0, 2, 2)]
    [InlineData(0, 3, 2)]
    public void The_outer_header_has_the_congestion_bits_of_the_inner_but_for_congestion_itself(byte wish, byte inner, byte outer)
    {
        foreach (byte[] frame in WithTos(inner))
            TunnelCongestion.Encapsulate(wish, frame).ShouldBe(outer);
    }

    [Fact]
    public void A_frame_that_is_not_IP_leaves_no_congestion_bits()
    {
        byte[] frame = [.. s_frame];
        frame[13] = 6;
        TunnelCongestion.Encapsulate(0x0b, frame).ShouldBe((byte)8);
        TunnelCongestion.Encapsulate(3, []).ShouldBe((byte)0);
        TunnelCongestion.TryDecapsulate(3, frame).ShouldBeTrue();
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0, 2, 2)]
    [InlineData(2, 1, 1)]
    [InlineData(1, 2, 1)]
    [InlineData(1, 1, 1)]
    [InlineData(1, 0, 0)]
    [InlineData(3, 1, 3)]
    [InlineData(3, 2, 3)]
    [InlineData(3, 3, 3)]
    [InlineData(0, 3, 3)]
    public void Congestion_on_the_way_is_told_to_the_inner_frame(byte outer, byte inner, byte result)
    {
        List<byte[]> expected = [.. WithTos(result)];
        foreach ((byte[] frame, int index) in WithTos(inner).Select((frame, index) => (frame, index)))
        {
            TunnelCongestion.TryDecapsulate((byte)(outer | 0xb8), frame).ShouldBeTrue();
            frame.ShouldBe(expected[index]);
        }
    }

    [Fact]
    public void Congestion_that_the_sender_would_not_understand_drops_the_packet()
    {
        foreach (byte[] frame in WithTos(0))
            TunnelCongestion.TryDecapsulate(3, frame).ShouldBeFalse();
    }

    /// <summary>IPv4, tagged IPv4 and IPv6 frames with a ToS and right checksums.</summary>
    private static IEnumerable<byte[]> WithTos(byte tos)
    {
        byte[] ipv4 = [.. s_frame];
        ipv4[15] = tos;
        ipv4.AsSpan(24, 2).Clear();
        ushort checksum = InternetChecksum.Compute(ipv4.AsSpan(14, 20));
        (ipv4[24], ipv4[25]) = ((byte)(checksum >> 8), (byte)checksum);
        yield return ipv4;
        yield return [.. ipv4[..12], 0x81, 0, 0, 5, .. ipv4[12..]];
        byte[] ipv6 = Frames.Udp("fc00::1", 1, "fc00::2", 2);
        ipv6[15] = (byte)(tos << 4);
        yield return ipv6;
    }
}
