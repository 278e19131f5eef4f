using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;

namespace UpcallActors.Daemon.Tests.Control;

/// <summary>
/// What the commands about a datapath print, over the control socket. The flows are those that <c>ovs-appctl dpctl/dump-flows -m</c>
/// printed of a kernel in the recordings; other expected texts are those of <c>ovs-vswitchd</c> 3.1 for the same thing.
/// </summary>
public sealed class DatapathCommandTests
{
    /// <summary>The flows after the first of the recorded pings.</summary>
    private static readonly string[] Recorded =
        [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "flows", "ipv4-fragmentation.flows.txt")).Skip(1)
            .TakeWhile(line => !line.StartsWith("##", StringComparison.Ordinal))];

    [Fact]
    public async Task Flows_print_as_they_were_recorded()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        daemon.Put(Recorded);
        Recorded.Length.ShouldBe(5);
        string[] expected = [.. Recorded.Select(WithoutCounters)];
        Lines(await daemon.PrintAsync("dpctl/dump-flows", "-m")).ShouldBe(expected, ignoreOrder: true);
        Lines(await daemon.PrintAsync("dpctl/dump-flows", "--more", "embedded@ovs-system")).ShouldBe(expected, ignoreOrder: true);
        Lines(await daemon.PrintAsync("dpif/dump-flows", "-m", "br0"))
            .ShouldBe(expected.Select(line => line.Replace(", recirc_id", " recirc_id", StringComparison.Ordinal)
                .Replace(", dp:ovs", "", StringComparison.Ordinal)), ignoreOrder: true);
    }

    [Fact]
    public async Task Ports_in_flows_are_numbers_or_names()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        daemon.Put(Recorded);
        const string Short = "recirc_id(0x1),in_port(3),ct_state(-new+est+trk),eth(),eth_type(0x0800),ipv4(proto=1,frag=no), packets:0, "
            + "bytes:0, used:never, actions:2";
        string flow = Lines(await daemon.PrintAsync("dpctl/dump-flows"))
            .Single(line => line.StartsWith("recirc_id(0x1)", StringComparison.Ordinal));
        flow.ShouldBe(Short);
        Lines(await daemon.PrintAsync("dpctl/dump-flows", "--names")).ShouldContain(flow.Replace("in_port(3)", "in_port(ovs-p1)",
            StringComparison.Ordinal).Replace("actions:2", "actions:ovs-p0", StringComparison.Ordinal));
        Lines(await daemon.PrintAsync("dpif/dump-flows", "--names", "br0")).ShouldContain(flow.Replace("in_port(3)", "in_port(ovs-p1)",
            StringComparison.Ordinal).Replace("actions:2", "actions:ovs-p0", StringComparison.Ordinal));
        Lines(await daemon.PrintAsync("dpctl/dump-flows", "-m", "--no-names"))
            .Count(line => line.Contains("in_port(3)", StringComparison.Ordinal)).ShouldBe(3);
    }

    [Fact]
    public async Task Counters_and_ages_are_those_of_the_datapaths_clock()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        daemon.Put(["ufid:104f0d20-0123-4c84-8b54-27995c286edd, recirc_id(0),in_port(ovs-p0),eth(),eth_type(0x88b5), packets:0, bytes:0, "
            + "used:never, actions:drop"]);
        daemon.Clock.Set(5_000_000);
        daemon.Datapath.Receive(2, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 0x0a, 0x88, 0xb5, .. new byte[46]]);
        daemon.Clock.Set(6_250_000);
        (await daemon.PrintAsync("dpctl/dump-flows"))
            .ShouldBe("recirc_id(0),in_port(2),eth(),eth_type(0x88b5), packets:1, bytes:60, used:1.250s, actions:drop\n");
    }

    [Fact]
    public async Task Flows_are_filtered_by_what_they_match_and_by_type()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        daemon.Put(Recorded);
        async Task<int> CountAsync(params string[] arguments) => Lines(await daemon.PrintAsync("dpctl/dump-flows", arguments)).Length;
        (await CountAsync("filter=icmp")).ShouldBe(3);
        (await CountAsync("filter=arp,in_port=2")).ShouldBe(1);
        (await CountAsync("filter=arp,in_port=ovs-p0")).ShouldBe(1);
        (await CountAsync("filter=arp,arp_spa=10.1.1.1")).ShouldBe(2);
        (await CountAsync("filter=tcp")).ShouldBe(0);
        (await CountAsync("type=ovs")).ShouldBe(5);
        (await CountAsync("type=tc,non-offloaded")).ShouldBe(5);
        (await CountAsync("type=tc,dpdk,offloaded,partially-offloaded")).ShouldBe(0);
        (await CountAsync("type=all", "filter=icmp,in_port=3")).ShouldBe(2);
        (await daemon.FailAsync("dpctl/dump-flows", "type=foo")).ShouldBe("upcall-actors: Failed to parse type (foo) (Invalid argument)\n");
        (await daemon.FailAsync("dpctl/dump-flows", "filter=foo"))
            .ShouldBe("upcall-actors: Failed to parse filter (unknown keyword 'foo')\n");
        (await daemon.FailAsync("dpctl/dump-flows", "filter=table=1"))
            .ShouldBe("upcall-actors: Failed to parse filter (the datapath has neither tables nor cookies)\n");
    }

    [Theory]
    [InlineData("ip", 2)]
    [InlineData("icmp", 2)] // The first does not look at the protocol, so an ICMP packet may meet it.
    [InlineData("tcp,tp_dst=80", 1)]
    [InlineData("in_port=2,icmp", 1)]
    [InlineData("in_port=3,icmp", 1)]
    [InlineData("in_port=3,tcp", 0)]
    [InlineData("in_port=1", 0)]
    [InlineData("ip,nw_src=10.1.1.1", 2)]
    [InlineData("ip,nw_src=10.1.1.0/24", 2)]
    [InlineData("ip,nw_src=10.1.2.0/24", 1)]
    [InlineData("ip,nw_src=10.0.0.0/8", 2)]
    [InlineData("dl_src=02:00:00:00:00:01", 3)]
    [InlineData("dl_src=02:00:00:00:00:03", 1)]
    [InlineData("arp", 1)]
    [InlineData("ipv6", 0)]
    [InlineData("dl_vlan=5", 0)] // A flow of untagged packets has looked at that.
    [InlineData("vlan_tci=0", 3)]
    [InlineData("ct_state=+trk", 3)]
    [InlineData("", 3)]
    public async Task A_filter_shows_each_flow_that_some_packet_of_its_kind_would_meet(string filter, int flows)
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        const string Rest = "packets:0, bytes:0, used:never, actions:3";
        const string None = "00:00:00:00:00:00/00:00:00:00:00:00";
        const string Hosts = "eth(src=02:00:00:00:00:01,dst=02:00:00:00:00:02)";
        daemon.Put(
        [
            $"ufid:104f0d20-0123-4c84-8b54-27995c286ed0, recirc_id(0),in_port(2),{Hosts},eth_type(0x0800),ipv4(frag=no), {Rest}",
            $"ufid:104f0d20-0123-4c84-8b54-27995c286ed1, recirc_id(0),in_port(3),eth(),"
                + $"eth_type(0x0800),ipv4(src=10.1.1.0/255.255.255.0,proto=1,frag=no),icmp(type=8/0,code=0/0), {Rest}",
            $"ufid:104f0d20-0123-4c84-8b54-27995c286ed2, recirc_id(0),in_port(2),{Hosts},eth_type(0x0806),"
                + $"arp(sip=0.0.0.0/0.0.0.0,tip=0.0.0.0/0.0.0.0,op=0/0,sha={None},tha={None}), {Rest}",
        ]);

        Lines(await daemon.PrintAsync("dpctl/dump-flows", $"filter={filter}")).Length.ShouldBe(flows);
    }

    [Fact]
    public async Task A_flow_whose_actions_a_dump_has_left_out_is_asked_for_by_itself()
    {
        await using ControlledSwitch whole = await ControlledSwitch.StartAsync();
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync(seen: datapath => new ActionlessDumps(datapath));
        whole.Put(Recorded);
        daemon.Put(Recorded);
        string[][] commands = [["dpctl/dump-flows", "-m"], ["dpctl/dump-flows", "filter=icmp"], ["dpif/dump-flows", "br0"]];
        foreach (string[] command in commands)
        {
            string[] lines = Lines(await daemon.PrintAsync(command[0], command[1..]));
            lines.ShouldContain(line => !line.EndsWith("actions:drop", StringComparison.Ordinal));
            lines.ShouldBe(Lines(await whole.PrintAsync(command[0], command[1..])), ignoreOrder: true);
        }
    }

    [Fact]
    public async Task Wrong_arguments_are_refused_in_Open_vSwitchs_words()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        (await daemon.FailAsync("dpctl/dump-flows", "nosuch")).ShouldBe("upcall-actors: datapath not found (Invalid argument)\n");
        (await daemon.FailAsync("dpctl/dump-flows", "-x")).ShouldBe("Unrecognized option -x\n");
        (await daemon.FailAsync("dpctl/dump-flows", "-mx")).ShouldBe("Unrecognized option -x\n");
        (await daemon.FailAsync("dpctl/dump-flows", "--foo")).ShouldBe("Unrecognized option --foo\n");
        (await daemon.FailAsync("dpctl/dump-flows", "a", "b", "c", "d", "e", "f", "g"))
            .ShouldBe("\"dpctl/dump-flows\" command takes at most 6 arguments\n");
        (await daemon.FailAsync("dpctl/show", "nosuch")).ShouldBe("upcall-actors: opening datapath nosuch failed (No such device)\n");
        (await daemon.FailAsync("dpif/dump-flows", "nosuch")).ShouldBe("no such bridge\n");
        (await daemon.FailAsync("dpif/dump-flows")).ShouldBe("\"dpif/dump-flows\" command requires at least 1 arguments\n");
    }

    [Fact]
    public async Task A_bridge_shows_only_flows_from_its_own_ports()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        daemon.Put(Recorded);
        Lines(await daemon.PrintAsync("dpif/dump-flows", "br0")).Length.ShouldBe(5);
        (await daemon.PrintAsync("dpif/dump-flows", "br-empty")).ShouldBeEmpty();
    }

    [Fact]
    public async Task All_flows_are_deleted()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        daemon.Put(Recorded);
        (await daemon.PrintAsync("dpctl/del-flows", "embedded@ovs-system")).ShouldBeEmpty();
        daemon.Datapath.FlowCount.ShouldBe(0);
        (await daemon.PrintAsync("dpctl/dump-flows")).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_datapath_and_its_ports_are_shown()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        daemon.Put(Recorded.Take(1));
        daemon.Datapath.Receive(2, new byte[60]);
        (await daemon.PrintAsync("dpctl/dump-dps")).ShouldBe("embedded@ovs-system\n");
        string shown = await daemon.PrintAsync("dpctl/show");
        shown.ShouldBe("""
            embedded@ovs-system:
              lookups: hit:0 missed:1 lost:0
              flows: 1
              masks: hit:1 total:1 hit/pkt:1.00
              port 0: ovs-system (internal)
              port 1: br0 (internal)
              port 2: ovs-p0
              port 3: ovs-p1
              port 4: vxlan_sys_4790 (vxlan: dst_port=4790, packet_type=ptap)

            """);
        (await daemon.PrintAsync("dpctl/show", "ovs-system")).ShouldBe(shown);
        (await daemon.PrintAsync("dpctl/show", "-s")).ShouldContain("""
              port 2: ovs-p0
                RX packets:1 errors:0 dropped:0 overruns:? frame:?
                TX packets:0 errors:0 dropped:0 aborted:? carrier:?
                collisions:?
                RX bytes:60  TX bytes:0

            """);
    }

    [Fact]
    public async Task What_the_datapath_supports_is_shown()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        string[] features = Lines(await daemon.PrintAsync("dpif/show-dp-features", "br0"));
        features[0].ShouldBe("Masked set action: Yes");
        features.ShouldContain("Conntrack clear: Yes");
        features.ShouldContain("psample action: No");
        features.ShouldContain("Max VLAN headers: 2");
        (await daemon.FailAsync("dpif/show-dp-features", "nosuch")).ShouldBe("no such bridge\n");
    }

    [Fact]
    public async Task Bridges_and_their_ports_are_shown()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        (await daemon.PrintAsync("dpif/show")).ShouldBe("""
            embedded@ovs-system: hit:0 missed:0
              br-empty:
              br0:
                aa 3/none: (gre, refused: File exists)
                br0 65534/1: (internal)
                lost 7/none: (system)
                ovs-p0 1/2: (system)
                ovs-p1 2/3: (system)
                p9 9/none: (system, waits: there is no such device)
                vx0 5/4: (vxlan: dst_port=4790, key=5, remote_ip=1.2.3.4)

            """);
        (await daemon.PrintAsync("dpif/dump-dps")).ShouldBe("embedded@br-empty\nembedded@br0\n");
    }

    [Fact]
    public async Task A_tunnel_is_shown_with_what_flows_say_of_it()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        var tunnel = new TunnelPort
        {
            IsRemoteFlow = true,
            IsLocalFlow = true,
            InKey = TunnelKey.Flow,
            OutKey = TunnelKey.Of(9),
            TosInherit = true,
            TtlInherit = true,
        };
        TunnelPort toOne = new() { RemoteIpv4 = 0x01020304, InKey = TunnelKey.Flow, OutKey = TunnelKey.Flow, TosInherit = true };
        BridgePort[] ports = [new(3, 4, "vx1") { Tunnel = tunnel }, new(4, 4, "vx2") { Tunnel = toOne }];
        daemon.Translators.Replace([new Bridge("br0", FailMode.Secure, new FlowTables(), ports)]);
        string[] lines = Lines(await daemon.PrintAsync("dpif/show"));
        lines.ShouldContain(
            "    vx1 3/4: (vxlan: in_key=flow, local_ip=flow, out_key=9, remote_ip=flow, tos=inherit, ttl=inherit)");
        lines.ShouldContain("    vx2 4/4: (vxlan: key=flow, remote_ip=1.2.3.4, tos=inherit)");
    }

    [Fact]
    public async Task A_patch_port_is_shown_with_its_peer_and_without_a_number_of_the_datapath()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        BridgePort port = BridgePort.OfPatch(3, "pa", new PatchPort("pb", new RuleCounters(), new RuleCounters()));
        daemon.Translators.Replace([new Bridge("br0", FailMode.Secure, new FlowTables(), [port])]);
        Lines(await daemon.PrintAsync("dpif/show")).ShouldContain("    pa 3/none: (patch: peer=pb)");
    }

    [Fact]
    public async Task Learned_stations_are_shown_counted_and_forgotten()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        MacLearningTable table = daemon.Bridge.MacLearning;
        const string Header = " port  VLAN  MAC                Age\n";
        (await daemon.PrintAsync("fdb/show", "br0")).ShouldBe(Header);
        table.Learn(0xd615c5b72e4f, 0, 2);
        table.Learn(0x36d7fe1d77a9, 100, OpenFlowPorts.Local);
        string[] stations = Lines(await daemon.PrintAsync("fdb/show", "br0"))[1..];
        stations.Length.ShouldBe(2);
        stations.ShouldContain(station => station.StartsWith("    2     0  d6:15:c5:b7:2e:4f  ", StringComparison.Ordinal));
        stations.ShouldContain(station => station.StartsWith("LOCAL   100  36:d7:fe:1d:77:a9  ", StringComparison.Ordinal));
        (await daemon.PrintAsync("fdb/stats-show", "br0")).ShouldBe("""
            Statistics for bridge "br0":
              Current/maximum MAC entries in the table: 2/8192
              Current static MAC entries in the table : 0
              Total number of learned MAC entries     : 2
              Total number of expired MAC entries     : 0
              Total number of evicted MAC entries     : 0
              Total number of port moved MAC entries  : 0

            """);
        (await daemon.PrintAsync("fdb/flush", "br-empty")).ShouldBe("table successfully flushed\n");
        table.Count.ShouldBe(2);
        (await daemon.PrintAsync("fdb/flush", "br0")).ShouldBe("table successfully flushed\n");
        table.Count.ShouldBe(0);
        table.Learn(1, 0, 2);
        (await daemon.PrintAsync("fdb/flush")).ShouldBe("table successfully flushed\n");
        table.Count.ShouldBe(0);
        (await daemon.FailAsync("fdb/flush", "nosuch")).ShouldBe("no such bridge\n");
        (await daemon.FailAsync("fdb/show", "nosuch")).ShouldBe("no such bridge\n");
        (await daemon.FailAsync("fdb/stats-show", "nosuch")).ShouldBe("no such bridge\n");
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>
    /// The embedded datapath matches ARP operations, which fit one byte, in full where the kernel was told to look at one byte.
    /// </summary>
    private static string WithoutCounters(string line) =>
        System.Text.RegularExpressions.Regex.Replace(line, "packets:.*, dp:", "packets:0, bytes:0, used:never, dp:")
            .Replace("op=1/0xff", "op=1", StringComparison.Ordinal);
}
