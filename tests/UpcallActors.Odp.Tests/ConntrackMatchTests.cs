using UpcallActors.Odp.Text;

namespace UpcallActors.Odp.Tests;

public sealed class ConntrackMatchTests
{
    private static readonly ConntrackTuple Query = new(0x0a000001, 0x0a000002, 5000, 53, 17, IsIpv6: false);
    private static readonly ConntrackTuple Answer = new(0x0a000002, 0x0a000001, 53, 5000, 17, IsIpv6: false);
    private static readonly ConntrackEntry Dns = new(Query, Answer) { Zone = 3, Mark = 0x12, Labels = (UInt128)7 << 100 };
    private static readonly ConntrackEntry Ping = new(
        new ConntrackTuple(1, 2, 77, 0x8000, 58, IsIpv6: true), new ConntrackTuple(2, 1, 77, 0x8100, 58, IsIpv6: true));

    [Theory]
    [InlineData("ct_nw_src=10.0.0.1")]
    [InlineData("ct_nw_dst:10.0.0.2, ct_nw_proto=0x11")]
    [InlineData("ct_nw_proto=17,ct_tp_src=5000,ct_tp_dst=53")]
    [InlineData("mark=0x12")]
    [InlineData("mark=0x10/0xf0")]
    [InlineData("labels=0x70000000000000000000000000")]
    [InlineData("", "ct_nw_src=10.0.0.2")]
    [InlineData("mark=0x2/2", "ct_nw_src=10.0.0.1", "ct_nw_dst=10.0.0.1,ct_nw_proto=17,ct_tp_src=53")]
    public void What_is_given_of_a_connection_finds_it(params string[] arguments)
    {
        ConntrackMatch match = ConntrackMatchText.Parse(arguments).Match;
        match.Matches(Dns).ShouldBeTrue();
        match.Matches(Ping).ShouldBeFalse();
    }

    [Theory]
    [InlineData("ct_nw_src=10.0.0.9")]
    [InlineData("ct_nw_proto=6")]
    [InlineData("ct_nw_proto=17,ct_tp_src=5001")]
    [InlineData("ct_nw_proto=17,ct_tp_dst=54")]
    [InlineData("mark=0x13")]
    [InlineData("labels=1")]
    [InlineData("", "ct_nw_src=10.0.0.1")]
    public void What_differs_in_one_thing_is_not_meant(params string[] arguments) =>
        ConntrackMatchText.Parse(arguments).Match.Matches(Dns).ShouldBeFalse();

    [Theory]
    [InlineData("ct_ipv6_src=::1,ct_nw_proto=58", true)]
    [InlineData("ct_nw_proto=58,icmp_type=128", true)]
    [InlineData("ct_nw_proto=58,icmp_id=77,icmp_code=0", true)]
    [InlineData("ct_nw_proto=58,icmp_id=78", false)]
    [InlineData("ct_nw_proto=58,icmp_type=129", false)]
    [InlineData("ct_nw_proto=58,icmp_code=1", false)]
    public void A_ping_is_found_by_what_an_echo_has(string tuple, bool found) =>
        ConntrackMatchText.Parse([tuple]).Match.Matches(Ping).ShouldBe(found);

    [Fact]
    public void The_zone_comes_first_and_apart()
    {
        (ushort? zone, ConntrackMatch match) = ConntrackMatchText.Parse(["zone=9", "ct_nw_src=10.0.0.1"]);
        zone.ShouldBe((ushort)9);
        match.Original.Source.ShouldBe((UInt128)0x0a000001);
        ConntrackMatchText.Parse([]).ShouldBe((null, ConntrackMatch.Any));
    }

    [Theory]
    [InlineData("failed to parse zone", "zone=65536")]
    [InlineData("failed to parse zone", "zone=")]
    [InlineData("failed to parse mark", "mark=0x1/")]
    [InlineData("failed to parse labels", "labels=x")]
    [InlineData("field ct_nw_src missing value", "ct_nw_src")]
    [InlineData("failed to parse field ct_nw_src", "ct_nw_src=10.0.0")]
    [InlineData("failed to parse field ct_ipv6_dst", "ct_ipv6_dst=10.0.0.1")]
    [InlineData("failed to parse field ct_nw_proto", "ct_nw_proto=256")]
    [InlineData("ct_nw_proto is set multiple times", "ct_nw_proto=1,ct_nw_proto=1")]
    [InlineData("ct_nw_src is set multiple times", "ct_nw_src=0.0.0.0,ct_nw_src=10.0.0.1")]
    [InlineData("the L3 protocol does not match ::1", "ct_nw_src=10.0.0.1,ct_ipv6_dst=::1")]
    [InlineData("port is set without protocol", "ct_tp_dst=0")]
    [InlineData("invalid L4 fields", "ct_nw_proto=6,icmp_type=8")]
    [InlineData("invalid conntrack tuple field: nw_src", "nw_src=10.0.0.1")]
    [InlineData("invalid arguments", "", "", "")]
    [InlineData("invalid arguments", "ct_nw_src=1.2.3.4", "ct_nw_src=1.2.3.4", "zone=1")]
    public void What_cannot_be_understood_is_refused_in_the_words_of_Open_vSwitch(string error, params string[] arguments) =>
        Should.Throw<OdpTextException>(() => ConntrackMatchText.Parse(arguments)).Message.ShouldBe(error);

    [Fact]
    public void Without_a_match_all_of_the_zone_is_flushed_at_once()
    {
        var conntrack = new RecordedConntrack(Dns, Ping);
        ConntrackMatch.Any.Flush(conntrack, 3).ShouldBeTrue();
        conntrack.Flushed.ShouldBe(["zone 3"]);
    }

    [Theory]
    [InlineData("ct_nw_src=10.0.0.1,ct_nw_dst=10.0.0.2,ct_nw_proto=17,ct_tp_src=5000,ct_tp_dst=53", 3)]
    [InlineData("ct_nw_src=10.0.0.1,ct_nw_proto=17", null)]
    public void A_connection_is_flushed_by_its_original_tuple(string tuple, int? zone)
    {
        var conntrack = new RecordedConntrack(Dns, Ping);
        ConntrackMatchText.Parse([tuple]).Match.Flush(conntrack, (ushort?)zone).ShouldBeTrue();
        conntrack.Flushed.ShouldBe([$"{Query} in 3"]);
    }

    [Fact]
    public void One_that_is_given_in_full_and_is_not_there_is_told()
    {
        var conntrack = new RecordedConntrack(Dns, Ping);
        ConntrackMatch exact =
            ConntrackMatchText.Parse(["ct_ipv6_src=::1,ct_ipv6_dst=::2,ct_nw_proto=58,icmp_id=1,icmp_type=128,icmp_code=0"]).Match;
        exact.Flush(conntrack, null).ShouldBeFalse();
        conntrack.Dumps.ShouldBe(0);
        exact = exact with { Original = exact.Original with { IcmpId = 77 } };
        exact.Flush(conntrack, null).ShouldBeTrue();
    }

    private sealed class RecordedConntrack(params ConntrackEntry[] entries) : IConntrack
    {
        public List<string> Flushed { get; } = [];

        public int Dumps { get; private set; }

        public IReadOnlyList<ConntrackEntry> Dump(ushort? zone)
        {
            Dumps++;
            return [.. entries.Where(entry => (zone ?? entry.Zone) == entry.Zone)];
        }

        public void Flush(ushort? zone) => Flushed.Add($"zone {zone}");

        public bool Flush(ushort zone, in ConntrackTuple original)
        {
            Flushed.Add($"{original} in {zone}");
            ConntrackTuple sought = original;
            return entries.Any(entry => entry.Zone == zone && entry.Original == sought);
        }
    }
}
