using Spectre.Console;
using UpcallActors.Daemon.Commands.Clients;
using UpcallActors.Daemon.Commands.Clients.Top;
using UpcallActors.Daemon.Tests.Control;
using UpcallActors.Pipeline;
using UpcallActors.Web;

namespace UpcallActors.Daemon.Tests.Commands.Clients;

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
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(140)]
    public async Task A_terminal_of_any_width_shows_lanes_classes_losses_and_ports(int width)
    {
        DaemonSnapshot before = await SnapshotAsync();
        var painted = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(painted) });
        console.Profile.Width = width;
        console.Write(TerminalTop.Of(TopSample.Between(before, Later(before, seconds: 2))));
        string text = painted.ToString();
        foreach (string part in (string[])["embedded@ovs-system", "miss", "50/s", "shed", "ovs-p1"])
            text.ShouldContain(part);
        text.Split('\n').ShouldAllBe(line => line.TrimEnd().Length <= width);
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
        foreach (string broken in (string[])["", "null", "{}", text.Replace("\"lanes\":[", "\"lanes\":[null,", StringComparison.Ordinal), text.Replace("\"name\":\"ovs-system\"", "\"name\":null", StringComparison.Ordinal)])
            Should.Throw<UpcallActors.Daemon.Control.Client.DaemonClientException>(() => SnapshotReader.Read(broken)).Message.ShouldStartWith("the daemon's snapshot cannot be read");
    }

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
            Ports = [.. before.Ports.Select(port => port with { Upcalls = port.Upcalls + (port.Name == "ovs-p1" ? 80 : port.Name == "ovs-p0" ? 20 : 0) })],
            Latency = before.Latency with { Counts = [.. latencies] },
        };
    }
}
