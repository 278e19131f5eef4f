using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using UpcallActors.OpenFlow;

namespace UpcallActors.Daemon.Tests.Control;

/// <summary>
/// OpenFlow rules and their counters; the texts are those of <c>ovs-vswitchd</c> and <c>ovs-ofctl</c> 3.1 for the same rules.
/// </summary>
public sealed class RuleCommandTests
{
    private const string Rules = """
        table=0,priority=100,in_port=1,icmp,actions=ct(table=1,zone=9)
        table=0,cookie=0x7,idle_timeout=300,hard_timeout=900,send_flow_rem,priority=50,tcp,nw_src=10.0.0.0/8,actions=NORMAL
        table=1,ct_state=+new+trk,ip,actions=ct(commit,zone=9),2
        table=1,actions=drop
        actions=resubmit(,1)
        """;

    private static readonly string[] _ownRules =
    [
        "table_id=254, duration=Ns, n_packets=0, n_bytes=0, priority=2,recirc_id=0,actions=drop",
        "table_id=254, duration=Ns, n_packets=0, n_bytes=0, priority=0,reg0=0x1,actions=controller(reason=)",
        "table_id=254, duration=Ns, n_packets=0, n_bytes=0, priority=0,reg0=0x2,actions=drop",
        "table_id=254, duration=Ns, n_packets=0, n_bytes=0, priority=0,reg0=0x3,actions=drop",
    ];

    [Fact]
    public async Task Bridges_are_listed()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        (await LinesAsync(daemon, "ofproto/list")).ShouldBe(["br0", "br-empty"], ignoreOrder: true);
        (await daemon.FailAsync("ofproto/list", "x")).ShouldBe("\"ofproto/list\" command takes at most 0 arguments\n");
        (await daemon.PrintAsync("bridge/reconnect", "br0")).ShouldBeEmpty();
        (await daemon.FailAsync("bridge/reconnect", "nosuch")).ShouldBe("Unknown bridge\n");
    }

    [Fact]
    public async Task Rules_print_as_Open_vSwitch_prints_them()
    {
        await using ControlledSwitch daemon = await StartAsync();
        (await LinesAsync(daemon, "bridge/dump-flows", "br0")).ShouldBe(
        [
            "duration=Ns, n_packets=0, n_bytes=0, ,actions=resubmit(,1)",
            "duration=Ns, n_packets=0, n_bytes=0, priority=100,icmp,in_port=1,actions=ct(table=1,zone=9)",
            "duration=Ns, n_packets=0, n_bytes=0, priority=50,tcp,nw_src=10.0.0.0/8,actions=NORMAL",
            "table_id=1, duration=Ns, n_packets=0, n_bytes=0, ct_state=+new+trk,ip,actions=ct(commit,zone=9),output:2",
            "table_id=1, duration=Ns, n_packets=0, n_bytes=0, ,actions=drop",
            .. _ownRules,
        ], ignoreOrder: true);
        (await LinesAsync(daemon, "bridge/dump-flows", "--offload-stats", "br0"))
            .ShouldContain("table_id=1, duration=Ns, n_packets=0, n_bytes=0, n_offload_packets=0, n_offload_bytes=0, ,actions=drop");
        (await daemon.FailAsync("bridge/dump-flows", "nosuch")).ShouldBe("Unknown bridge\n");
        (await daemon.FailAsync("bridge/dump-flows", "--nosuch", "br0")).ShouldBe("unrecognized option '--nosuch'\n");
    }

    [Fact]
    public async Task Rules_print_as_ovs_ofctl_prints_them_by_table_and_priority()
    {
        await using ControlledSwitch daemon = await StartAsync();
        (await LinesAsync(daemon, "upcall-actors/dump-rules", "br0")).ShouldBe(
        [
            " cookie=0x0, duration=Ns, table=0, n_packets=0, n_bytes=0, actions=resubmit(,1)",
            " cookie=0x0, duration=Ns, table=0, n_packets=0, n_bytes=0, priority=100,icmp,in_port=1 actions=ct(table=1,zone=9)",
            " cookie=0x7, duration=Ns, table=0, n_packets=0, n_bytes=0, idle_timeout=300, hard_timeout=900, send_flow_rem "
                + "priority=50,tcp,nw_src=10.0.0.0/8 actions=NORMAL",
            " cookie=0x0, duration=Ns, table=1, n_packets=0, n_bytes=0, ct_state=+new+trk,ip actions=ct(commit,zone=9),output:2",
            " cookie=0x0, duration=Ns, table=1, n_packets=0, n_bytes=0, actions=drop",
        ]);
        // What a flow file can have is printed so that it can be read again.
        string[] bare = await LinesAsync(daemon, "upcall-actors/dump-rules", "--no-stats", "br0");
        FlowFile again = FlowSyntax.ParseFile(string.Join('\n', bare));
        again.Errors.ShouldBeEmpty();
        again.Changes.Length.ShouldBe(5);
    }

    [Theory]
    [InlineData("icmp", 1)]
    [InlineData("table=1", 2)]
    [InlineData("cookie=0x7/-1", 1)]
    [InlineData("tcp,nw_src=10.0.0.0/8", 1)]
    [InlineData("in_port=ovs-p0", 1)]
    [InlineData("udp", 0)]
    [InlineData("", 5)]
    public async Task Rules_are_picked_by_match_table_and_cookie(string match, int count)
    {
        await using ControlledSwitch daemon = await StartAsync();
        (await LinesAsync(daemon, "upcall-actors/dump-rules", "br0", match)).Length.ShouldBe(count);
    }

    [Theory]
    [InlineData("no such bridge", "nosuch")]
    [InlineData("foo=1: unknown keyword 'foo'", "br0", "foo=1")]
    [InlineData("unrecognized option '--nosuch'", "--nosuch", "br0")]
    [InlineData("no bridge is named", "--names")]
    [InlineData("too many arguments", "br0", "ip", "tcp")]
    public async Task What_cannot_be_shown_is_said(string problem, params string[] arguments)
    {
        await using ControlledSwitch daemon = await StartAsync();
        (await daemon.FailAsync("upcall-actors/dump-rules", arguments)).ShouldBe(problem + "\n");
        (await daemon.FailAsync("upcall-actors/rules", arguments)).ShouldBe(problem + "\n");
    }

    [Fact]
    public async Task Counters_grow_with_packets_of_upcalls_and_of_flows()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync(isAnswered: true);
        daemon.Bridge.Tables.Apply([.. FlowSyntax.ParseFile("in_port=1,priority=9,actions=2").Changes]);
        byte[] frame = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 0x0a, 0x88, 0xb5, .. new byte[46]];
        daemon.Datapath.Receive(2, frame);
        await Eventually.HoldsAsync(() => daemon.Datapath.FlowCount == 1 && daemon.Pipeline.Counters.Completed == 1);
        for (int i = 0; i < 9; i++)
            daemon.Datapath.Receive(2, frame);
        await daemon.PrintAsync("revalidator/purge");
        (await daemon.PrintAsync("bridge/dump-flows", "br0"))
            .ShouldContain("n_packets=10, n_bytes=600, priority=9,in_port=1,actions=output:2");

        using var document = JsonDocument.Parse(await daemon.PrintAsync("upcall-actors/rules", "--names", "br0"));
        document.RootElement.GetProperty("bridge").GetString().ShouldBe("br0");
        JsonElement rule = document.RootElement.GetProperty("rules").EnumerateArray().ShouldHaveSingleItem();
        rule.GetProperty("packets").GetUInt64().ShouldBe(10UL);
        rule.GetProperty("bytes").GetUInt64().ShouldBe(600UL);
        rule.GetProperty("priority").GetInt32().ShouldBe(9);
        rule.GetProperty("table").GetInt32().ShouldBe(0);
        rule.GetProperty("cookie").GetString().ShouldBe("0x0");
        rule.GetProperty("match").GetString().ShouldBe("in_port=\"ovs-p0\"");
        rule.GetProperty("actions").GetString().ShouldBe("output:\"ovs-p1\"");
    }

    [Fact]
    public async Task What_a_standalone_bridge_does_of_itself_is_shown_and_counted()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync(isAnswered: true);
        daemon.Bridge.Tables.WithNormal();
        daemon.Datapath.Receive(2, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 0x0a, 0x88, 0xb5, .. new byte[46]]);
        await Eventually.HoldsAsync(() => daemon.Pipeline.Counters.Completed == 1);
        (await LinesAsync(daemon, "bridge/dump-flows", "br0"))
            .ShouldBe(["duration=Ns, n_packets=1, n_bytes=60, priority=0,actions=NORMAL", .. _ownRules]);
        (await LinesAsync(daemon, "upcall-actors/dump-rules", "br0", "ip")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_hundred_thousand_rules_are_shown()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        var rules = Enumerable.Range(0, 100_000).Select(i => FlowSyntax.ParseFlow(
            string.Create(CultureInfo.InvariantCulture, $"ip,nw_dst=10.{i >> 16}.{(i >> 8) & 255}.{i & 255},actions=2")));
        daemon.Bridge.Tables.Apply([.. rules]);
        (await LinesAsync(daemon, "bridge/dump-flows", "br0")).Length.ShouldBe(100_000 + _ownRules.Length);
        (await LinesAsync(daemon, "upcall-actors/dump-rules", "br0", "ip,nw_dst=10.0.1.0/24")).Length.ShouldBe(256);
    }

    private static async Task<ControlledSwitch> StartAsync()
    {
        ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        daemon.Bridge.Tables.Apply([.. FlowSyntax.ParseFile(Rules).Changes]);
        return daemon;
    }

    /// <summary>The lines that a command prints, with durations left out.</summary>
    private static async Task<string[]> LinesAsync(ControlledSwitch daemon, string command, params string[] arguments)
    {
        string text = await daemon.PrintAsync(command, arguments);
        return
        [
            .. text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => Regex.Replace(line, "duration=[0-9.]+s", "duration=Ns")),
        ];
    }
}
