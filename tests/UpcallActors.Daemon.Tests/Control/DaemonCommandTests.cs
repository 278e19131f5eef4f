using System.Text.Json;
using System.Text.RegularExpressions;
using UpcallActors.OpenFlow;
using UpcallActors.Pipeline;
using UpcallActors.Unixctl.Tests;
using UpcallActors.Web;

namespace UpcallActors.Daemon.Tests.Control;

/// <summary>The commands about the daemon itself: upcalls, revalidators, events, log.</summary>
public sealed class DaemonCommandTests
{
    private static readonly byte[] Frame = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 0x0a, 0x88, 0xb5, .. new byte[46]];

    [Fact]
    public async Task Upcalls_are_shown_as_Open_vSwitch_shows_them()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync(isAnswered: true);
        daemon.Datapath.Receive(2, Frame);
        await Eventually.HoldsAsync(() => daemon.Pipeline.Counters.Completed == 1);
        // A round of the revalidators has to have seen the flow, and the count of flows to be the one after it.
        var shape =
            new Regex(
                @"^embedded@ovs-system:\n  flows         : \(current 1\) \(avg \d+\) \(max \d+\) \(limit \d+\)\n"
                + @"  dump duration : \d+ms\n  ufid enabled : true\n\n(  \d+: \(keys 0\)\n)*  \d+: \(keys 1\)\n(  \d+: \(keys 0\)\n)*$");
        await Eventually.HoldsAsync(async () =>
        {
            // On a slow machine it would be idle for too long before it is seen.
            daemon.Datapath.Receive(2, Frame);
            return shape.IsMatch(await daemon.PrintAsync("upcall/show"));
        });
    }

    [Fact]
    public async Task A_snapshot_is_one_line_of_JSON_with_all_that_was_counted()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync(isAnswered: true);
        daemon.Datapath.Receive(2, Frame);
        await Eventually.HoldsAsync(() => daemon.Pipeline.Counters.Completed == 1);
        string line = await daemon.PrintAsync("upcall-actors/snapshot");
        line.IndexOf('\n', StringComparison.Ordinal).ShouldBe(line.Length - 1);
        DaemonSnapshot snapshot = JsonSerializer.Deserialize(line, StatusJson.Default.DaemonSnapshot).ShouldNotBeNull();
        snapshot.Datapath.FullName.ShouldBe("embedded@ovs-system");
        snapshot.Datapath.Stats.ShouldNotBeNull().Missed.ShouldBe(1ul);
        snapshot.Bridges.Select(bridge => bridge.Name).ShouldBe(["br0", "br-empty"]);
        snapshot.Lanes.Sum(lane => lane.Received).ShouldBe(1);
        snapshot.Classes.Single(upcalls => upcalls.Class == "miss").Upcalls.ShouldBe(1);
        snapshot.Latency.Counts.Length.ShouldBe(snapshot.Latency.BoundsSeconds.Length + 1);
        snapshot.Losses.Sum(loss => loss.Upcalls).ShouldBe(0);
        PortSnapshot busiest = snapshot.Ports[0];
        (busiest.Number, busiest.Name, busiest.Bridge, busiest.Upcalls, busiest.RxPackets).ShouldBe((2u, "ovs-p0", "br0", 1, 1ul));
        snapshot.PortCount.ShouldBe(5, "the four, and that of the datapath");
        snapshot.Revalidation.ShouldNotBeNull().FlowLimit.ShouldBeGreaterThan(0);
        (await daemon.PrintAsync("list-commands")).ShouldContain("upcall-actors/snapshot");
        // A snapshot does not wait for the answer of whoever it asks; one of the next ones has it.
        await Eventually.HoldsAsync(async () =>
            JsonSerializer.Deserialize(await daemon.PrintAsync("upcall-actors/snapshot"), StatusJson.Default.DaemonSnapshot)!
                .NotReadyBecause == "ports p9, aa do not answer: there is no such device");
    }

    [Fact]
    public async Task A_purge_deletes_all_flows_and_a_wait_waits_for_a_round()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync(isAnswered: true);
        daemon.Datapath.Receive(2, Frame);
        await Eventually.HoldsAsync(() => daemon.Datapath.FlowCount == 1);
        (await daemon.PrintAsync("revalidator/purge")).ShouldBeEmpty();
        daemon.Datapath.FlowCount.ShouldBe(0);
        long rounds = daemon.Pipeline.Revalidation!.Snapshot().Rounds;
        (await daemon.PrintAsync("revalidator/wait")).ShouldBeEmpty();
        daemon.Pipeline.Revalidation.Snapshot().Rounds.ShouldBeGreaterThan(rounds);
    }

    [Fact]
    public async Task Revalidators_pause_and_resume()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync(isAnswered: true);
        (await daemon.PrintAsync("revalidator/pause")).ShouldBeEmpty();
        daemon.Pipeline.Revalidation!.Snapshot().IsPaused.ShouldBeTrue();
        (await daemon.PrintAsync("revalidator/resume")).ShouldBeEmpty();
        daemon.Pipeline.Revalidation.Snapshot().IsPaused.ShouldBeFalse();
        (await daemon.PrintAsync("list-commands")).ShouldNotContain("revalidator/pause");
    }

    [Fact]
    public async Task Megaflows_ufids_and_the_flow_limit_are_set()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync(isAnswered: true);
        Revalidation revalidation = daemon.Pipeline.Revalidation!;
        daemon.Datapath.Receive(2, Frame);
        await Eventually.HoldsAsync(() => daemon.Datapath.FlowCount == 1);
        (await daemon.PrintAsync("upcall/disable-megaflows")).ShouldBe("megaflows disabled\n");
        revalidation.MegaflowsEnabled.ShouldBeFalse();
        daemon.Datapath.FlowCount.ShouldBe(0);
        (await daemon.PrintAsync("upcall/enable-megaflows")).ShouldBe("megaflows enabled\n");
        revalidation.MegaflowsEnabled.ShouldBeTrue();
        (await daemon.PrintAsync("upcall/enable-ufid")).ShouldBe("Datapath dumping tersely using UFID enabled for supported datapaths\n");
        (await daemon.FailAsync("upcall/disable-ufid")).ShouldBe("flows are always dumped tersely using UFID\n");
        (await daemon.PrintAsync("revalidator/pause")).ShouldBeEmpty();
        (await daemon.PrintAsync("upcall/set-flow-limit", "300")).ShouldBe("set flow_limit to 300\n");
        revalidation.FlowLimit.ShouldBe(300);
        (await daemon.FailAsync("upcall/set-flow-limit", "many")).ShouldBe("\"many\" is not a number of flows\n");
        (await daemon.FailAsync("upcall/set-flow-limit")).ShouldBe("\"upcall/set-flow-limit\" command requires at least 1 arguments\n");
    }

    [Fact]
    public async Task No_more_than_eight_clients_watch_upcalls_however_many_ask_at_once()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        ControlAnswer[] answers = await Task.WhenAll(Enumerable.Range(0, 24).Select(_ => daemon.AskAsync("upcall-actors/monitor-start")));
        answers.Count(answer => answer.Error is null).ShouldBe(8);
        answers.Where(answer => answer.Error is not null).ShouldAllBe(answer => answer.Error!.Contains("8 clients watch already"));

        await daemon.PrintAsync("upcall-actors/monitor-stop", "1");
        await daemon.PrintAsync("upcall-actors/monitor-start");
        (await daemon.FailAsync("upcall-actors/monitor-start")).ShouldContain("8 clients watch already");
    }

    [Fact]
    public async Task What_takes_memory_is_counted()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        (await daemon.PrintAsync("memory/show")).ShouldMatch(@"^handlers:1 ports:5 revalidators:\d+ rules:0 udpif keys:0\n$");
    }

    [Fact]
    public async Task Events_are_counted_and_read_by_name()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync(isAnswered: true);
        (await daemon.PrintAsync("coverage/read-counter", "dpif_flow_put")).ShouldBe("0\n");
        daemon.Datapath.Receive(2, Frame);
        await Eventually.HoldsAsync(() => daemon.Pipeline.Counters.Completed == 1);
        (await daemon.PrintAsync("coverage/read-counter", "dpif_flow_put")).ShouldBe("1\n");
        (await daemon.PrintAsync("coverage/read-counter", "upcall_miss")).ShouldBe("1\n");
        (await daemon.FailAsync("coverage/read-counter", "nosuch")).ShouldBe("No such counter\n");
        string[] lines = (await daemon.PrintAsync("coverage/show")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines[0].ShouldMatch("^Event coverage, avg rate over last: 5 seconds, last minute, last hour,  hash=[0-9a-f]{8}:$");
        lines.ShouldContain(line => Regex.IsMatch(line, @"^dpif_flow_put +\d+\.\d/sec +\d+\.\d{3}/sec +\d+\.\d{4}/sec   total: 1$"));
        lines.ShouldContain(line => Regex.IsMatch(line, @"^unixctl_received +.*total: \d+$"));
        lines[^1].ShouldMatch("^[0-9]+ events never hit$");
        lines.ShouldNotContain(line => line.StartsWith("upcall_lost_too_long", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Rules_whose_time_was_over_are_counted()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync(isAnswered: true);
        (await daemon.PrintAsync("coverage/read-counter", "ofproto_dpif_expired")).ShouldBe("0\n");
        daemon.Bridge.Tables.Apply(FlowSyntax.ParseFlow("hard_timeout=1,actions=drop"));
        await Eventually.HoldsAsync(async () => await daemon.PrintAsync("coverage/read-counter", "ofproto_dpif_expired") == "1\n");
        daemon.Bridge.Tables.GetRules().ShouldBeEmpty();
    }
}
