using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch.Tests;

/// <summary>A switch that follows a database, which <c>ovs-vsctl</c> writes to.</summary>
public sealed class DatabaseTests
{
    [DatabaseFact]
    public async Task Bridges_and_ports_are_there_when_ovs_vsctl_returns()
    {
        using DatabaseServer server = await DatabaseServer.StartAsync();
        await using DatabaseSwitch ours = await DatabaseSwitch.StartAsync(server, "p1", "p2");

        await server.ConfigureAsync("add-br", "br0", "--", "add-port", "br0", "p1", "--", "add-port", "br0", "p2",
            "--", "set", "Interface", "p2", "ofport_request=7");

        Assert.Equal("65534\n", await server.ConfigureAsync("get", "Interface", "br0", "ofport"));
        Assert.Equal("1\n", await server.ConfigureAsync("get", "Interface", "p1", "ofport"));
        Assert.Equal("7\n", await server.ConfigureAsync("get", "Interface", "p2", "ofport"));
        Assert.Equal("up\n", await server.ConfigureAsync("get", "Interface", "p1", "admin_state"));
        Assert.True(File.Exists(Path.Combine(server.Folder, "br0.mgmt")));
        Assert.Contains("OFPT_FEATURES_REPLY", await server.RunAsync("ovs-ofctl", "show", "br0"), StringComparison.Ordinal);
    }

    [DatabaseFact]
    public async Task What_goes_from_the_database_goes_from_the_switch()
    {
        using DatabaseServer server = await DatabaseServer.StartAsync();
        await using DatabaseSwitch ours = await DatabaseSwitch.StartAsync(server, "p1");
        await server.ConfigureAsync("add-br", "br0", "--", "add-port", "br0", "p1", "--", "add-br", "br1");

        await server.ConfigureAsync("del-port", "br0", "p1", "--", "del-br", "br1");

        Assert.Equal("br0", Assert.Single(ours.Running.State.Bridges).Name);
        Assert.DoesNotContain(ours.Ports.List(), port => port.Name is "p1" or "br1");
    }

    [DatabaseTheory]
    [InlineData("none", "", "could not open network device none (No such device)")]
    [InlineData("vx", "type=vxlan", "vx: vxlan type requires valid 'remote_ip' argument")]
    [InlineData("vx", "type=vxlan options:remote_ip=flower", "vx: vxlan type requires valid 'remote_ip' argument")]
    [InlineData("g", "type=gre options:remote_ip=10.0.0.1 options:local_ip=fd00::1",
        "g: 'remote_ip' and 'local_ip' has to be of the same address family")]
    [InlineData("pa", "type=patch", "pa: patch type requires valid 'peer' argument")]
    [InlineData("odd", "type=odd", "could not open network device odd (Address family not supported by protocol)")]
    public async Task What_is_wrong_with_a_port_is_in_its_row_in_the_words_of_Open_vSwitch(string port, string settings, string error)
    {
        using DatabaseServer server = await DatabaseServer.StartAsync();
        await using DatabaseSwitch ours = await DatabaseSwitch.StartAsync(server);
        await server.ConfigureAsync("add-br", "br0");

        string[] set = settings.Length == 0 ? [] : ["--", "set", "Interface", port, .. settings.Split(' ')];
        await server.ConfigureAsync(["add-port", "br0", port, .. set]);

        Assert.Equal($"\"{error}\"\n", await server.ConfigureAsync("get", "Interface", port, "error"));
        Assert.Equal("-1\n", await server.ConfigureAsync("get", "Interface", port, "ofport"));
        Assert.Equal("[]\n", await server.ConfigureAsync("get", "Interface", port, "mac_in_use"));
    }

    [DatabaseFact]
    public async Task A_port_whose_device_comes_later_is_there_without_a_change_of_the_database()
    {
        using DatabaseServer server = await DatabaseServer.StartAsync();
        await using DatabaseSwitch ours = await DatabaseSwitch.StartAsync(server);
        await server.ConfigureAsync("add-br", "br0", "--", "add-port", "br0", "late");

        ours.Ports.SetDevice("late", 1400);

        await EventuallyAsync(server, "Interface", "late", "ofport", "1");
        await EventuallyAsync(server, "Interface", "late", "mtu", "1400");
        Assert.Equal("[]\n", await server.ConfigureAsync("get", "Interface", "late", "error"));
    }

    [DatabaseFact]
    public async Task Numbers_are_kept_across_a_restart_although_a_port_before_has_gone()
    {
        using DatabaseServer server = await DatabaseServer.StartAsync();
        await using (DatabaseSwitch before = await DatabaseSwitch.StartAsync(server, "p1", "p2", "p3"))
        {
            await server.ConfigureAsync("add-br", "br0", "--", "add-port", "br0", "p1", "--", "add-port", "br0", "p2");
        }

        await server.ConfigureAsync("--no-wait", "del-port", "br0", "p1", "--", "add-port", "br0", "p3");
        await using DatabaseSwitch after = await DatabaseSwitch.StartAsync(server, "p1", "p2", "p3");

        Assert.Equal("2\n", await server.ConfigureAsync("get", "Interface", "p2", "ofport"));
        Assert.Equal("1\n", await server.ConfigureAsync("get", "Interface", "p3", "ofport"));
    }

    [DatabaseFact]
    public async Task Statistics_are_there_after_the_next_count()
    {
        using DatabaseServer server = await DatabaseServer.StartAsync();
        await using DatabaseSwitch ours = await DatabaseSwitch.StartAsync(server);

        await server.ConfigureAsync("add-br", "br0", "--", "add-port", "br0", "pa", "--", "set", "Interface", "pa", "type=patch",
            "options:peer=pb", "--", "add-port", "br0", "pb", "--", "set", "Interface", "pb", "type=patch", "options:peer=pa");

        await EventuallyAsync(server, "Interface", "pa", "statistics", "{rx_bytes=0, rx_packets=0, tx_bytes=0, tx_packets=0}");
    }

    [DatabaseFact]
    public async Task What_the_switch_does_not_do_is_said_in_the_row()
    {
        using DatabaseServer server = await DatabaseServer.StartAsync();
        await using DatabaseSwitch ours = await DatabaseSwitch.StartAsync(server, "p1");

        await server.ConfigureAsync("add-br", "br0", "--", "set", "Bridge", "br0", "stp_enable=true", "mcast_snooping_enable=true",
            "--", "add-port", "br0", "p1", "--", "set", "Interface", "p1", "bfd:enable=true");

        Assert.Contains(
            "unsupported=\"STP, multicast snooping\"",
            await server.ConfigureAsync("get", "Bridge", "br0", "status"), StringComparison.Ordinal);
        Assert.Contains("unsupported=BFD", await server.ConfigureAsync("get", "Interface", "p1", "status"), StringComparison.Ordinal);
        Assert.Contains(ours.Log.All, line => line.Contains("not supported, and without effect: BFD", StringComparison.Ordinal));
    }

    [DatabaseFact]
    public async Task A_bridge_with_a_path_for_a_name_is_ignored_and_that_is_said_once()
    {
        using DatabaseServer server = await DatabaseServer.StartAsync();
        await using DatabaseSwitch ours = await DatabaseSwitch.StartAsync(server);

        await server.ConfigureAsync(
            "--", "--id=@b", "create", "Bridge", "name=\"../etc\"", "--", "add", "Open_vSwitch", ".", "bridges", "@b");
        await server.ConfigureAsync("add-br", "br0");

        Assert.Equal("br0", Assert.Single(ours.Running.State.Bridges).Name);
        Assert.Single(ours.Log.All, line => line.Contains("ignoring bridge with invalid name \"../etc\"", StringComparison.Ordinal));
    }

    [DatabaseFact]
    public async Task A_bridge_has_the_address_that_is_asked_for_and_it_makes_the_datapath_id()
    {
        using DatabaseServer server = await DatabaseServer.StartAsync();
        await using DatabaseSwitch ours = await DatabaseSwitch.StartAsync(server);

        await server.ConfigureAsync("add-br", "br0", "--", "set", "Bridge", "br0", "other_config:hwaddr=00:11:22:33:44:55");

        Assert.Equal("\"00:11:22:33:44:55\"\n", await server.ConfigureAsync("get", "Interface", "br0", "mac_in_use"));
        Assert.Equal("\"0000001122334455\"\n", await server.ConfigureAsync("get", "Bridge", "br0", "datapath_id"));
    }

    [DatabaseFact]
    public async Task Flows_are_restored_when_the_database_says_so_once()
    {
        using DatabaseServer server = await DatabaseServer.StartAsync();
        await server.ConfigureAsync("--no-wait", "set", "Open_vSwitch", ".", "other_config:flow-restore-wait=true", "--", "add-br", "br0");
        await using DatabaseSwitch ours = await DatabaseSwitch.StartAsync(server);
        Assert.False(ours.Database.FlowsRestored.IsCompleted);
        await server.RunAsync("ovs-ofctl", "add-flow", "br0", "priority=9,actions=drop");

        await server.ConfigureAsync("remove", "Open_vSwitch", ".", "other_config", "flow-restore-wait");

        await ours.Database.FlowsRestored;
        Assert.Contains("priority=9", await server.RunAsync("ovs-ofctl", "dump-flows", "br0"), StringComparison.Ordinal);
        await server.ConfigureAsync("set", "Open_vSwitch", ".", "other_config:flow-restore-wait=true");
        Assert.True(ours.Database.FlowsRestored.IsCompleted);
    }

    [DatabaseFact]
    public async Task How_bridges_stand_with_their_controllers_is_there_after_the_next_count()
    {
        using DatabaseServer server = await DatabaseServer.StartAsync();
        await using DatabaseSwitch ours = await DatabaseSwitch.StartAsync(server);
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        string target = $"tcp:{listener.LocalEndpoint}";

        await server.ConfigureAsync("add-br", "br0", "--", "set-controller", "br0", target, "ptcp:0:127.0.0.1");
        using OpenFlowPeer controller = await OpenFlowPeer.TakeInAsync(listener.Server, OpenFlowVersion.V13);
        await controller.AskAsync(MessageType.RoleRequest, new RoleMessage(ControllerRole.Primary, 1));

        await Eventually.HoldsAsync(
            async () => (await server.ConfigureAsync("--columns=is_connected,role,status", "find", "Controller", $"target=\"{target}\""))
                .Contains("is_connected        : true\nrole                : master\n", StringComparison.Ordinal),
            () => "not told");
        Assert.Contains(
            "state=ACTIVE",
            await server.ConfigureAsync("--columns=status", "find", "Controller", $"target=\"{target}\""), StringComparison.Ordinal);
        Assert.Contains(
            "false",
            await server.ConfigureAsync("--columns=is_connected", "find", "Controller", "target=\"ptcp:0:127.0.0.1\""),
            StringComparison.Ordinal);
    }

    [DatabaseFact]
    public async Task Settings_of_the_whole_switch_that_it_does_not_have_are_named_and_what_it_does_anyway_is_not()
    {
        using DatabaseServer server = await DatabaseServer.StartAsync();
        await using DatabaseSwitch ours = await DatabaseSwitch.StartAsync(server);

        await server.ConfigureAsync("set", "Open_vSwitch", ".", "other_config:vlan-limit=0", "other_config:n-handler-threads=3");

        Assert.Contains(ours.Log.All, line => line.Contains("without effect: other_config:n-handler-threads=3", StringComparison.Ordinal));
        Assert.DoesNotContain(ours.Log.All, line => line.Contains("vlan-limit", StringComparison.Ordinal));
    }

    [DatabaseFact]
    public async Task What_is_said_of_VLANs_tables_and_tunnels_is_what_the_switch_is_told()
    {
        using DatabaseServer server = await DatabaseServer.StartAsync();
        await using DatabaseSwitch ours = await DatabaseSwitch.StartAsync(server, "p1", "p2");

        await server.ConfigureAsync(
            "add-br", "br0", "--", "add-port", "br0", "p1", "tag=10", "vlan_mode=dot1q-tunnel", "cvlans=1,2",
            "other_config:qinq-ethtype=802.1q", "other_config:priority-tags=if-nonzero", "protected=true", "--",
            "add-port", "br0", "p2", "tag=0", "--", "add-port", "br0", "gn", "--",
            "set", "Interface", "gn", "type=geneve", "options:remote_ip=10.0.0.1", "options:key=flow", "options:csum=true",
            "options:tos=inherit", "options:dst_port=0x1000", "--", "--id=@t", "create", "Flow_Table", "name=first", "flow_limit=5",
            "overflow_policy=evict", "groups=\"NXM_OF_IN_PORT[]\"", "--", "set", "Bridge", "br0", "flow_tables:3=@t");

        BridgeConfiguration bridge = Assert.Single(ours.Running.State.Configuration.Bridges);
        PortConfiguration p1 = bridge.Ports.Single(port => port.Name == "p1");
        Assert.Equal((VlanMode.Dot1qTunnel, 10, 0x8100), (p1.VlanMode, p1.Tag, p1.QinqEthtype));
        Assert.Equal([1, 2], p1.Cvlans.Select(vlan => (int)vlan));
        Assert.Equal((PriorityTags.IfNonzero, true), (p1.PriorityTags, p1.IsProtected));
        Assert.Equal(VlanMode.Access, bridge.Ports.Single(port => port.Name == "p2").VlanMode);
        TunnelPort tunnel = bridge.Ports.Single(port => port.Name == "gn").Interfaces[0].Tunnel!;
        Assert.Equal((0x0a000001u, TunnelKey.Flow, TunnelKey.Flow), (tunnel.RemoteIpv4, tunnel.InKey, tunnel.OutKey));
        Assert.Equal((true, true, 0x1000), (tunnel.Checksum, tunnel.TosInherit, tunnel.DestinationPort));
        Assert.Equal((byte)3, bridge.TableNames.Entries["first"]);
        TableConfiguration table = Assert.Single(bridge.Tables);
        Assert.Equal((3, 5, true, 1), ((int)table.Number, table.FlowLimit ?? 0, table.Evicts, table.Groups.Count));
    }

    internal static Task EventuallyAsync(DatabaseServer server, string table, string row, string column, string value)
    {
        string last = "";
        return Eventually.HoldsAsync(
            async () => (last = (await server.ConfigureAsync("get", table, row, column)).Trim()) == value,
            () => $"{table} {row} {column} is {last}, not {value}");
    }
}
