using PacketDotNet;
using UpcallActors.Packets;

namespace UpcallActors.Embedded.Tests.Conntrack;

/// <summary>
/// Address translation, there and back. Checksums are judged by PacketDotNet, or by the tracker that sees the packet next.
/// </summary>
public class NatTests
{
    private const string Inside = "10.1.1.1";
    private const string Outside = "10.1.1.2";
    private const string Public = "192.0.2.7";
    private static readonly Nat s_bare = new();
    private readonly CtSession _ct = new();

    [Fact]
    public void A_source_is_translated_and_its_answer_translated_back()
    {
        Tracked sent = _ct.Commit(Frames.Udp(Inside, 1000, Outside, 53), nat: new Nat(true, Public));
        Frames.SourceOf(sent.Frame).ShouldBe(Public);
        Frames.SourcePortOf(sent.Frame).ShouldBe((ushort)1000);
        sent.State.ShouldBe(CtState.Tracked | CtState.New | CtState.SourceNat);
        sent.Key.Ipv4Src.ShouldBe(0xc0000207u);
        sent.Key.TpSrc.ShouldBe((ushort)1000);
        ShouldHaveRightChecksums(sent.Frame);

        Tracked answer = _ct.Send(Frames.Udp(Outside, 53, Public, 1000), nat: s_bare);
        Frames.DestinationOf(answer.Frame).ShouldBe(Inside);
        answer.State.ShouldBe(CtState.Tracked | CtState.Established | CtState.Reply | CtState.DestinationNat);
        answer.Key.Ipv4Dst.ShouldBe(0x0a010101u);
        ShouldHaveRightChecksums(answer.Frame);

        Tracked next = _ct.Send(Frames.Udp(Inside, 1000, Outside, 53), nat: s_bare);
        Frames.SourceOf(next.Frame).ShouldBe(Public);
        next.State.ShouldBe(CtState.Tracked | CtState.Established | CtState.SourceNat);
    }

    [Fact]
    public void Without_nat_in_the_action_nothing_is_translated()
    {
        _ct.Commit(Frames.Udp(Inside, 1000, Outside, 53), nat: new Nat(true, Public));
        Tracked sent = _ct.Send(Frames.Udp(Inside, 1000, Outside, 53));
        Frames.SourceOf(sent.Frame).ShouldBe(Inside);
        // The connection itself is translated, and the key says so only once translation was done.
        sent.State.ShouldBe(CtState.Tracked | CtState.New);
    }

    [Fact]
    public void A_destination_is_translated_and_its_answer_translated_back()
    {
        Tracked sent = _ct.Commit(Frames.Tcp(Outside, 4000, Public, 80, Frames.Syn), nat: new Nat(false, Inside, MinPort: 8080));
        Frames.DestinationOf(sent.Frame).ShouldBe(Inside);
        Frames.DestinationPortOf(sent.Frame).ShouldBe((ushort)8080);
        sent.State.HasFlag(CtState.DestinationNat).ShouldBeTrue();
        sent.Key.TpDst.ShouldBe((ushort)8080);
        sent.Key.CtOrigTpDst.ShouldBe((ushort)80);
        ShouldHaveRightChecksums(sent.Frame);

        Tracked answer = _ct.Send(Frames.Tcp(Inside, 8080, Outside, 4000, Frames.Syn | Frames.Ack, 7, 1), nat: s_bare);
        Frames.SourceOf(answer.Frame).ShouldBe(Public);
        Frames.SourcePortOf(answer.Frame).ShouldBe((ushort)80);
        answer.State.HasFlag(CtState.SourceNat | CtState.Reply).ShouldBeTrue();
        ShouldHaveRightChecksums(answer.Frame);
    }

    [Theory]
    [InlineData("fc00::1", "fc00::2", "2001:db8::7")]
    [InlineData(Inside, Outside, Public)]
    public void Every_protocol_is_translated_with_right_checksums(string inside, string outside, string translated)
    {
        bool isIpv6 = inside.Contains(':', StringComparison.Ordinal);
        byte echo = isIpv6 ? (byte)128 : (byte)8;
        (byte[] Request, byte[] Answer)[] exchanges =
        [
            (Frames.Udp(inside, 1000, outside, 53, 11), Frames.Udp(outside, 53, translated, 1000, 11)),
            (Frames.Tcp(inside, 1000, outside, 80, Frames.Syn, 5),
                Frames.Tcp(outside, 80, translated, 1000, Frames.Syn | Frames.Ack, 9, 6)),
            (Frames.Icmp(inside, outside, echo, 0, 77), Frames.Icmp(outside, translated, isIpv6 ? (byte)129 : (byte)0, 0, 77)),
            (Frames.Ip(inside, outside, 47, new byte[20]), Frames.Ip(outside, translated, 47, new byte[20])),
        ];
        foreach ((byte[] request, byte[] answer) in exchanges)
        {
            Tracked sent = _ct.Commit(request, nat: new Nat(true, translated));
            Frames.SourceOf(sent.Frame).ShouldBe(translated);
            ShouldHaveRightChecksums(sent.Frame);
            Tracked back = _ct.Send(answer, nat: s_bare);
            Frames.DestinationOf(back.Frame).ShouldBe(inside);
            ShouldHaveRightChecksums(back.Frame);
        }
    }

    [Fact]
    public void Udp_without_checksum_stays_without()
    {
        Tracked sent = _ct.Commit(Frames.Udp(Inside, 1000, Outside, 53, checksum: false), nat: new Nat(true, Public));
        Frames.SourceOf(sent.Frame).ShouldBe(Public);
        Frames.TransportOf(sent.Frame).Slice(6, 2).ToArray().ShouldBe(new byte[2]);
    }

    [Fact]
    public void Two_senders_behind_one_address_get_different_ports()
    {
        var nat = new Nat(true, Public);
        Tracked first = _ct.Commit(Frames.Udp(Inside, 1000, Outside, 53), nat: nat);
        Tracked second = _ct.Commit(Frames.Udp("10.1.1.3", 1000, Outside, 53), nat: nat);

        Frames.SourcePortOf(first.Frame).ShouldBe((ushort)1000);
        ushort port = Frames.SourcePortOf(second.Frame);
        port.ShouldNotBe((ushort)1000);
        port.ShouldBeGreaterThanOrEqualTo((ushort)600);
        ShouldHaveRightChecksums(second.Frame);
        Frames.DestinationOf(_ct.Send(Frames.Udp(Outside, 53, Public, port), nat: s_bare).Frame).ShouldBe("10.1.1.3");
        Frames.DestinationOf(_ct.Send(Frames.Udp(Outside, 53, Public, 1000), nat: s_bare).Frame).ShouldBe(Inside);
    }

    [Fact]
    public void Two_pings_with_one_id_get_different_ids()
    {
        var nat = new Nat(true, Public);
        _ct.Commit(Frames.Icmp(Inside, Outside, 8, 0, 7), nat: nat);
        Tracked second = _ct.Commit(Frames.Icmp("10.1.1.3", Outside, 8, 0, 7), nat: nat);
        ushort id = Frames.IcmpIdOf(second.Frame);

        id.ShouldNotBe((ushort)7);
        ShouldHaveRightChecksums(second.Frame);
        Tracked answer = _ct.Send(Frames.Icmp(Outside, Public, 0, 0, id), nat: s_bare);
        Frames.DestinationOf(answer.Frame).ShouldBe("10.1.1.3");
        Frames.IcmpIdOf(answer.Frame).ShouldBe((ushort)7);
        ShouldHaveRightChecksums(answer.Frame);
    }

    [Fact]
    public void A_port_range_is_used_up_to_the_last_and_then_drops()
    {
        var nat = new Nat(true, Public, MinPort: 5000, MaxPort: 5009);
        HashSet<ushort> ports = [];
        for (int i = 0; i < 10; i++)
        {
            Tracked sent = _ct.Commit(Frames.Udp(Inside, (ushort)(1000 + i), Outside, 53), nat: nat);
            sent.Verdict.ShouldBe(ConntrackVerdict.Accept);
            ports.Add(Frames.SourcePortOf(sent.Frame)).ShouldBeTrue();
        }

        ports.ShouldAllBe(port => port >= 5000 && port <= 5009);
        _ct.Commit(Frames.Udp(Inside, 2000, Outside, 53), nat: nat).Verdict.ShouldBe(ConntrackVerdict.Drop);
        _ct.Tracker.InsertFailed.ShouldBe(1UL);
        _ct.Commit(Frames.Udp(Inside, 2000, "10.1.1.9", 53), nat: nat).Verdict
            .ShouldBe(ConntrackVerdict.Accept, "another receiver has ports of its own");
    }

    [Fact]
    public void Random_ports_stay_in_their_range()
    {
        var nat = new Nat(true, Public, MinPort: 5000, MaxPort: 5999, Random: true);
        ushort[] ports = [.. Enumerable.Range(0, 50)
            .Select(i => Frames.SourcePortOf(_ct.Commit(Frames.Udp(Inside, (ushort)(5000 + i), Outside, 53), nat: nat).Frame))];
        ports.ShouldAllBe(port => port >= 5000 && port <= 5999);
        ports.Distinct().Count().ShouldBe(50);
        ports.Where((port, i) => port != 5000 + i).ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("192.0.2.10", "192.0.2.19", Inside, Outside)]
    [InlineData("2001:db8::10", "2001:db8::19", "fc00::1", "fc00::2")]
    public void An_address_range_is_spread_over_and_kept_to(string min, string max, string inside, string outside)
    {
        var nat = new Nat(true, min, max);
        HashSet<string> used = [];
        string prefix = min[..^1];
        for (int i = 0; i < 60; i++)
        {
            Tracked sent = _ct.Commit(Frames.Udp(inside[..^1] + (i + 20), 1000, outside, 53), nat: nat);
            Frames.SourceOf(sent.Frame).ShouldStartWith(prefix);
            used.Add(Frames.SourceOf(sent.Frame));
        }

        used.Count.ShouldBeGreaterThan(4);
    }

    [Fact]
    public void A_persistent_sender_has_one_address_for_all_receivers()
    {
        var nat = new Nat(true, "192.0.2.10", "192.0.2.200", Persistent: true);
        string[] sources = [.. Enumerable.Range(1, 50)
            .Select(i => Frames.SourceOf(_ct.Commit(Frames.Udp(Inside, (ushort)(1000 + i), "10.2.2." + i, 53), nat: nat).Frame))];
        sources.Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public void A_sender_keeps_its_mapping_to_other_receivers()
    {
        var nat = new Nat(true, Public, MinPort: 5000, MaxPort: 5999);
        ushort first = Frames.SourcePortOf(_ct.Commit(Frames.Udp(Inside, 1000, Outside, 53), nat: nat).Frame);
        Frames.SourcePortOf(_ct.Commit(Frames.Udp(Inside, 1000, "10.1.1.9", 53), nat: nat).Frame).ShouldBe(first);
    }

    [Fact]
    public void An_untranslated_connection_does_not_take_the_answer_of_a_translated_one()
    {
        _ct.Commit(Frames.Udp(Inside, 1000, Outside, 53), nat: new Nat(true, Public));
        Tracked own = _ct.Commit(Frames.Udp(Public, 1000, Outside, 53), nat: s_bare);
        own.Verdict.ShouldBe(ConntrackVerdict.Drop);
        _ct.Tracker.InsertFailed.ShouldBe(1UL);
        Frames.SourcePortOf(_ct.Commit(Frames.Udp(Public, 1000, Outside, 53), nat: new Nat(true)).Frame).ShouldNotBe((ushort)1000);
    }

    [Theory]
    [InlineData(Inside, Outside, Public, "10.9.9.9", 3)]
    [InlineData("fc00::1", "fc00::2", "2001:db8::7", "fc00::99", 1)]
    public void An_error_is_translated_outside_and_inside(string inside, string outside, string translated, string router, byte type)
    {
        byte[] original = Frames.Udp(inside, 1000, outside, 53);
        byte[] sent = _ct.Commit(original, nat: new Nat(true, translated)).Frame;
        Tracked error = _ct.Send(Frames.IcmpError(router, translated, type, 0, sent), nat: s_bare);

        error.State.HasFlag(CtState.Related | CtState.Reply).ShouldBeTrue();
        Frames.DestinationOf(error.Frame).ShouldBe(inside);
        Frames.TransportOf(error.Frame)[8..].ToArray().ShouldBe(original[Frames.NetworkOffset..]);
        ShouldHaveRightChecksums(error.Frame);
    }

    [Fact]
    public void A_translated_error_stays_related_when_it_comes_by_again()
    {
        byte[] sent = _ct.Commit(Frames.Udp(Inside, 1000, Outside, 53), nat: new Nat(true, Public)).Frame;
        Tracked error = _ct.Send(Frames.IcmpError("10.9.9.9", Public, 3, 0, sent), nat: s_bare);
        Tracked again = _ct.Send(error.Frame, nat: s_bare, key: error.Key);

        again.State.ShouldBe(error.State);
        again.Frame.ShouldBe(error.Frame);
    }

    [Fact]
    public void Sctp_ports_are_translated_and_its_checksum_with_them()
    {
        byte[] packet = new byte[28];
        (packet[0], packet[1], packet[2], packet[3]) = (0x13, 0x88, 0x13, 0x89);
        BitConverter.TryWriteBytes(packet.AsSpan(8), Crc32C(packet));
        byte[] frame = Frames.Ip(Outside, Public, 132, packet);
        Tracked sent = _ct.Commit(frame, nat: new Nat(false, Inside, MinPort: 9000));

        Frames.DestinationPortOf(sent.Frame).ShouldBe((ushort)9000);
        ReadOnlySpan<byte> translated = Frames.TransportOf(sent.Frame);
        BitConverter.ToUInt32(translated[8..]).ShouldBe(Crc32C(translated));
    }

    [Fact]
    public void A_packet_is_translated_once_a_zone()
    {
        byte[] frame = Frames.Udp(Inside, 1000, Outside, 53);
        Tracked sent = _ct.Commit(frame, nat: new Nat(true, Public));
        Tracked again = _ct.Send(sent.Frame, nat: s_bare, key: sent.Key);

        again.Frame.ShouldBe(sent.Frame);
        again.State.ShouldBe(sent.State);
        _ct.Tracker.Count.ShouldBe(1);
    }

    [Fact]
    public void Hairpin_both_sides_are_translated()
    {
        _ct.Commit(Frames.Udp(Inside, 1000, Public, 53), nat: new Nat(false, Outside));
        // The null translation of the source has to find a free port where the answer would collide.
        Tracked second = _ct.Commit(Frames.Udp(Inside, 1000, "192.0.2.8", 53), nat: new Nat(false, Outside));
        second.Verdict.ShouldBe(ConntrackVerdict.Accept);
        Frames.DestinationOf(second.Frame).ShouldBe(Outside);
        ushort port = Frames.SourcePortOf(second.Frame);
        port.ShouldNotBe((ushort)1000);
        ShouldHaveRightChecksums(second.Frame);

        Tracked answer = _ct.Send(Frames.Udp(Outside, 53, Inside, port), nat: s_bare);
        Frames.SourceOf(answer.Frame).ShouldBe("192.0.2.8");
        Frames.DestinationPortOf(answer.Frame).ShouldBe((ushort)1000);
        ShouldHaveRightChecksums(answer.Frame);
    }

    private static void ShouldHaveRightChecksums(byte[] frame)
    {
        var packet = Packet.ParsePacket(LinkLayers.Ethernet, frame);
        packet.Extract<IPv4Packet>()?.ValidIPChecksum.ShouldBeTrue("IPv4 header");
        packet.Extract<TcpPacket>()?.ValidTcpChecksum.ShouldBeTrue("TCP");
        packet.Extract<UdpPacket>()?.ValidUdpChecksum.ShouldBeTrue("UDP");
        // PacketDotNet judges no ICMP; a tracker that does not know the packet does.
        if (packet.Extract<IcmpV4Packet>() is { TypeCode: IcmpV4TypeCode.EchoRequest }
            || packet.Extract<IcmpV6Packet>() is { Type: IcmpV6Type.EchoRequest })
            new CtSession().Commit(frame).State.ShouldBe(CtState.Tracked | CtState.New);
        ReadOnlySpan<byte> transport = Frames.TransportOf(frame);
        if (packet.Extract<IcmpV4Packet>() is not null)
            SumOf(transport).ShouldBe(ushort.MaxValue, "ICMP");
        if (packet.Extract<IcmpV6Packet>() is not null)
            SumOf([.. frame.AsSpan(Frames.NetworkOffset + 8, 32), 0, 58, .. BigEndian(transport.Length), .. transport])
                .ShouldBe(ushort.MaxValue, "ICMPv6");
    }

    /// <summary>Bit by bit, with the checksum field as zero.</summary>
    private static uint Crc32C(ReadOnlySpan<byte> packet)
    {
        uint crc = uint.MaxValue;
        for (int i = 0; i < packet.Length; i++)
        {
            crc ^= i is >= 8 and < 12 ? 0u : packet[i];
            for (int bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82f63b78 : 0);
        }

        return ~crc;
    }

    private static byte[] BigEndian(int length) => [(byte)(length >> 8), (byte)length];

    private static int SumOf(ReadOnlySpan<byte> bytes)
    {
        int sum = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            sum += i % 2 == 0 ? bytes[i] << 8 : bytes[i];
            sum = (sum & 0xffff) + (sum >> 16);
        }

        return sum;
    }
}
