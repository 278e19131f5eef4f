using System.Diagnostics;

namespace UpcallActors.Switch.Tests;

/// <summary>Open vSwitch's own client against a bridge.</summary>
public sealed class OfctlTests
{
    [OfctlTheory]
    [InlineData("OpenFlow10")]
    [InlineData("OpenFlow13")]
    [InlineData("OpenFlow14")]
    [InlineData("OpenFlow15")]
    public async Task Flows_are_added_modified_shown_and_deleted(string version)
    {
        await using ServedSwitch served = await ServedSwitch.StartAsync(ServedSwitch.Bridge);
        string bridge = $"unix:{served.Socket}";

        await RunAsync("-O", version, "add-flow", bridge, "cookie=0x5,priority=7,in_port=p1,actions=output:p2");
        await RunAsync("-O", version, "add-flow", bridge, "table=2,ip,nw_dst=10.0.0.0/8,actions=drop");
        string added = await RunAsync("-O", version, "--no-stats", "dump-flows", bridge);
        await RunAsync("-O", version, "mod-flows", bridge, "in_port=p1,actions=output:p3");
        string modified = await RunAsync("-O", version, "--no-stats", "dump-flows", bridge, "in_port=p1");
        await RunAsync("-O", version, "del-flows", bridge);
        string deleted = await RunAsync("-O", version, "--no-stats", "dump-flows", bridge);

        Assert.Equal(" cookie=0x5, priority=7,in_port=1 actions=output:2\n table=2, ip,nw_dst=10.0.0.0/8 actions=drop\n", added);
        Assert.Contains("priority=7,in_port=1 actions=output:3", modified, StringComparison.Ordinal);
        Assert.Equal("", deleted);
    }

    [OfctlFact]
    public async Task A_monitor_shows_packets_and_lets_paused_ones_go_on()
    {
        await using ControlledSwitch bridge = await ControlledSwitch.StartAsync(
            "in_port=1,actions=load:1->NXM_NX_REG0[],controller(pause),load:2->NXM_NX_REG1[],resubmit(,1)\ntable=1,reg1=2,actions=2");
        using var monitor = Process.Start(new ProcessStartInfo(
            Ofctl.Program, ["monitor", $"unix:{bridge.Socket}", "resume", "-P", "nxt_packet_in2", $"--unixctl={bridge.Socket}.ctl"])
        {
            RedirectStandardError = true,
        })!;
        try
        {
            var shown = new List<string>();
            // Packets that come before the monitor is told anything go to nobody.
            while (bridge.Sent("p2").Count == 0)
            {
                Assert.False(monitor.HasExited);
                await bridge.ReceiveAsync("p1", ControlledSwitch.Frame());
            }

            // The continuation, our own property included, is what Open vSwitch's tools can read.
            while (shown.Count < 4 && await monitor.StandardError.ReadLineAsync() is { } line)
                shown.Add(line);
            Assert.StartsWith("NXT_PACKET_IN2 (xid=0x0): cookie=0x0 total_len=60 reg0=0x1,in_port=1 (via action) data_len=60", shown[0],
                StringComparison.Ordinal);
            Assert.StartsWith(" continuation.bridge=", shown[1], StringComparison.Ordinal);
            Assert.Equal(" continuation.actions=unroll_xlate(table=0, cookie=0),load:0x2->NXM_NX_REG1[],resubmit(,1)", shown[2]);
        }
        finally
        {
            monitor.Kill();
        }
    }

    [OfctlTheory]
    [InlineData("OpenFlow13")]
    [InlineData("OpenFlow14")]
    [InlineData("OpenFlow15")]
    public async Task A_bundle_changes_all_of_its_flows_or_none(string version)
    {
        await using ServedSwitch served = await ServedSwitch.StartAsync(ServedSwitch.Bridge);
        string bridge = $"unix:{served.Socket}";
        string good = served.FileOf("flow add priority=1,actions=1\nflow add priority=2,actions=2\nflow modify priority=2,actions=3\n");
        string bad = served.FileOf("flow delete\nflow add check_overlap,priority=3,in_port=1,actions=1\n"
            + "flow add check_overlap,priority=3,ip,actions=2\n");

        await RunAsync("-O", version, "bundle", bridge, good);
        string added = await RunAsync("-O", version, "--no-stats", "dump-flows", bridge);
        string refused = await FailAsync("-O", version, "bundle", bridge, bad);
        string after = await RunAsync("-O", version, "--no-stats", "dump-flows", bridge);

        Assert.Contains("priority=1 actions=output:3", added, StringComparison.Ordinal);
        Assert.Contains("priority=2 actions=output:3", added, StringComparison.Ordinal);
        Assert.Contains("OFPFMFC_OVERLAP", refused, StringComparison.Ordinal);
        Assert.Equal(added, after);
    }

    [OfctlTheory]
    [InlineData("no-flood", "NO_FLOOD", "flood")]
    [InlineData("no-forward", "NO_FWD", "forward")]
    [InlineData("no-receive", "NO_RECV", "receive")]
    [InlineData("no-receive-stp", "NO_RECV_STP", "receive-stp")]
    [InlineData("no-packet-in", "NO_PACKET_IN", "packet-in")]
    [InlineData("no-stp", "NO_STP", "stp")]
    [InlineData("down", "PORT_DOWN", "up")]
    public async Task What_a_client_says_of_a_port_is_shown_until_it_says_otherwise(string said, string shown, string unsaid)
    {
        await using ServedSwitch served = await ServedSwitch.StartAsync(ServedSwitch.Bridge);
        string bridge = $"unix:{served.Socket}";

        await RunAsync("mod-port", bridge, "p3", said);
        string[] with = ConfigOf("p3", await RunAsync("dump-ports-desc", bridge));
        await RunAsync("mod-port", bridge, "3", unsaid);
        string[] without = ConfigOf("p3", await RunAsync("dump-ports-desc", bridge));

        Assert.Equal([shown], with);
        Assert.Equal(["0"], without);
    }

    [OfctlFact]
    public async Task A_port_that_is_set_down_has_no_link_until_it_is_set_up()
    {
        await using ServedSwitch served = await ServedSwitch.StartAsync(ServedSwitch.Bridge);
        string bridge = $"unix:{served.Socket}";

        await RunAsync("mod-port", bridge, "p3", "down");
        await Eventually.HoldsAsync(async () => await StateAsync() == "LINK_DOWN");
        await RunAsync("mod-port", bridge, "p3", "up");
        await Eventually.HoldsAsync(async () => await StateAsync() == "LIVE");

        async Task<string> StateAsync() =>
            (await RunAsync("-O", "OpenFlow15", "dump-ports-desc", bridge, "3")).Split("state:")[1].Split('\n')[0].Trim();
    }

    [OfctlTheory]
    [InlineData("drop")]
    [InlineData("nx-match")]
    [InlineData("normal")]
    public async Task How_fragments_are_looked_up_is_what_was_said_last(string mode)
    {
        await using ServedSwitch served = await ServedSwitch.StartAsync(ServedSwitch.Bridge);
        string bridge = $"unix:{served.Socket}";
        await RunAsync("set-frags", bridge, mode == "drop" ? "nx-match" : "drop");

        await RunAsync("set-frags", bridge, mode);
        string refused = await FailAsync("set-frags", bridge, "reassemble");

        Assert.Equal($"{mode}\n", await RunAsync("-O", "OpenFlow13", "get-frags", bridge));
        Assert.Contains("setting fragment handling mode failed", refused, StringComparison.Ordinal);
    }

    [OfctlTheory]
    [InlineData("show")]
    [InlineData("dump-ports")]
    [InlineData("dump-ports-desc")]
    [InlineData("dump-desc")]
    [InlineData("dump-tables")]
    [InlineData("dump-aggregate")]
    [InlineData("queue-stats")]
    [InlineData("get-frags")]
    [InlineData("ping")]
    [InlineData("dump-table-features", "-OOpenFlow13")]
    [InlineData("dump-table-features", "-OOpenFlow15")]
    [InlineData("dump-table-desc", "-OOpenFlow14")]
    [InlineData("dump-ports", "-OOpenFlow15")]
    [InlineData("dump-tables", "-OOpenFlow13")]
    [InlineData("dump-tables", "-OOpenFlow11")]
    public async Task What_is_asked_is_answered(params string[] command)
    {
        await using ServedSwitch served = await ServedSwitch.StartAsync(ServedSwitch.Bridge);

        string[] arguments = [.. command.Skip(1), command[0], $"unix:{served.Socket}"];

        Assert.NotEqual("", await RunAsync(arguments));
    }

    private static string[] ConfigOf(string port, string ports) =>
        ports.Split($"({port})")[1].Split("config:")[1].Split('\n')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static async Task<string> FailAsync(params string[] arguments)
    {
        (int code, _, string errors) = await Ofctl.RunAsync(arguments);
        Assert.NotEqual(0, code);
        return errors;
    }

    private static async Task<string> RunAsync(params string[] arguments)
    {
        (int code, string output, string errors) = await Ofctl.RunAsync(arguments);
        Assert.True(code == 0, $"{string.Join(' ', arguments)}: {errors}");
        return output;
    }
}
