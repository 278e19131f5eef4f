using System.Text.RegularExpressions;
using UpcallActors.Daemon.Control.Commands;
using UpcallActors.Daemon.Terminal.Clients;
using UpcallActors.Daemon.Terminal.Monitoring;
using UpcallActors.Daemon.Terminal.Top;
using UpcallActors.Daemon.Tests.Control;
using UpcallActors.Pipeline;
using UpcallActors.Unixctl;
using UpcallActors.Web;

namespace UpcallActors.Daemon.Tests.Terminal.Top;

/// <summary>What <c>top</c> makes of two snapshots.</summary>
public sealed class TopTests
{
    [Fact]
    public async Task Rates_are_what_grew_in_the_time_between()
    {
        DaemonSnapshot before = await SnapshotAsync();
        DaemonSnapshot now = Later(before, seconds: 2);
        var sample = TopSample.Between(before, now);
        sample.Seconds.ShouldBe(2, 1e-6);
        LaneRates lane = sample.Lanes.ShouldHaveSingleItem();
        lane.Received.ShouldBe(50, 1e-3);
        lane.Lost.ShouldBe(2, 1e-3);
        sample.Classes.Single(rate => rate.Name == "miss").Rate.ShouldBe(50, 1e-3);
        sample.Losses.ShouldHaveSingleItem().ShouldBe(new NamedRate("shed", 4, 2));
        // The busiest first.
        sample.Ports[0].Port.ShouldBe("ovs-p1");
        sample.Ports[0].Upcalls.ShouldBe(40, 1e-3);
        // 100 batches took up to 1 ms and one up to 100 ms; what was counted before does not count.
        sample.P50Seconds.ShouldBe(1e-3);
        sample.P99Seconds.ShouldBe(1e-3);
    }

    [Fact]
    public async Task A_daemon_that_was_started_anew_has_no_rates_yet()
    {
        DaemonSnapshot before = Later(await SnapshotAsync(), seconds: 2);
        DaemonSnapshot now = await SnapshotAsync();
        var sample = TopSample.Between(before, now with { ProcessId = before.ProcessId + 1 });
        sample.Lanes[0].Received.ShouldBe(0);
        sample.Ports.ShouldAllBe(port => port.Upcalls == 0);
        sample.P50Seconds.ShouldBe(0);
    }

    [Theory]
    [InlineData(80, 24, 1, 4)]
    [InlineData(80, 24, 64, 500)]
    [InlineData(40, 12, 64, 500)]
    [InlineData(200, 60, 8, 20)]
    [InlineData(20, 3, 2, 2)]
    public async Task A_terminal_of_any_size_shows_the_header_and_the_busiest(int width, int height, int lanes, int ports)
    {
        DaemonSnapshot before = await SnapshotAsync();
        var sample = TopSample.Between(before, Later(before, seconds: 2));
        LaneRates lane = sample.Lanes[0];
        PortRates port = sample.Ports[0];
        sample = sample with
        {
            Lanes = [.. Enumerable.Range(0, lanes).Select(i => lane with { Lane = i, Received = i })],
            Ports = [.. Enumerable.Range(0, ports).Select(i => port with { Port = $"port{i}", Upcalls = i, RxPackets = ports - i })],
        };
        string[] lines = [.. TopScreen.Lines(sample, TopOrder.Usual, width, height).Select(Bare)];
        lines.Length.ShouldBeLessThanOrEqualTo(height);
        lines.ShouldAllBe(line => line.TrimEnd().Length <= width);
        lines[0].ShouldStartWith(sample.Time.ToString("yyyy-MM-dd", null)[..Math.Min(10, width - 1)]);
        lines[^1].ShouldStartWith("q: quit");
        if (height < 24)
            return;
        lines.ShouldContain(line => line.StartsWith("lane ", StringComparison.Ordinal));
        lines.ShouldContain(line => line.StartsWith($"{lanes - 1} ", StringComparison.Ordinal), "the busiest lane");
        lines.ShouldContain(line => line.StartsWith($"port{ports - 1} ", StringComparison.Ordinal), "the busiest port");
        lines.ShouldContain(line => line.Contains("miss 50", StringComparison.Ordinal));
        lines.ShouldContain(line => line.Contains("shed 2", StringComparison.Ordinal));
        if (lanes > 20)
        {
            lines.ShouldContain(line => Regex.IsMatch(line, "^and [0-9]+ lanes more"));
            lines.ShouldContain(line => Regex.IsMatch(line, "^and [0-9]+ ports more"));
        }

        string[] byRx = [.. TopScreen.Lines(sample, TopOrder.Parse("rx"), width, height).Select(Bare)];
        byRx.ShouldContain(line => line.StartsWith("port0 ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_daemon_says_is_text_for_a_terminal()
    {
        DaemonSnapshot before = await SnapshotAsync();
        TopSample sample = TopSample.Between(before, before) with { Datapath = "evil\e[2Jname" };
        string.Join('\n', TopScreen.Lines(sample, TopOrder.Usual, 80, 24)).ShouldNotContain("\e[2J");
    }

    [Fact]
    public void Each_order_has_one_behind_it()
    {
        TopOrder order = TopOrder.Usual;
        foreach (string name in TopOrder.Names)
        {
            order.Name.ShouldBe(name);
            TopOrder.Parse(name).ShouldBe(order);
            order = order.Next;
        }

        order.ShouldBe(TopOrder.Usual);
    }

    [Theory]
    [InlineData("recirc_id(0),dp_hash(0),skb_priority(0),in_port(p0),skb_mark(0),ct_state(0),ct_zone(0),ct_mark(0),ct_label(0),"
        + "eth(src=56:9c:d7:a1:86:4e,dst=66:b1:bb:df:6c:84),eth_type(0x0800),"
        + "ipv4(src=10.1.1.1,dst=10.1.1.2,proto=1,tos=0,ttl=64,frag=no),icmp(type=8,code=0)",
        "eth(src=56:9c:d7:a1:86:4e,dst=66:b1:bb:df:6c:84),ipv4(src=10.1.1.1,dst=10.1.1.2,proto=1,ttl=64),icmp(type=8)")]
    [InlineData("recirc_id(0x2),in_port(3),ct_state(0x2a),ct_zone(0x9),eth(src=00:00:00:00:00:00,dst=00:00:00:00:00:01),eth_type(0x88b5)",
        "recirc_id(0x2),ct_state(0x2a),ct_zone(0x9),eth(dst=00:00:00:00:00:01),eth_type(0x88b5)")]
    [InlineData("eth_type(0x8100),vlan(vid=100,pcp=0),encap(eth_type(0x0800),ipv4(proto=6,frag=later))",
        "vlan(vid=100),encap(ipv4(proto=6,frag=later))")]
    [InlineData("tunnel(tun_id=0x0,flags(-df+csum+key)),ct_state(0)", "tunnel(flags(-df+csum+key))")]
    [InlineData("key32(00 00),key33(00 01)", "key33(00 01)")]
    [InlineData("", "")]
    [InlineData("odd(((", "odd(((")]
    public void A_key_is_summed_up_by_what_is_not_zero(string key, string summary) => KeySummary.Of(key).ShouldBe(summary);

    [Fact]
    public void What_became_of_an_upcall_has_a_colour()
    {
        UpcallLine upcall = new()
        {
            Number = 0,
            Time = DateTimeOffset.UnixEpoch,
            Lane = 0,
            Class = "miss",
            InPort = "p0",
            Key = "in_port(p0)",
            Mru = 0,
            ClampedMru = 0,
            PacketLength = 60,
            Actions = "p1",
            FlowPut = true,
            Duplicate = false,
            Errno = 0,
            FlowPutErrno = 0,
            LatencySeconds = 1e-5,
        };
        var text = new UpcallText(isVerbose: false, isColoured: true);
        text.Of(upcall).ShouldEndWith(" miss p0 10 µs -> \e[32mp1\e[0m [put]");
        text.Of(upcall with { Actions = "drop" }).ShouldContain("\e[33mdrop\e[0m");
        UpcallLine refused = upcall with { Errno = 22, ErrnoText = "Invalid argument" };
        text.Of(refused).ShouldEndWith("\e[31m[not sent, errno 22: Invalid argument]\e[0m");
        new UpcallText(isVerbose: false, isColoured: false).Of(upcall).ShouldNotContain('\e');
        UpcallText.IsDropped(upcall).ShouldBeFalse();
        UpcallText.IsDropped(upcall with { Actions = "drop" }).ShouldBeTrue();
        UpcallText.IsDropped(upcall with { Error = "BridgeNotFound" }).ShouldBeTrue();
        UpcallText.IsDropped(upcall with { Errno = 22 }).ShouldBeTrue();
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(9_999, "9999")]
    [InlineData(12_345, "12.3k")]
    [InlineData(999_999, "1000k")]
    [InlineData(4_500_000, "4.5M")]
    public void Numbers_stay_short(double number, string text) => Quantity.Of(number).ShouldBe(text);

    [Theory]
    [InlineData(5e-6, "5 µs")]
    [InlineData(2e-3, "2 ms")]
    [InlineData(0d, "-")]
    [InlineData(null, "> 100 ms")]
    public void Latencies_have_their_unit(double? seconds, string text) => Quantity.Latency(seconds).ShouldBe(text);

    [Fact]
    public async Task A_snapshot_that_lacks_something_is_refused()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        string text = await daemon.PrintAsync("upcall-actors/snapshot");
        SnapshotReader.Read(text).Datapath.Name.ShouldBe("ovs-system");
        foreach (string broken in (string[])["", "null", "{}", text.Replace("\"lanes\":[", "\"lanes\":[null,", StringComparison.Ordinal),
            text.Replace("\"name\":\"ovs-system\"", "\"name\":null", StringComparison.Ordinal)])
            Should.Throw<DaemonClientException>(() => SnapshotReader.Read(broken)).Message
                .ShouldStartWith("the daemon's snapshot cannot be read");
    }

    /// <summary>A line without its colours.</summary>
    private static string Bare(string line) => Regex.Replace(line, "\e\\[[0-9]*m", "");

    private static async Task<DaemonSnapshot> SnapshotAsync()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        return SnapshotReader.Read(await daemon.PrintAsync("upcall-actors/snapshot"));
    }

    /// <summary>100 upcalls later, 80 of them of ovs-p1; 4 were shed.</summary>
    private static DaemonSnapshot Later(DaemonSnapshot before, int seconds)
    {
        long[] latencies = [.. before.Latency.Counts];
        latencies[LatencyBounds.Seconds.IndexOf(1e-3)] += 100;
        latencies[LatencyBounds.Seconds.IndexOf(100e-3)] += 1;
        return before with
        {
            Time = before.Time.AddSeconds(seconds),
            UptimeSeconds = before.UptimeSeconds + seconds,
            Lanes = [before.Lanes[0] with { Received = before.Lanes[0].Received + 100, Lost = before.Lanes[0].Lost + 4 }],
            Classes = [.. before.Classes.Select(entry => entry.Class == "miss" ? entry with { Upcalls = entry.Upcalls + 100 } : entry)],
            Losses = [.. before.Losses.Select(loss => loss.Cause == "shed" ? loss with { Upcalls = loss.Upcalls + 4 } : loss)],
            Ports = [.. before.Ports
                .Select(port => port with { Upcalls = port.Upcalls + (port.Name == "ovs-p1" ? 80 : port.Name == "ovs-p0" ? 20 : 0) })],
            Latency = before.Latency with { Counts = [.. latencies] },
        };
    }
}
