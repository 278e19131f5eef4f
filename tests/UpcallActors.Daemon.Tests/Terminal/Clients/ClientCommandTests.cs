using System.Text.Json;
using System.Text.RegularExpressions;
using UpcallActors.Daemon.Tests.Control;
using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Daemon.Tests.Terminal.Clients;

/// <summary>What the commands to a daemon that runs print, against one in this process.</summary>
public sealed class ClientCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("upcall-actors-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Trace_prints_what_ofproto_trace_does()
    {
        await using ControlledSwitch daemon = await StartAsync("priority=9,in_port=1,ip,actions=ct(table=1)\ntable=1,actions=2");
        const string Flow = "in_port=1,icmp";
        (int code, string output, _) = await RunAsync(daemon, "trace", "br0", Flow, "--ct-next", "trk,est", "--mru", "1500");
        code.ShouldBe(0);
        output.ShouldContain("resume conntrack with ct_state=est|trk");
        // The second time a recirculation has its id already.
        output.ShouldBe(await daemon.PrintAsync("ofproto/trace", "br0", Flow, "--ct-next", "trk,est", "--mru", "1500"));

        (_, string json, _) = await RunAsync(daemon, "trace", "br0", Flow,
            "505400000002505400000001080045000020000100004011648b0a0101010a01010203e80035000c000061626364", "--json");
        using var document = JsonDocument.Parse(json);
        document.RootElement.GetProperty("passes")[0].GetProperty("flow").GetString().ShouldNotBeNull().ShouldStartWith("udp,in_port=1");
    }

    [Fact]
    public async Task What_the_daemon_refuses_is_said_on_standard_error()
    {
        await using ControlledSwitch daemon = await StartAsync("actions=drop");
        (int code, string output, string errors) = await RunAsync(daemon, "trace", "br7", "in_port=1");
        code.ShouldBe(1);
        output.ShouldBeEmpty();
        errors.ShouldBe("upcall-actors: br7: unknown bridge\n");
    }

    [Fact]
    public async Task Flows_are_those_of_the_datapath_with_a_filter_and_as_JSON()
    {
        await using ControlledSwitch daemon = await StartAsync("actions=drop");
        daemon.Put((await File.ReadAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "flows", "ipv4-fragmentation.flows.txt"))).Skip(1)
            .TakeWhile(line => !line.StartsWith('#')));
        string[] lines = (await daemon.PrintAsync("dpctl/dump-flows", "-m")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.ShouldNotBeEmpty();
        (_, string all, _) = await RunAsync(daemon, "flows");
        all.ShouldBe(await daemon.PrintAsync("dpctl/dump-flows", "--names"));
        (_, string some, _) = await RunAsync(daemon, "flows", "--no-names", "in_port=ovs-p1,arp");
        some.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldAllBe(line => line.Contains("in_port(3)") && line.Contains("0x0806"));
        some.ShouldNotBeEmpty();

        (_, string json, _) = await RunAsync(daemon, "flows", "--json");
        using var document = JsonDocument.Parse(json);
        JsonElement[] flows = [.. document.RootElement.GetProperty("flows").EnumerateArray()];
        flows.Length.ShouldBe(lines.Length);
        foreach (JsonElement flow in flows)
        {
            string line = lines.Single(candidate => candidate.Contains(flow.GetProperty("ufid").GetString()!, StringComparison.Ordinal));
            line.ShouldContain($", {flow.GetProperty("match").GetString()}, packets:0, bytes:0, used:never, ");
            line.ShouldEndWith("actions:" + flow.GetProperty("actions").GetString());
            flow.GetProperty("packets").GetUInt64().ShouldBe(0UL);
            flow.GetProperty("usedSeconds").ValueKind.ShouldBe(JsonValueKind.Null);
        }
    }

    [Fact]
    public async Task Rules_are_those_of_a_bridge_with_a_match_and_as_JSON()
    {
        await using ControlledSwitch daemon = await StartAsync("priority=9,icmp,in_port=1,actions=2\nactions=drop");
        (int code, string all, _) = await RunAsync(daemon, "rules", "br0");
        code.ShouldBe(0);
        all.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(2);
        all.ShouldContain("priority=9,icmp,in_port=\"ovs-p0\" actions=output:\"ovs-p1\"");
        (_, string some, _) = await RunAsync(daemon, "rules", "br0", "icmp", "--no-stats", "--no-names");
        some.ShouldBe(" priority=9,icmp,in_port=1 actions=output:2\n");
        (_, string json, _) = await RunAsync(daemon, "rules", "br0", "--json");
        using var document = JsonDocument.Parse(json);
        document.RootElement.GetProperty("rules").GetArrayLength().ShouldBe(2);
        (code, _, string errors) = await RunAsync(daemon, "rules", "br7");
        code.ShouldBe(1);
        errors.ShouldBe("upcall-actors: no such bridge\n");
    }

    [Fact]
    public async Task Show_sums_the_daemon_up()
    {
        await using ControlledSwitch daemon = await StartAsync("actions=drop", isAnswered: true);
        Frames(daemon, 3);
        await Eventually.HoldsAsync(() => daemon.Pipeline.Counters.Completed == 3);
        (int code, string output, _) = await RunAsync(daemon, "show");
        code.ShouldBe(0);
        output.ShouldContain("datapath  embedded@ovs-system, upcalls by flow, hit 0, missed 3, lost 0");
        output.ShouldContain("bridge    br0: 5 ports, 1 rules\n");
        output.ShouldContain("classes   miss 3\n");
        output.ShouldContain("losses    none\n");
        output.ShouldContain("port      ovs-p0: upcalls 3, shed 0");
        (_, string json, _) = await RunAsync(daemon, "show", "--json");
        using var document = JsonDocument.Parse(json);
        document.RootElement.GetProperty("datapath").GetProperty("fullName").GetString().ShouldBe("embedded@ovs-system");
    }

    [Fact]
    public async Task Top_prints_a_block_for_each_interval_where_there_is_no_terminal()
    {
        await using ControlledSwitch daemon = await StartAsync("actions=drop", isAnswered: true);
        (int code, string output, _) = await RunAsync(daemon, "top", "-n", "2", "--interval", "0.1");
        code.ShouldBe(0);
        output.Any(character => character != '\n' && char.IsControl(character)).ShouldBeFalse();
        output.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(2);
        output.ShouldContain("lane         received/s translated/s executed/s   puts/s   lost/s   credits\n0 ");
        output.ShouldContain("latency p50 -  p99 -   flows 0 of ");

        (_, string json, _) = await RunAsync(daemon, "top", "--count", "2", "-i", "0.1", "--json");
        string[] samples = json.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        samples.Length.ShouldBe(2);
        using var document = JsonDocument.Parse(samples[1]);
        document.RootElement.GetProperty("lanes")[0].GetProperty("received").GetDouble().ShouldBe(0);
        document.RootElement.GetProperty("datapath").GetString().ShouldBe("embedded@ovs-system");
    }

    [Fact]
    public async Task Monitor_prints_a_line_for_each_upcall_and_writes_the_packets()
    {
        await using ControlledSwitch daemon = await StartAsync("in_port=1,actions=2", isAnswered: true);
        string capture = Path.Combine(_folder, "upcalls.pcap");
        (int code, string output, string errors) = await WatchAsync(daemon, "monitor", "--count", "2", "--write", capture, "--class",
            "miss", "--port", "ovs-p0", "in_port=2");
        code.ShouldBe(0, errors);
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(2);
        // What is 0 is left out, and the port has a place of its own.
        lines.ShouldAllBe(line => Regex.IsMatch(
            line,
            @"^[0-9:.]+ miss ovs-p0 \d+ µs eth\(src=02:00:00:00:00:0a,dst=ff:ff:ff:ff:ff:ff\),eth_type\(0x[0-9a-f]+\)"
            + @" -> ovs-p1( \[(put|dup)\])?$"));

        CaptureReader.TryOpen(await File.ReadAllBytesAsync(capture), out CaptureReader? reader).ShouldBe(PcapError.None);
        for (int i = 0; i < 2; i++)
        {
            reader!.TryReadNext(out PcapRecord record).ShouldBe(PcapError.None);
            (record.Interface.Name, record.Interface.LinkType, record.Direction)
                .ShouldBe(("ovs-p0", PcapLinkType.Ethernet, CaptureDirection.Inbound));
            record.Comment.ShouldNotBeNull().ShouldStartWith("class=miss lane=0 mru=0 verdict=sent flow=put latency_us=");
            record.Comment.ShouldEndWith(" actions=ovs-p1");
            record.Data.Length.ShouldBe(Frame(0).Length);
            record.Data.Span[..12].SequenceEqual(Frame(0).AsSpan(0, 12)).ShouldBeTrue();
        }

        reader!.TryReadNext(out _).ShouldBe(PcapError.EndOfFile);
    }

    [Fact]
    public async Task Monitor_prints_everything_when_that_is_asked_for()
    {
        await using ControlledSwitch daemon = await StartAsync("in_port=1,actions=2", isAnswered: true);
        (int code, string output, string errors) = await WatchAsync(daemon, "monitor", "--count", "1", "-v");
        code.ShouldBe(0, errors);
        output.ShouldContain(" lane 0 miss ovs-p0 ");
        output.ShouldContain(" µs recirc_id(0),");
        output.ShouldContain("in_port(ovs-p0)");
    }

    [Fact]
    public async Task Monitor_shows_only_what_went_nowhere()
    {
        await using ControlledSwitch daemon = await StartAsync("in_port=1,actions=2\nin_port=2,actions=drop", isAnswered: true);
        Task<(int Code, string Output, string Errors)> watching = RunAsync(daemon, "monitor", "--count", "3", "--dropped");
        int sent = 0;
        await Eventually.HoldsAsync(() =>
        {
            daemon.Datapath.Receive(2, Frame(sent));
            daemon.Datapath.Receive(3, Frame(sent++));
            return watching.IsCompleted;
        });
        (int code, string output, string errors) = await watching;
        code.ShouldBe(0, errors);
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(3);
        lines.ShouldAllBe(line => line.Contains(" miss ovs-p1 ") && line.Contains(" -> drop"));
    }

    [Fact]
    public async Task Monitor_prints_the_last_upcalls_from_before_it_was_asked()
    {
        await using ControlledSwitch daemon = await StartAsync("in_port=1,actions=2\nin_port=2,actions=drop", isAnswered: true);
        for (int i = 0; i < 10; i++)
        {
            daemon.Datapath.Receive(i % 2 == 0 ? 2u : 3u, Frame(i));
            await Eventually.HoldsAsync(() => daemon.Pipeline.Counters.Completed == i + 1);
        }

        (int code, string output, string errors) = await RunAsync(daemon, "monitor", "--last", "3", "--json");
        code.ShouldBe(0, errors);
        TypesOf(output).ShouldBe([0x9007, 0x9008, 0x9009]);
        (code, output, errors) = await RunAsync(daemon, "monitor", "--last", "2", "--dropped", "--json");
        code.ShouldBe(0, errors);
        TypesOf(output).ShouldBe([0x9007, 0x9009]);
        (code, output, errors) = await RunAsync(daemon, "monitor", "--last", "2", "--port", "ovs-p0", "--json");
        code.ShouldBe(0, errors);
        TypesOf(output).ShouldBe([0x9006, 0x9008]);
        (code, output, errors) = await RunAsync(daemon, "monitor", "--last", "9", "dl_type=0x9004");
        code.ShouldBe(0, errors);
        output.ShouldContain(" miss ovs-p0 ");
        output.ShouldContain(" -> ovs-p1 [put]");
        output.Count(letter => letter == '\n').ShouldBe(1);
    }

    [Fact]
    public async Task Monitor_goes_on_after_the_last_upcalls_without_a_gap_or_one_twice()
    {
        await using ControlledSwitch daemon = await StartAsync("in_port=1,actions=2", isAnswered: true);
        for (int i = 0; i < 5; i++)
        {
            daemon.Datapath.Receive(2, Frame(i));
            await Eventually.HoldsAsync(() => daemon.Pipeline.Counters.Completed == i + 1);
        }

        Task<(int Code, string Output, string Errors)> watching = RunAsync(daemon, "monitor", "--last", "4", "--count", "6", "--json");
        int sent = 5;
        await Eventually.HoldsAsync(() =>
        {
            daemon.Datapath.Receive(2, Frame(sent++));
            return watching.IsCompleted;
        });
        (int code, string output, string errors) = await watching;
        code.ShouldBe(0, errors);
        int[] types = TypesOf(output);
        types.Length.ShouldBe(10);
        types.ShouldBe(Enumerable.Range(types[0], 10), "each once, and none left out");
    }

    private static int[] TypesOf(string lines) =>
        [.. Regex.Matches(lines, "eth_type\\(0x([0-9a-f]+)\\)").Select(type => Convert.ToInt32(type.Groups[1].Value, 16))];

    [Fact]
    public async Task Monitor_writes_JSON_a_line_each()
    {
        await using ControlledSwitch daemon = await StartAsync("in_port=1,actions=2", isAnswered: true);
        (int code, string output, string errors) = await WatchAsync(daemon, "monitor", "-n", "1", "--json");
        code.ShouldBe(0, errors);
        using var document = JsonDocument.Parse(output);
        JsonElement upcall = document.RootElement;
        upcall.GetProperty("class").GetString().ShouldBe("miss");
        upcall.GetProperty("inPort").GetString().ShouldBe("ovs-p0");
        upcall.GetProperty("mru").GetInt32().ShouldBe(0);
        upcall.GetProperty("errno").GetInt32().ShouldBe(0);
        upcall.GetProperty("actions").GetString().ShouldBe("ovs-p1");
        upcall.GetProperty("packetLength").GetInt32().ShouldBe(Frame(0).Length);
        upcall.GetProperty("latencySeconds").GetDouble().ShouldBeGreaterThan(0);
        upcall.TryGetProperty("packet", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("--class", "hit", "hit: no class of upcalls; there are bad, miss, slow_path, controller, sflow, flow_sample, ipfix")]
    [InlineData("--port", "eth9", "eth9: no port of the datapath")]
    [InlineData("ip,nw_src=x", null, "ip,nw_src=x: 'x' is no value of ip_src")]
    [InlineData("table=3", null, "table=3: table is no field")]
    public async Task A_filter_that_cannot_be_read_is_refused(string first, string? second, string problem)
    {
        await using ControlledSwitch daemon = await StartAsync("actions=drop");
        (int code, _, string errors) = await RunAsync(daemon, second is null ? ["monitor", first] : ["monitor", first, second]);
        code.ShouldBe(1);
        errors.ShouldBe($"upcall-actors: {problem}\n");
    }

    [Fact]
    public async Task A_monitor_that_has_ended_leaves_nothing_for_the_lanes_to_do()
    {
        await using ControlledSwitch daemon = await StartAsync("in_port=1,actions=2", isAnswered: true);
        await WatchAsync(daemon, "monitor", "-n", "1");
        // The first session was the first client's, and has gone with it.
        (await daemon.FailAsync("upcall-actors/monitor-read", "1")).ShouldContain("no such session");
    }

    [Theory]
    [InlineData("top", "-n", "0")]
    [InlineData("top", "--interval", "0")]
    [InlineData("top", "--interval", "nan")]
    [InlineData("monitor", "--count", "-1")]
    [InlineData("trace", "br0")]
    [InlineData("trace", "br0", "in_port=1", "--mru", "70000")]
    [InlineData("completion", "tcsh")]
    [InlineData("top", "--sort", "colour")]
    [InlineData("monitor", "--last", "0")]
    [InlineData("monitor", "--last", "5", "--write", "x.pcapng")]
    [InlineData("man", "nosuch")]
    public async Task A_command_line_that_makes_no_sense_is_refused(params string[] arguments) =>
        (await ClientRun.RunAsync(arguments)).Code.ShouldBe(2);

    [Fact]
    public async Task Nothing_of_the_daemons_own_is_loaded_for_a_client()
    {
        await using ControlledSwitch daemon = await StartAsync("in_port=1,actions=2", isAnswered: true);
        using var client = DaemonProcess.Start("top", "--interval", "0.1", "-n", "100000", "--target", daemon.Directory.Path);
        // It has asked again and again: all that it needs is loaded.
        int asked = 0;
        await Eventually.HoldsAsync(async () => Count(await daemon.PrintAsync("coverage/show"), "unixctl_received") - ++asked > 4);
        string maps = await File.ReadAllTextAsync($"/proc/{client.Id}/maps");
        maps.ShouldContain(DaemonProgram.Command[^1]);
        maps.ShouldNotContain("Akka");
        maps.ShouldNotContain("Microsoft.AspNetCore");
        await client.SignalAsync("INT");
        (int code, _, string errors) = await client.EndAsync();
        code.ShouldBe(0, errors);
    }

    private static long Count(string coverage, string name) =>
        coverage.Split('\n').Where(line => line.StartsWith(name + " ", StringComparison.Ordinal))
            .Select(line => long.Parse(line.Split("total:")[1], null)).SingleOrDefault();

    private static async Task<ControlledSwitch> StartAsync(string flows, bool isAnswered = false)
    {
        ControlledSwitch daemon = await ControlledSwitch.StartAsync(isAnswered);
        daemon.Bridge.Tables.Apply([.. FlowSyntax.ParseFile(flows).Changes]);
        return daemon;
    }

    private static Task<(int Code, string Output, string Errors)> RunAsync(ControlledSwitch daemon, params string[] arguments) =>
        ClientRun.RunAsync([.. arguments, "--target", daemon.Directory.SocketPath]);

    /// <summary>Runs a command while packets come, each of which makes an upcall.</summary>
    private static async Task<(int Code, string Output, string Errors)> WatchAsync(ControlledSwitch daemon, params string[] arguments)
    {
        Task<(int Code, string Output, string Errors)> watching = RunAsync(daemon, arguments);
        int sent = 0;
        await Eventually.HoldsAsync(() =>
        {
            daemon.Datapath.Receive(2, Frame(sent++));
            return watching.IsCompleted;
        });
        return await watching;
    }

    private static void Frames(ControlledSwitch daemon, int count)
    {
        for (int i = 0; i < count; i++)
            daemon.Datapath.Receive(2, Frame(i));
    }

    /// <summary>A frame whose EtherType, which every megaflow looks at, is its number.</summary>
    private static byte[] Frame(int number) =>
        [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 0x0a, (byte)(0x90 + (number >> 8)), (byte)number, .. new byte[46]];
}
