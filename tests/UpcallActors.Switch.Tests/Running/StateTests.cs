using UpcallActors.Odp;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch.Tests.Running;

/// <summary>What can be read of a switch.</summary>
public sealed class StateTests : IDisposable
{
    private readonly SwitchUnderTest _switch = new();

    public void Dispose() => _switch.Dispose();

    [Fact]
    public async Task Every_interface_has_its_numbers_its_MTU_or_the_reason_why_it_is_not_there()
    {
        _switch.Ports.SetDevice("eth0", 1400);
        _switch.Ports.Refuse("p2", "not permitted");
        await using RunningSwitch running = await _switch.StartAsync(Configurations.Switch(Configurations.Bridge(
            "br0", Configurations.Device("p0", 7, "eth0"), Configurations.Device("p1"), Configurations.Device("p2"))));
        BridgeState bridge = running.State.Bridges.ShouldHaveSingleItem();
        bridge.Source.ShouldBe("configuration");
        InterfaceState[] interfaces = [.. bridge.Ports.Select(port => port.Interfaces.ShouldHaveSingleItem())];
        interfaces.Select(one => (one.Name, one.Number, one.DatapathPort, one.Mtu, one.Status, one.Reason)).ShouldBe(
        [
            ("br0", OpenFlowPorts.Local, 1U, 1500, InterfaceStatus.Present, null),
            ("p0", 7U, 2U, 1400, InterfaceStatus.Present, null),
            ("p1", 1U, null, 0, InterfaceStatus.Waiting, "there is no such device"),
            ("p2", 2U, null, 0, InterfaceStatus.Refused, "not permitted"),
        ]);
    }

    [Fact]
    public async Task A_state_that_was_read_does_not_change_and_the_next_one_is_another()
    {
        await using RunningSwitch running = await _switch.StartAsync(
            Configurations.Switch(Configurations.Bridge("br0", Configurations.Device("p0", 1))));
        SwitchState before = running.State;
        _switch.Ports.SetDevice("p0", 1500);
        await Eventually.HoldsAsync(() => running.State.Waiting.IsEmpty);
        before.Waiting.ShouldHaveSingleItem();
        running.State.ShouldNotBe(before);
    }

    [Fact]
    public async Task What_the_switch_cannot_do_is_in_the_state_and_is_logged_once()
    {
        BridgeConfiguration bridge = Configurations.Bridge("br0", Configurations.Device("p0", 1)) with
        {
            Controllers = [new ControllerConfiguration("carrier-pigeon:1")],
            Mirrors = [new MirrorConfiguration { Name = "m0", SelectsAll = true, OutputPort = "p0" }],
        };
        var bond = new PortConfiguration { Name = "bond0", Interfaces = [Configurations.Device("eth1"), Configurations.Device("eth2")] };
        bridge = bridge with { Ports = [.. bridge.Ports, bond] };
        foreach (string device in (string[])["p0", "eth1", "eth2"])
            _switch.Ports.SetDevice(device, 1500);
        await using RunningSwitch running = await _switch.StartAsync(Configurations.Switch(bridge));
        running.State.Bridges[0].Unsupported.Select(part => part.Part)
            .ShouldBe(["port bond0", "controller carrier-pigeon:1", "mirror m0"]);
        running.State.Waiting.Select(one => (one.Name, one.IsRefused)).ShouldBe([("eth1", true), ("eth2", true)]);
        _switch.Ports.List().Select(port => port.Name).ShouldBe(["br0", "p0"]);

        await running.ApplyAsync(Configurations.Switch(bridge with { FailMode = FailMode.Standalone }));
        string[] lines = [.. _switch.Log.All.Where(line => line.Contains("has no effect", StringComparison.Ordinal))];
        lines.Length.ShouldBe(3);
        lines.ShouldContain("Warning: The mirror m0 of bridge br0 has no effect: the switch does not copy packets to mirrors yet");

        await running.ApplyAsync(Configurations.Switch(bridge with
        {
            Controllers = [],
            Mirrors = [],
            Ports = [bridge.Ports[0], PortConfiguration.Of(Configurations.Device("eth1", 2))],
        }));
        running.State.Bridges[0].Unsupported.ShouldBeEmpty();
        SwitchUnderTest.Place(running, 2).ShouldNotBeNull();
    }

    public static TheoryData<InterfaceConfiguration, string> Unusable => new()
    {
        { Configurations.Device("x") with { Problem = "vxlan type requires valid 'remote_ip' argument" }, "vxlan type requires valid" },
        { Configurations.Device("p0"), "the name p0 is already used by an interface of bridge br0" },
        { Configurations.Device("br0"), "the name br0 is already used by bridge br0" },
        { Configurations.Device("x", device: "p0"), "the device p0 is already used by interface p0" },
        { Configurations.Device("x", device: "br0"), "the device br0 is already used by bridge br0" },
        { Configurations.Device("x", device: "vxlan_sys_4789"), "the device vxlan_sys_4789 is that of the tunnel t0" },
        { Configurations.Device("vxlan_sys_4789"), "the device vxlan_sys_4789 is that of the tunnel t0" },
        { Configurations.Internal("vxlan_sys_4789"), "the device vxlan_sys_4789 is that of the tunnel t0" },
        { Configurations.Device("x") with { Share = 0 }, "its share must be a number above 0 up to 1, not 0" },
        { Configurations.Device("x") with { Share = 1.5 }, "its share must be a number above 0 up to 1, not 1.5" },
        { Configurations.Device("x") with { Share = double.NaN }, "its share must be a number above 0 up to 1, not NaN" },
        { Configurations.Device("dp0"), "dp0 is the datapath's own port" },
        { Configurations.Vxlan("x", null, 1), "its packets cannot be told from those of interface t0" },
        { Configurations.Vxlan("x", null, 1) with { Tunnel = new TunnelPort() }, "a tunnel needs a remote address" },
        {
            Configurations.Vxlan("x", null, 1) with { Tunnel = new TunnelPort { RemoteIpv4 = 1, IsLocalFlow = true } },
            "local_ip=flow goes with remote_ip=flow only"
        },
        {
            Configurations.Vxlan("x", null, 1) with { Tunnel = new TunnelPort { RemoteIpv4 = 1, IsRemoteFlow = true } },
            "an address of a tunnel is configured or comes from flows, not both"
        },
        { Configurations.Vxlan("x", null, 1) with { Tunnel = null }, "there are tunnels with far ends on its port" },
    };

    [Theory]
    [InlineData(PortKind.Vxlan, 0, "vxlan_sys_4789")]
    [InlineData(PortKind.Vxlan, 8472, "vxlan_sys_8472")]
    [InlineData(PortKind.Geneve, 0, "genev_sys_6081")]
    [InlineData(PortKind.Geneve, 7000, "genev_sys_7000")]
    [InlineData(PortKind.Gre, 0, "gre_sys")]
    [InlineData(PortKind.Ip6Gre, 0, "ip6gre_sys")]
    public async Task A_device_of_tunnels_is_no_port_beside_them_whichever_is_named_first(PortKind kind, int udpPort, string device)
    {
        _switch.Ports.SetDevice(device, 1500);
        InterfaceConfiguration Tunnel(string name, ulong key) => new()
        {
            Name = name,
            Kind = kind,
            UdpPort = (ushort)udpPort,
            Tunnel = kind == PortKind.Ip6Gre
                ? new TunnelPort { RemoteIpv6 = ((UInt128)0x20010db8 << 96) + 1, DestinationPort = 0 }.WithKey(key)
                : new TunnelPort { RemoteIpv4 = 0xc0000201, DestinationPort = 0 }.WithKey(key),
        };
        InterfaceConfiguration[] tunnels = [Tunnel("t0", 1), Tunnel("t1", 2)];
        InterfaceConfiguration wrong = Configurations.Device("x", device: device);
        foreach (InterfaceConfiguration[] order in (InterfaceConfiguration[][])[[wrong, .. tunnels], [.. tunnels, wrong]])
        {
            await using RunningSwitch running = await _switch.StartAsync(Configurations.Switch(Configurations.Bridge("br0", order)));
            WaitingInterface waiting = running.State.Waiting.ShouldHaveSingleItem();
            (waiting.Name, waiting.IsRefused, waiting.Reason)
                .ShouldBe(("x", true, $"the device {device} is that of the tunnel t0"));
            running.Translators.Bridges[0].Ports.Select(port => port.Name).ShouldBe(["br0", "t0", "t1"], ignoreOrder: true);
        }
    }

    [Fact]
    public async Task A_bridge_keeps_a_device_that_tunnels_would_have()
    {
        await using RunningSwitch running = await _switch.StartAsync(Configurations.Switch(
            Configurations.Bridge("vxlan_sys_4789", Configurations.Vxlan("t0", 1, 1)), Configurations.Bridge("br0")));
        running.State.Waiting.ShouldHaveSingleItem().Reason.ShouldBe("all packets of its port belong to bridge vxlan_sys_4789");
        running.Translators.Bridges.Length.ShouldBe(2);
    }

    [Fact]
    public async Task Of_two_interfaces_called_like_their_bridge_the_first_is_its_own_port()
    {
        await using RunningSwitch running = await _switch.StartAsync(Configurations.Switch(
            Configurations.Bridge("br0", Configurations.Internal("br0"), Configurations.Internal("p0", 1), Configurations.Device("br0"))));
        WaitingInterface waiting = running.State.Waiting.ShouldHaveSingleItem();
        (waiting.Name, waiting.IsRefused, waiting.Reason).ShouldBe(("br0", true, "the name br0 is already used by bridge br0"));
        running.Translators.Bridges[0].Ports.Select(port => port.Number).ShouldBe([OpenFlowPorts.Local, 1U], ignoreOrder: true);
    }

    [Theory]
    [MemberData(nameof(Unusable))]
    public async Task An_interface_that_cannot_be_used_is_told_of_once_with_the_reason_and_the_others_work(
        InterfaceConfiguration wrong, string reason)
    {
        _switch.Ports.SetDevice("p0", 1500);
        SwitchConfiguration wanted = Configurations.Switch(
            Configurations.Bridge("br0", Configurations.Device("p0", 1), Configurations.Vxlan("t0", 2, 1)),
            Configurations.Bridge("br1", wrong));
        await using RunningSwitch running = await _switch.StartAsync(wanted);
        WaitingInterface waiting = running.State.Waiting.ShouldHaveSingleItem();
        (waiting.Bridge, waiting.Name, waiting.IsRefused).ShouldBe(("br1", wrong.Name, true));
        waiting.Reason.ShouldContain(reason);
        await running.RetryAsync();
        _switch.Log.All.Where(line => line.Contains(reason, StringComparison.Ordinal)).ShouldHaveSingleItem()
            .ShouldStartWith($"Error: Port {wrong.Name} of br1 is refused: ");
        SwitchUnderTest.Place(running, 1).ShouldNotBeNull();
        SwitchUnderTest.Place(running, 2).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_bridges_own_port_may_be_configured_and_is_an_internal_one_in_any_case()
    {
        PortConfiguration local = PortConfiguration.Of(Configurations.Device("br0")) with { VlanMode = VlanMode.Access, Tag = 9 };
        await using RunningSwitch running = await _switch.StartAsync(
            Configurations.Switch(new BridgeConfiguration { Name = "br0", Ports = [local] }));
        BridgePort port = running.Translators.Bridges[0].Ports.ShouldHaveSingleItem();
        (port.Number, port.Vlan).ShouldBe((OpenFlowPorts.Local, (ushort)9));
        running.State.Bridges[0].Ports[0].Interfaces[0].Kind.ShouldBe(PortKind.Internal);
    }

    [Fact]
    public async Task Interfaces_of_no_bridge_are_added_and_followed()
    {
        await using RunningSwitch running = await _switch.StartAsync(
            new SwitchConfiguration { Interfaces = [Configurations.Device("eth0")] });
        running.State.Interfaces.ShouldHaveSingleItem().Status.ShouldBe(InterfaceStatus.Waiting);
        _switch.Ports.SetDevice("eth0", 1500);
        await Eventually.HoldsAsync(() => running.State.Interfaces[0].DatapathPort == 1);
        running.State.Interfaces[0].Number.ShouldBeNull();
        running.Translators.Bridges.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_second_source_adds_bridges_of_its_own_and_cannot_take_those_of_the_first()
    {
        SwitchConfiguration first = Configurations.Switch(Configurations.Bridge("br0", Configurations.Internal("p0", 1)));
        await using RunningSwitch running = await _switch.StartAsync(first);
        BridgeConfiguration other = Configurations.Bridge("br1", Configurations.Internal("p1", 1));
        await running.ApplyAsync(Configurations.Switch(Configurations.Bridge("br0"), other), "database");
        running.State.Bridges.Select(bridge => (bridge.Name, bridge.Source)).ShouldBe([("br0", "configuration"), ("br1", "database")]);
        running.State.Conflicts.ShouldHaveSingleItem().ShouldContain("bridge br0 of database");
        SwitchUnderTest.Place(running, 1).ShouldNotBeNull();

        await running.ApplyAsync(SwitchConfiguration.Empty, "database");
        running.State.Bridges.ShouldHaveSingleItem().Name.ShouldBe("br0");
        _switch.Ports.List().Select(port => port.Name).ShouldBe(["br0", "p0"]);
    }

    [Fact]
    public async Task A_configuration_that_says_the_same_changes_nothing()
    {
        static SwitchConfiguration Wanted() => Configurations.Switch(
            Configurations.Bridge("br0", Configurations.Internal("p0", 1)) with { Flows = Configurations.Flows("actions=normal") });
        await using RunningSwitch running = await _switch.StartAsync(Wanted());
        Bridge before = running.Translators.Bridges[0];
        ulong version = running.Translators.Version;
        AppliedConfiguration applied = await running.ApplyAsync(Wanted());
        applied.Difference.IsEmpty.ShouldBeTrue();
        running.Translators.Bridges[0].ShouldBeSameAs(before);
        running.Translators.Version.ShouldBe(version);
    }

    [Fact]
    public async Task A_change_of_one_bridge_leaves_the_others_the_objects_that_they_are()
    {
        BridgeConfiguration[] bridges = [Configurations.Bridge("br0", Configurations.Internal("p0", 1)), Configurations.Bridge("br1")];
        await using RunningSwitch running = await _switch.StartAsync(Configurations.Switch(bridges));
        Bridge[] before = [.. running.Translators.Bridges];
        bridges[1] = Configurations.Bridge("br1", Configurations.Internal("p1", 1));
        await running.ApplyAsync(Configurations.Switch(bridges));
        running.Translators.Bridges[0].ShouldBeSameAs(before[0]);
        running.Translators.Bridges[1].ShouldNotBeSameAs(before[1]);
    }
}
