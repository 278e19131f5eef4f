using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Embedded.Tests.Conntrack;

/// <summary>The states that ICMP, UDP and other packets are shown in, and how long their connections live.</summary>
public class ConnectionStateTests
{
    private const string A = "10.1.1.1";
    private const string B = "10.1.1.2";
    private const CtState New = CtState.Tracked | CtState.New;
    private const CtState Established = CtState.Tracked | CtState.Established;
    private const CtState EstablishedReply = Established | CtState.Reply;
    private const CtState Invalid = CtState.Tracked | CtState.Invalid;
    private readonly CtSession _ct = new();

    [Theory]
    [InlineData(A, B, 8, 0)]
    [InlineData("fc00::1", "fc00::2", 128, 129)]
    public void A_ping_is_new_until_its_answer_was_seen(string from, string to, byte request, byte answer)
    {
        byte[] ping = Frames.Icmp(from, to, request, 0, 7);
        byte[] pong = Frames.Icmp(to, from, answer, 0, 7);

        _ct.Commit(ping).State.ShouldBe(New);
        _ct.Send(ping).State.ShouldBe(New);
        _ct.Send(pong).State.ShouldBe(EstablishedReply);
        _ct.Send(ping).State.ShouldBe(Established);
        _ct.Send(Frames.Icmp(to, from, answer, 0, 8)).State.ShouldBe(Invalid);
    }

    [Fact]
    public void What_is_not_committed_is_not_kept()
    {
        byte[] ping = Frames.Icmp(A, B, 8, 0, 7);

        _ct.Send(ping).State.ShouldBe(New);
        _ct.Tracker.Count.ShouldBe(0);
        _ct.Send(Frames.Icmp(B, A, 0, 0, 7)).State.ShouldBe(Invalid);
    }

    [Fact]
    public void The_key_shows_the_original_tuple_in_both_directions()
    {
        _ct.Commit(Frames.Udp(A, 1000, B, 2000), zone: 3);
        FlowKey key = _ct.Send(Frames.Udp(B, 2000, A, 1000), zone: 3).Key;

        key.CtZone.ShouldBe((ushort)3);
        key.CtOrigProto.ShouldBe((byte)17);
        key.CtOrigIpv4Src.ShouldBe(0x0a010101u);
        key.CtOrigIpv4Dst.ShouldBe(0x0a010102u);
        key.CtOrigTpSrc.ShouldBe((ushort)1000);
        key.CtOrigTpDst.ShouldBe((ushort)2000);
    }

    [Fact]
    public void The_original_tuple_of_a_ping_has_type_and_code()
    {
        FlowKey key = _ct.Commit(Frames.Icmp("fc00::1", "fc00::2", 128, 0, 7)).Key;

        key.CtOrigProto.ShouldBe((byte)58);
        key.CtOrigTpSrc.ShouldBe((ushort)128);
        key.CtOrigTpDst.ShouldBe((ushort)0);
        key.CtOrigIpv6Dst.ShouldBe(UInt128.Parse("334965454937798799971759379190646833154",
            System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Udp_is_established_by_an_answer()
    {
        _ct.Commit(Frames.Udp(A, 1000, B, 53)).State.ShouldBe(New);
        _ct.Send(Frames.Udp(B, 53, A, 1000)).State.ShouldBe(EstablishedReply);
        _ct.Send(Frames.Udp(A, 1000, B, 53)).State.ShouldBe(Established);
    }

    [Fact]
    public void Udp_lives_30_seconds_and_as_a_stream_120()
    {
        _ct.Commit(Frames.Udp(A, 1000, B, 53));
        _ct.Connections().Single().Remaining.ShouldBe(30_000);
        _ct.Send(Frames.Udp(B, 53, A, 1000));
        _ct.Now += 2_001;
        _ct.Send(Frames.Udp(A, 1000, B, 53));
        _ct.Connections().Single().Remaining.ShouldBe(120_000);
        _ct.Connections().Single().Status.HasFlag(ConnectionStatus.Assured).ShouldBeTrue();

        _ct.Now += 120_000;
        _ct.Send(Frames.Udp(B, 53, A, 1000)).State.ShouldBe(New, "the old connection is over, and this would be a new one");
    }

    [Fact]
    public void Other_protocols_live_ten_minutes()
    {
        _ct.Commit(Frames.Ip(A, B, 47, new byte[20])).State.ShouldBe(New);
        _ct.Connections().Single().Remaining.ShouldBe(600_000);
        _ct.Send(Frames.Ip(B, A, 47, new byte[20])).State.ShouldBe(EstablishedReply);
    }

    [Theory]
    [InlineData(130)]
    [InlineData(131)]
    [InlineData(132)]
    [InlineData(133)]
    [InlineData(134)]
    [InlineData(135)]
    [InlineData(136)]
    [InlineData(143)]
    public void Neighbour_and_listener_discovery_is_not_tracked(byte type)
    {
        Tracked tracked = _ct.Commit(Frames.Icmp("fe80::1", "ff02::2", type, 0, 0), zone: 9);

        tracked.Verdict.ShouldBe(ConntrackVerdict.Accept);
        tracked.State.ShouldBe(Invalid);
        tracked.Key.CtZone.ShouldBe((ushort)9);
        _ct.Tracker.Count.ShouldBe(0);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(0)]
    [InlineData(40)]
    public void Icmp_that_asks_nothing_is_invalid(byte type) => _ct.Commit(Frames.Icmp(A, B, type, 0, 1)).State.ShouldBe(Invalid);

    [Fact]
    public void A_wrong_checksum_makes_a_packet_invalid_unless_told_not_to_look()
    {
        foreach (byte[] frame in (byte[][])[Frames.Udp(A, 1, B, 2), Frames.Icmp(A, B, 8, 0, 1),
            Frames.Tcp("fc00::1", 1, "fc00::2", 2, Frames.Syn)])
        {
            byte[] damaged = [.. frame];
            damaged[^1] ^= 1;
            _ct.Commit(damaged).State.ShouldBe(Invalid);
            new CtSession { Tracker = new ConnectionTracker(16, verifyChecksums: false) }.Commit(damaged).State.ShouldBe(New);
        }
    }

    [Fact]
    public void A_wrong_IPv4_header_checksum_makes_a_packet_invalid_where_the_kernel_sums_it_up_too()
    {
        byte[] tcp = Frames.Tcp(A, 1, B, 2, Frames.Syn);
        byte[] udp = Frames.Udp(A, 1, B, 2);
        byte[] unchecked_ = Frames.Udp(A, 3, B, 4, checksum: false);
        foreach (byte[] frame in (byte[][])[tcp, udp, unchecked_])
            frame[Frames.NetworkOffset + 10] ^= 1;

        _ct.Commit(tcp).State.ShouldBe(Invalid);
        _ct.Commit(udp).State.ShouldBe(Invalid);
        _ct.Commit(unchecked_).State.ShouldBe(New);
    }

    [Fact]
    public void Udp_over_Ipv4_needs_no_checksum() => _ct.Commit(Frames.Udp(A, 1, B, 2, checksum: false)).State.ShouldBe(New);

    [Fact]
    public void A_packet_tracked_in_its_zone_is_not_tracked_again()
    {
        byte[] ping = Frames.Icmp(A, B, 8, 0, 7);
        _ct.Commit(ping);
        FlowKey reply = _ct.Send(Frames.Icmp(B, A, 0, 0, 7)).Key;
        long remaining = _ct.Connections().Single().Remaining;

        _ct.Now += 1000;
        _ct.Send(Frames.Icmp(B, A, 0, 0, 7), key: reply).State.ShouldBe(EstablishedReply);
        _ct.Connections().Single().Remaining.ShouldBe(remaining - 1000);
    }

    [Fact]
    public void Padding_is_no_part_of_a_packet()
    {
        byte[] padded = [.. Frames.Udp(A, 1, B, 2, payload: 2), 0, 0, 0, 0];

        ConnectionTracker.TrimmedLength(padded, Frames.NetworkOffset, 0x0800).ShouldBe(padded.Length - 4);
        ConnectionTracker.TrimmedLength(padded, Frames.NetworkOffset, 0x0806).ShouldBe(padded.Length);
        _ct.Commit(padded).State.ShouldBe(New);
    }

    [Fact]
    public void Clearing_leaves_no_trace_in_the_key()
    {
        FlowKey key = _ct.Send(Frames.Udp(A, 1, B, 2), zone: 5, commit: true, mark: (7, 7), labels: (9, 9)).Key;
        ConnectionTracker.Clear(ref key);
        key.ShouldBe(new FlowKey { EthType = 0x0800 });
    }
}
