using System.Text.Json;
using UpcallActors.OpenFlow;

namespace UpcallActors.Daemon.Tests.Control;

/// <summary><c>ofproto/trace</c>; that its text is that of ovs-vswitchd, the tests of UpcallActors.OpenFlow see.</summary>
public sealed class TraceCommandTests
{
    private const string Flow =
        "in_port=1,udp,dl_src=50:54:00:00:00:01,dl_dst=50:54:00:00:00:02,nw_src=10.1.1.1,nw_dst=10.1.1.2,nw_ttl=64,udp_src=1000,udp_dst=53";

    private const string Traced = "udp,in_port=1,vlan_tci=0x0000,dl_src=50:54:00:00:00:01,dl_dst=50:54:00:00:00:02,"
        + "nw_src=10.1.1.1,nw_dst=10.1.1.2,nw_tos=0,nw_ecn=0,nw_ttl=64,nw_frag=no,tp_src=1000,tp_dst=53";

    private const string Expected = $"""
        Flow: {Traced}

        bridge("br0")
        -------------
         0. udp,in_port=1,tp_dst=53, priority 80
            output:2

        Final flow: unchanged
        Megaflow: recirc_id=0,eth,udp,in_port=1,nw_frag=no,tp_dst=53
        Datapath actions: 3

        """;

    [Theory]
    [InlineData("br0", Flow)]
    [InlineData("br0", "-generate", Flow)]
    [InlineData("br0", "in_port=ovs-p0", "505400000002505400000001080045000020000100004011648b0a0101010a01010203e80035000c000061626364")]
    [InlineData("in_port(2),eth(src=50:54:00:00:00:01,dst=50:54:00:00:00:02),eth_type(0x0800),ipv4(src=10.1.1.1,dst=10.1.1.2,proto=17,"
        + "tos=0,ttl=64,frag=no),udp(src=1000,dst=53)")]
    [InlineData("embedded@ovs-system", "in_port(ovs-p0),eth(src=50:54:00:00:00:01,dst=50:54:00:00:00:02),eth_type(0x0800),"
        + "ipv4(src=10.1.1.1,dst=10.1.1.2,proto=17,tos=0,ttl=64,frag=no),udp(src=1000,dst=53)")]
    public async Task A_packet_is_traced_however_it_is_said(params string[] arguments)
    {
        await using ControlledSwitch daemon = await StartAsync("priority=80,udp,in_port=1,udp_dst=53,actions=2");
        (await daemon.PrintAsync("ofproto/trace", arguments)).ShouldBe(Expected);
    }

    [Theory]
    [InlineData("icmp", "Flow: icmp,in_port=ANY,")]
    [InlineData("in_port=99,icmp", "Flow: icmp,in_port=99,")]
    [InlineData("in_port=1,reg0=0x5,metadata=7,icmp", "Flow: icmp,reg0=0x5,metadata=0x7,in_port=1,")]
    public async Task A_packet_may_come_from_no_port_or_have_been_in_tables_before(string flow, string traced)
    {
        await using ControlledSwitch daemon = await StartAsync("actions=2");
        string trace = await daemon.PrintAsync("ofproto/trace", "br0", flow);
        trace.ShouldStartWith(traced);
        trace.ShouldContain("    output:2\n");
    }

    [Fact]
    public async Task Ports_go_by_name_on_demand()
    {
        await using ControlledSwitch daemon = await StartAsync("in_port=1,actions=2");
        string trace = await daemon.PrintAsync("ofproto/trace", "br0", Flow, "--names");
        trace.ShouldContain("in_port=\"ovs-p0\",");
        trace.ShouldContain("    output:\"ovs-p1\"\n");
        trace.ShouldEndWith("Datapath actions: ovs-p1\n");
    }

    [Fact]
    public async Task A_trace_counts_nothing_and_learns_nothing()
    {
        await using ControlledSwitch daemon = await StartAsync("actions=normal");
        await daemon.PrintAsync("ofproto/trace", "br0", Flow);
        daemon.Bridge.Tables.GetRules().Single().Counters.Packets.ShouldBe(0UL);
        daemon.Bridge.MacLearning.Count.ShouldBe(0);
        daemon.Datapath.FlowCount.ShouldBe(0);
    }

    [Fact]
    public async Task A_reassembled_packet_shows_that_its_MRU_is_cut_to_the_port()
    {
        await using ControlledSwitch daemon = await StartAsync("table=0,priority=1,ip,actions=ct(table=1)\ntable=1,actions=2");
        // As long as the port takes what came in, it is not looked at.
        (await daemon.PrintAsync("ofproto/trace", "br0", Flow, "--mru", "1500")).ShouldNotContain("fragments");
        string trace = await daemon.PrintAsync("ofproto/trace", "br0", Flow, "--mru", "3000");
        trace.ShouldContain(
            " -> a packet longer than the port's MTU of 1500 comes up, and leaves in fragments that fit if it came in fragments\n");
        trace.ShouldContain("no flow is installed");
    }

    [Fact]
    public async Task Json_takes_as_many_tables_behind_each_other_as_there_are()
    {
        await using ControlledSwitch daemon =
            await StartAsync(string.Join('\n', Enumerable.Range(0, 200).Select(table => $"table={table},actions=goto_table:{table + 1}")));
        using var trace = JsonDocument.Parse(await daemon.PrintAsync("upcall-actors/trace", "br0", Flow),
            new JsonDocumentOptions { MaxDepth = 1024 });
        trace.RootElement.ToString().ShouldContain("\"table\":200");
    }

    [Fact]
    public async Task A_trace_that_is_too_long_shows_its_beginning_and_says_what_is_left_out()
    {
        const string Some = "mod_nw_ttl:9,mod_nw_ttl:8,mod_nw_ttl:7,mod_nw_ttl:6,mod_nw_ttl:5,mod_nw_ttl:4";
        await using ControlledSwitch daemon = await StartAsync(string.Join('\n', Enumerable.Range(0, 12)
            .Select(table => $"table={table},actions={Some}" + (table < 11 ? $",resubmit(,{table + 1}),resubmit(,{table + 1})" : ""))));
        string trace = await daemon.PrintAsync("ofproto/trace", "br0", Flow);
        trace.ShouldContain(" 0. priority 32768");
        trace.ShouldContain("more lines are left out");
    }

    [Fact]
    public async Task Json_has_the_tree_of_the_text()
    {
        await using ControlledSwitch daemon = await StartAsync(
            "cookie=0x10,priority=7,in_port=1,ip,actions=ct(table=1,zone=5)\ntable=1,ct_state=+est,ip,actions=2");
        using JsonDocument document =
            JsonDocument.Parse(await daemon.PrintAsync("upcall-actors/trace", "br0", Flow, "--ct-next", "trk,est"));
        JsonElement[] passes = [.. document.RootElement.GetProperty("passes").EnumerateArray()];
        passes.Length.ShouldBe(2);
        JsonElement bridge = passes[0].GetProperty("nodes")[0];
        bridge.GetProperty("kind").GetString().ShouldBe("Bridge");
        JsonElement table = bridge.GetProperty("children")[0];
        table.GetProperty("kind").GetString().ShouldBe("Table");
        table.GetProperty("table").GetInt32().ShouldBe(0);
        table.GetProperty("priority").GetInt32().ShouldBe(7);
        table.GetProperty("cookie").GetUInt64().ShouldBe(0x10UL);
        table.GetProperty("match").GetString().ShouldBe("ip,in_port=1");
        table.GetProperty("children").EnumerateArray().First().GetProperty("text").GetString().ShouldBe("ct(table=1,zone=5)");
        passes[0].GetProperty("error").GetString().ShouldBe("None");
        passes[0].TryGetProperty("resume", out _).ShouldBeFalse();
        passes[1].GetProperty("resume").GetProperty("conntrackState").GetString().ShouldBe("est|trk");
        passes[1].GetProperty("datapathActions").GetString().ShouldBe("3");
    }

    [Theory]
    [InlineData("br1: unknown bridge", "br1", "in_port=1")]
    [InlineData("Bad openflow flow syntax: in_prt=1: unknown field in_prt", "br0", "in_prt=1")]
    [InlineData("Bad openflow flow syntax: in_port=1,table=3: table is no field", "br0", "in_port=1,table=3")]
    [InlineData("Bad openflow flow syntax: in_port=1,actions=drop: actions is no field", "br0", "in_port=1,actions=drop")]
    [InlineData("Bad openflow flow syntax: in_port=1,ip,nw_src=10.0.0.0/8: nw_src of a packet has no mask", "br0",
        "in_port=1,ip,nw_src=10.0.0.0/8")]
    [InlineData("Bad openflow flow syntax: in_port=p9: 'p9' is no value of in_port", "br0", "in_port=p9")]
    [InlineData("Bad openflow flow syntax: reg0=5/7: reg0 of a packet has no mask", "br0", "reg0=5/7")]
    [InlineData("no OpenFlow port for datapath port 98", "in_port(98),eth(src=50:54:00:00:00:02,dst=50:54:00:00:00:01),eth_type(0x88b5)")]
    [InlineData("Missing argument for option --ct-next", "br0", "in_port=1", "--ct-next")]
    [InlineData("foo: unknown connection tracking state flag", "br0", "in_port=1", "--ct-next", "foo")]
    [InlineData("new: invalid connection state: If \"trk\" is unset, no other flags are set", "br0", "in_port=1", "--ct-next", "new")]
    [InlineData("new|est|trk: invalid connection state: \"new\" and \"est\" are mutually exclusive", "br0", "in_port=1", "--ct-next",
        "trk,est,new")]
    [InlineData("70000: no MRU, which has 0 to 65535 bytes", "br0", "in_port=1", "--mru", "70000")]
    [InlineData("--bogus: unknown option", "br0", "in_port=1", "--bogus")]
    [InlineData("Packet data too short for Ethernet", "br0", "in_port=1", "00")]
    [InlineData("Trailing garbage in packet data", "br0", "in_port=1", "5054000000025054000000010800z")]
    [InlineData("too many arguments", "br0", "in_port=1", "00", "11")]
    public async Task What_is_wrong_with_the_arguments_is_said(string problem, params string[] arguments)
    {
        await using ControlledSwitch daemon = await StartAsync("actions=drop");
        (await daemon.FailAsync("ofproto/trace", arguments)).ShouldBe(problem + "\n");
    }

    [Fact]
    public async Task A_lone_flow_that_is_no_datapath_flow_is_told_apart_from_a_bridge_left_out()
    {
        await using ControlledSwitch daemon = await StartAsync("actions=drop");
        (await daemon.FailAsync("ofproto/trace", "in_port=1")).ShouldEndWith(" (or the bridge name was omitted)\n");
    }

    private static async Task<ControlledSwitch> StartAsync(string flows)
    {
        ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        daemon.Bridge.Tables.Apply([.. FlowSyntax.ParseFile(flows).Changes]);
        return daemon;
    }
}
