using UpcallActors.Daemon.Configuration;
using UpcallActors.Daemon.Switching;
using UpcallActors.Daemon.Tests.Configuration;
using UpcallActors.Embedded;
using UpcallActors.Odp;
using UpcallActors.OpenFlow;

namespace UpcallActors.Daemon.Tests.Switching;

/// <summary>Bridges follow the datapath's ports.</summary>
public sealed class LiveSwitchTests : IDisposable
{
    private const string Text = """
        upcall-actors.bridges {
          br0 {
            flows = "flows.of"
            ports {
              p0 { number = 1, type = system, interface = eth0 }
              p1 { number = 2, type = system, tag = 5 }
              t0 { number = 3, type = vxlan, remote-ip = 192.0.2.1, key = 1 }
              t1 { number = 4, type = vxlan, remote-ip = 192.0.2.2, key = 1 }
            }
          }
          br1.ports.p2 { number = 1, type = internal }
        }
        """;

    private readonly ConfigurationFolder _folder = new();
    private readonly EmbeddedDatapath _datapath = new(new EmbeddedDatapathOptions { Name = "dp0" });
    private readonly ScriptedPorts _ports = new();
    private readonly LogLines _log = new();

    public void Dispose()
    {
        _ports.Dispose();
        _datapath.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Each_bridge_has_its_own_port_and_those_whose_devices_are_there()
    {
        _ports.SetDevice("eth0", 1400);
        await using LiveSwitch bridges = Start();
        Ports(bridges, "br0").ShouldBe([(OpenFlowPorts.Local, 1, 1500), (1, 2, 1400), (3, 4, 65535), (4, 4, 65535)]);
        Ports(bridges, "br1").ShouldBe([(OpenFlowPorts.Local, 5, 1500), (1, 6, 1500)]);
        _log.All.ShouldContain("Information: Port p0 of br0: datapath port 2 (eth0), MTU 1400");
        _log.All.Where(line => line.StartsWith("Warning", StringComparison.Ordinal))
            .ShouldBe(["Warning: Port p1 of br0 waits for its device p1: there is no such device"]);
    }

    [Fact]
    public async Task A_tunnel_port_has_its_far_end_and_an_access_port_its_VLAN()
    {
        _ports.SetDevice("p1", 1500);
        await using LiveSwitch bridges = Start();
        Bridge bridge = bridges.Translators.Bridges[0];
        bridge.TryGetPort(4, out BridgePort? tunnel).ShouldBeTrue();
        tunnel.Tunnel.ShouldNotBeNull().RemoteIpv4.ShouldBe(0xc0000202);
        bridge.TryGetPort(2, out BridgePort? access).ShouldBeTrue();
        (access.VlanMode, access.Vlan).ShouldBe((VlanMode.Access, (ushort)5));
    }

    [Fact]
    public async Task A_device_that_appears_goes_or_has_another_MTU_changes_the_bridges_and_keeps_their_tables()
    {
        await using LiveSwitch bridges = Start();
        Bridge before = bridges.Translators.Bridges[0];
        before.TryGetPort(1, out _).ShouldBeFalse();

        _ports.SetDevice("eth0", 1500);
        await Eventually.HoldsAsync(() => Mtu(bridges) == 1500);
        _ports.SetDevice("eth0", 9000);
        await Eventually.HoldsAsync(() => Mtu(bridges) == 9000);
        _ports.RemoveDevice("eth0");
        await Eventually.HoldsAsync(() => Mtu(bridges) == null);

        Bridge after = bridges.Translators.Bridges[0];
        after.ShouldNotBeSameAs(before);
        after.Tables.ShouldBeSameAs(before.Tables);
        after.MacLearning.ShouldBeSameAs(before.MacLearning);
        _log.All.Count(line => line == "Warning: Port p0 of br0 waits for its device eth0: there is no such device").ShouldBe(2);
    }

    [Fact]
    public async Task A_change_that_concerns_no_port_leaves_the_bridges_and_is_not_logged()
    {
        await using LiveSwitch bridges = Start();
        Bridge before = bridges.Translators.Bridges[0];
        int lines = _log.All.Count;
        _ports.Touch();
        _ports.SetDevice("other", 1500);
        // Once this has come through, so have those before.
        _ports.SetDevice("p1", 1500);
        await Eventually.HoldsAsync(() => bridges.Translators.Bridges[0].TryGetPort(2, out _));
        _log.All.Skip(lines).ShouldBe(["Information: Port p1 of br0: datapath port 3 (p1), MTU 1500"]);
        bridges.Translators.Bridges[0].ShouldNotBeSameAs(before);
    }

    [Fact]
    public async Task A_port_that_is_refused_is_logged_once_and_added_when_it_is_not_refused_any_more()
    {
        _ports.SetDevice("eth0", 1500);
        _ports.Refuse("p0", "eth0 is a port of virbr0");
        await using LiveSwitch bridges = Start();
        Mtu(bridges).ShouldBeNull();
        _ports.SetDevice("p1", 1500);
        await Eventually.HoldsAsync(() => bridges.Translators.Bridges[0].TryGetPort(2, out _));
        _log.All.Count(line => line == "Error: Port p0 of br0 is refused: eth0 is a port of virbr0").ShouldBe(1);

        _ports.Refuse("p0", null);
        await Eventually.HoldsAsync(() => Mtu(bridges) == 1500);
    }

    [Fact]
    public async Task A_port_that_was_refused_comes_by_time_when_nobody_tells_that_the_obstacle_has_gone()
    {
        _ports.SetDevice("eth0", 1500);
        _ports.Refuse("p0", "no more memory");
        await using LiveSwitch bridges = Start();
        bridges.Waiting.ShouldContain(new WaitingPort("br0", 1, "p0", PortKind.System, "no more memory", IsRefused: true));
        _ports.RefuseQuietly("p0", null);
        await Eventually.HoldsAsync(() => Mtu(bridges) == 1500);
        bridges.Waiting.ShouldNotContain(port => port.Name == "p0");
    }

    [Fact]
    public async Task A_port_that_waits_comes_by_time_when_nobody_tells_that_its_device_is_there()
    {
        await using LiveSwitch bridges = Start();
        bridges.Waiting.ShouldContain(new WaitingPort("br0", 1, "p0", PortKind.System, "there is no such device", IsRefused: false));
        _ports.SetDeviceQuietly("eth0", 1500);
        await Eventually.HoldsAsync(() => Mtu(bridges) == 1500);
    }

    [Fact]
    public async Task Whoever_asks_for_another_try_is_told_what_came_of_each_port_that_waits()
    {
        _ports.Refuse("p0", "not permitted");
        await using LiveSwitch bridges = Start();
        (await bridges.RetryAsync())
            .ShouldBe(["port p0 of br0 still waits: not permitted", "port p1 of br0 still waits: there is no such device"]);
        _ports.SetDeviceQuietly("p1", 1500);
        (await bridges.RetryAsync()).ShouldBe(["port p0 of br0 still waits: not permitted", "port p1 of br0 is in the datapath now"]);
    }

    [Fact]
    public void A_datapath_that_refuses_every_port_is_an_error()
    {
        foreach (string port in (string[])["br0", "p0", "p1", "t0", "t1", "br1", "p2"])
            _ports.Refuse(port, "not permitted");
        Should.Throw<DatapathException>(Start).Message.ShouldContain("not permitted");
    }

    [Fact]
    public async Task Ports_that_an_earlier_run_left_are_taken_out_but_never_the_datapaths_own()
    {
        _ports.Leave("dp0");
        _ports.Leave("old");
        _ports.Leave("eth0");
        _ports.Refuse("p0", "busy");
        await using LiveSwitch bridges = Start();
        _ports.List().Select(port => port.Name).ShouldBe(["dp0", "eth0", "br0", "p1", "vxlan_sys_4789", "br1", "p2"], ignoreOrder: true);
        _log.All.ShouldContain("Information: Removed the datapath's port old, which is no longer configured");
    }

    [Fact]
    public async Task A_datapath_that_is_deleted_under_it_ends_it_with_the_reason()
    {
        await using LiveSwitch bridges = Start();
        bridges.Completion.IsCompleted.ShouldBeFalse();
        _ports.Delete();
        (await Should.ThrowAsync<DatapathException>(bridges.Completion)).Message.ShouldBe("datapath dp0 is gone");
    }

    [Fact]
    public async Task Disposing_ends_it_well()
    {
        LiveSwitch bridges = Start();
        await bridges.DisposeAsync();
        await bridges.Completion;
        _ports.SetDevice("eth0", 1500);
        Mtu(bridges).ShouldBeNull();
    }

    private LiveSwitch Start()
    {
        (DaemonOptions? options, IReadOnlyList<ConfigurationProblem> problems) = _folder.Read(Text);
        problems.ShouldBeEmpty();
        return LiveSwitch.Start(options!, _datapath, _ports, _log);
    }

    private static int? Mtu(LiveSwitch bridges) => bridges.Translators.Bridges[0].TryGetPort(1, out BridgePort? port) ? port.Mtu : null;

    private static IEnumerable<(uint Number, uint DatapathPort, int Mtu)> Ports(LiveSwitch bridges, string name) =>
        bridges.Translators.Bridges.Single(bridge => bridge.Name == name).Ports.Select(port => (port.Number, port.DatapathPort, port.Mtu));
}
