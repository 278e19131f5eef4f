using Akka.Actor;
using UpcallActors.Embedded;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;
using UpcallActors.Packets;
using UpcallActors.Pipeline;

namespace UpcallActors.Switch.Tests.Running;

/// <summary>A switch that goes on by another configuration.</summary>
public sealed class ReconfigurationTests : IDisposable
{
    private readonly SwitchUnderTest _switch = new();

    public ReconfigurationTests() => Scripted.SetDevice("eth0", 1500);

    private ScriptedPorts Scripted => _switch.Ports;

    public void Dispose() => _switch.Dispose();

    [Fact]
    public async Task Flows_that_differ_change_and_the_others_keep_their_counters()
    {
        await using RunningSwitch running = await _switch.StartAsync(Wanted());
        FlowTables tables = running.Translators.Bridges[0].Tables;
        tables.Apply(FlowSyntax.ParseFlow("priority=9,arp,actions=normal"));
        ulong version = tables.Version;
        Rule kept = Rule(tables, 5);
        await running.ApplyAsync(
            Wanted("priority=5,actions=output:1\npriority=6,ip,actions=output:3\npriority=7,icmp,actions=drop\n"));
        tables.Version.ShouldBe(version + 1);
        Rule(tables, 5).ShouldBeSameAs(kept);
        tables.GetRules().Select(rule => rule.Priority).Order().ShouldBe([(ushort)5, (ushort)6, (ushort)7, (ushort)9]);
        Rule(tables, 6).ToString().ShouldEndWith("actions=output:3");

        await running.ApplyAsync(Wanted("priority=7,icmp,actions=drop\n"));
        tables.GetRules().Select(rule => rule.Priority).Order().ShouldBe([(ushort)7, (ushort)9]);
    }

    [Fact]
    public async Task A_bridge_that_becomes_standalone_or_is_so_no_more_begins_anew_with_its_flows()
    {
        await using RunningSwitch running = await _switch.StartAsync(Wanted());
        FlowTables tables = running.Translators.Bridges[0].Tables;
        tables.Apply(FlowSyntax.ParseFlow("priority=9,arp,actions=normal"));
        SwitchConfiguration standalone = Configurations.Switch(Wanted().Bridges[0] with { FailMode = FailMode.Standalone });
        ulong version = tables.Version;
        await running.ApplyAsync(standalone);
        tables.Version.ShouldBe(version + 1);
        Printed().ShouldBe(
            ["priority=0 actions=NORMAL", "priority=5 actions=output:1", "priority=6,ip actions=output:2"], ignoreOrder: true);

        // An ordinary flow: nothing but such a change brings it back.
        tables.Apply(FlowSyntax.ParseFlow("delete_strict priority=0"));
        await running.ApplyAsync(standalone with
        {
            Bridges = [standalone.Bridges[0] with { Flows = Configurations.Flows("priority=7,icmp,actions=drop\n") }],
        });
        Printed().ShouldBe(["priority=7,icmp actions=drop"]);

        // With a controller to ask, nothing is forwarded that no flow is for.
        await running.ApplyAsync(standalone with
        {
            Bridges = [standalone.Bridges[0] with { Controllers = [new ControllerConfiguration("unix:/nowhere/controller")] }],
        });
        Printed().ShouldBe(["priority=5 actions=output:1", "priority=6,ip actions=output:2"], ignoreOrder: true);
        await running.ApplyAsync(standalone with
        {
            Bridges = [standalone.Bridges[0] with { Controllers = [new ControllerConfiguration("ptcp:0:127.0.0.1")] }],
        });
        Printed().ShouldContain("priority=0 actions=NORMAL");

        await running.ApplyAsync(Configurations.Switch(Wanted().Bridges[0]));
        Printed().ShouldBe(["priority=5 actions=output:1", "priority=6,ip actions=output:2"], ignoreOrder: true);

        IEnumerable<string> Printed() => tables.GetRules().Select(rule => rule.ToString());
    }

    [Fact]
    public async Task Flows_change_on_a_thread_that_stands_back_for_lanes()
    {
        await using RunningSwitch running = await _switch.StartAsync(Wanted());
        int niceness = 0;
        running.Translators.Bridges[0].Tables.Changed += (_, _) => niceness = Niceness.OfThread;
        await running.ApplyAsync(Wanted("priority=7,icmp,actions=drop\n"));
        // Where all of the process stands back further already, so may this: without a privilege it cannot come forward.
        niceness.ShouldBeOneOf(5, Math.Max(5, Niceness.OfThread));
    }

    [Fact]
    public async Task Addresses_behind_a_number_that_is_another_interfaces_now_or_nobodys_are_forgotten()
    {
        await using RunningSwitch running = await _switch.StartAsync(Wanted());
        MacLearningTable addresses = running.Translators.Bridges[0].MacLearning;
        addresses.Learn(0x020000000001, 0, 1);
        addresses.Learn(0x020000000003, 0, 3);
        addresses.TryAddStatic(0x020000000011, 0, 1);
        addresses.TryAddStatic(0x020000000012, 0, 2);
        BridgeConfiguration bridge = Wanted().Bridges[0];
        await running.ApplyAsync(Configurations.Switch(bridge with { FailMode = FailMode.Standalone }));
        addresses.Count.ShouldBe(4);

        // p1 stays, p7 gets the number of p0, and t0 goes.
        await running.ApplyAsync(Configurations.Switch(bridge with
        {
            Ports = [bridge.Ports[1], PortConfiguration.Of(Configurations.Internal("p7", 1)), bridge.Ports[3]],
        }));
        addresses.List().Select(entry => entry.Address).ShouldBe([0x020000000012UL]);

        addresses.Learn(0x020000000001, 0, 1);
        await running.ApplyAsync(Configurations.Switch(bridge with
        {
            Ports = [bridge.Ports[1], PortConfiguration.Of(Configurations.Device("p7", 1, "eth0")), bridge.Ports[3]],
        }));
        addresses.TryLookup(0x020000000001, 0, out _).ShouldBeFalse("the same name is another device");
    }

    public static TheoryData<PortConfiguration, PortConfiguration, bool> Vlans => new()
    {
        { Trunk(), Trunk(10), true },
        { Trunk(10), Trunk(10, 20), true },
        { Trunk(10, 20), Trunk(20, 10, 10), false },
        { Trunk(), Access(5), true },
        { Access(5), Access(6), true },
        { Access(5), Trunk(), true },
        { Access(5), Access(5) with { Trunks = [10] }, false },
        { Trunk(10), Trunk(10) with { Tag = 7 }, false },
        { Trunk(10), Trunk(10) with { Cvlans = [7] }, false },
        { Trunk(10), Trunk(10) with { PriorityTags = PriorityTags.Always }, true },
        { Trunk(10), Trunk(10) with { IsProtected = true }, true },
        { Native(5), Native(5) with { VlanMode = VlanMode.NativeUntagged }, true },
        { Native(5), Native(6), true },
        { Native(5, 7), Native(5, 7, 5, 0), false },
        { Native(5), Native(5, 5, 7), true },
        { Native(0, 7), Native(0, 7, 0), true },
        { Tunnel(5), Tunnel(5) with { Trunks = [7] }, false },
        { Tunnel(5), Tunnel(5) with { QinqEthtype = 0x8100 }, true },
        { Tunnel(5, 7, 8), Tunnel(5, 8, 7), false },
        { Tunnel(5, 7), Tunnel(5), true },
    };

    [Theory]
    [MemberData(nameof(Vlans))]
    public async Task Addresses_behind_a_port_are_forgotten_when_its_VLANs_change_and_those_of_other_ports_stay(
        PortConfiguration before, PortConfiguration after, bool isForgotten)
    {
        SwitchConfiguration With(PortConfiguration vlans) => Configurations.Switch(new BridgeConfiguration
        {
            Name = "br0",
            Ports =
            [
                vlans with { Name = "p0", Interfaces = [Configurations.Internal("p0", 1)] },
                vlans with { Name = "br0", Interfaces = [Configurations.Internal("br0")] },
                PortConfiguration.Of(Configurations.Internal("p1", 2)),
            ],
        });
        await using RunningSwitch running = await _switch.StartAsync(With(before));
        MacLearningTable addresses = running.Translators.Bridges[0].MacLearning;
        addresses.Learn(0x020000000001, 0, 1);
        addresses.TryAddStatic(0x020000000011, 0, 1);
        addresses.Learn(0x0200000000ff, 0, OpenFlowPorts.Local);
        addresses.Learn(0x020000000002, 0, 2);
        await running.ApplyAsync(With(after));
        addresses.List().Select(entry => entry.Address).Order()
            .ShouldBe(isForgotten ? [0x020000000002UL] : [0x020000000001UL, 0x020000000002, 0x020000000011, 0x0200000000ff]);
    }

    [Fact]
    public async Task A_tunnel_takes_the_place_of_a_port_on_its_device_and_gives_it_back()
    {
        Scripted.SetDevice("vxlan_sys_4789", 1500);
        SwitchConfiguration onDevice = Configurations.Switch(
            Configurations.Bridge("br0", Configurations.Device("p0", 1, "vxlan_sys_4789")));
        SwitchConfiguration tunnel = Configurations.Switch(Configurations.Bridge("br0", Configurations.Vxlan("t0", 2, 1)));
        await using RunningSwitch running = await _switch.StartAsync(onDevice);
        int lines = _switch.Log.All.Count;

        await running.ApplyAsync(tunnel);
        _switch.Log.All.Skip(lines).ShouldBe(
        [
            "Information: Removed the datapath's port vxlan_sys_4789, which is no longer configured",
            $"Information: Port t0 of br0: datapath port {SwitchUnderTest.Place(running, 2)} (vxlan_sys_4789), MTU 65535",
        ]);
        Scripted.List().Select(port => port.Name).ShouldBe(["br0", "vxlan_sys_4789"], ignoreOrder: true);

        await running.ApplyAsync(onDevice);
        Scripted.List().Select(port => port.Name).ShouldBe(["br0"]);
        running.State.Waiting.ShouldHaveSingleItem().Reason.ShouldBe("there is no such device");
        Scripted.SetDevice("vxlan_sys_4789", 1500);
        await Eventually.HoldsAsync(() => SwitchUnderTest.Place(running, 1) is not null);
    }

    [Fact]
    public async Task Ports_come_go_and_change_and_what_stays_is_not_touched()
    {
        await using RunningSwitch running = await _switch.StartAsync(Wanted());
        Bridge before = running.Translators.Bridges[0];
        uint number = SwitchUnderTest.Place(running, 1)!.Value;
        Scripted.SetDevice("eth5", 9000);
        // p1 becomes another kind of port under its name, p5 is new, t0 goes and leaves its tunnel to t1, br1 goes with its port.
        await running.ApplyAsync(Configurations.Switch(Wanted().Bridges[0] with
        {
            Ports =
            [
                new PortConfiguration
                {
                    Name = "p0", VlanMode = VlanMode.Access, Tag = 4, Interfaces = [Configurations.Device("p0", 7, "eth0")],
                },
                PortConfiguration.Of(Configurations.Device("p1", 2)),
                PortConfiguration.Of(Configurations.Device("p5", 5, "eth5")),
                PortConfiguration.Of(Configurations.Vxlan("t1", 4, 2)),
            ],
        }));
        Bridge after = running.Translators.Bridges.ShouldHaveSingleItem();
        after.Tables.ShouldBeSameAs(before.Tables);
        after.MacLearning.ShouldBeSameAs(before.MacLearning);
        SwitchUnderTest.Place(running, 7).ShouldBe(number);
        SwitchUnderTest.Place(running, 1).ShouldBeNull();
        SwitchUnderTest.Place(running, 5).ShouldNotBeNull();
        after.TryGetPort(7, out BridgePort? tagged).ShouldBeTrue();
        tagged.Vlan.ShouldBe((ushort)4);
        // The device of the internal port went with it.
        running.State.Waiting.ShouldHaveSingleItem().Name.ShouldBe("p1");
        Scripted.SetDevice("p1", 1500);
        await Eventually.HoldsAsync(() => running.State.Waiting.IsEmpty);
        Scripted.List().Select(port => port.Name).ShouldBe(["eth0", "p1", "eth5", "vxlan_sys_4789", "br0"], ignoreOrder: true);
        foreach (string gone in (string[])["p1", "br1", "p2"])
            _switch.Log.All.ShouldContain($"Information: Removed the datapath's port {gone}, which is no longer configured");

        await running.ApplyAsync(Wanted());
        Scripted.List().Select(port => port.Name).ShouldBe(["eth0", "p1", "vxlan_sys_4789", "br0", "br1", "p2"], ignoreOrder: true);
        SwitchUnderTest.Place(running, 1).ShouldBe(number);
    }

    [Fact]
    public async Task A_port_that_is_refused_is_told_of_and_the_rest_holds()
    {
        await using RunningSwitch running = await _switch.StartAsync(Wanted());
        Scripted.Refuse("p9", "it is somebody else's");
        SwitchConfiguration wanted = Wanted();
        PortConfiguration renumbered = PortConfiguration.Of(Configurations.Internal("p1", 8));
        ValueList<PortConfiguration> ports = wanted.Bridges[0].Ports;
        await running.ApplyAsync(Configurations.Switch(
            wanted.Bridges[0] with { Ports = ValueList.From(ports.Select(port => port.Name == "p1" ? renumbered : port)) },
            Configurations.Bridge("br1", Configurations.Internal("p9", 1))));
        _switch.Log.All.ShouldContain("Error: Port p9 of br1 is refused: it is somebody else's");
        SwitchUnderTest.Place(running, 8).ShouldNotBeNull();
    }

    [Fact]
    public async Task When_the_datapath_is_gone_the_failure_is_told()
    {
        await using RunningSwitch running = await _switch.StartAsync(Wanted());
        Scripted.Delete();
        (await Should.ThrowAsync<DatapathException>(running.ApplyAsync(Wanted()))).Message.ShouldBe("datapath dp0 is gone");
    }

    [Fact]
    public async Task The_pipeline_knows_the_shares_of_ports_by_their_numbers_of_the_moment()
    {
        using var system = ActorSystem.Create("shares", "akka.loglevel = OFF");
        await using RunningSwitch running = await _switch.StartAsync(Shared());
        var settings = new UpcallPipelineSettings { Revalidation = null };
        await using var pipeline = UpcallPipeline.Start(system, _switch.Datapath, running.Translators, settings);
        await running.AttachAsync(pipeline);
        pipeline.Tuning.PortShares.Count.ShouldBe(2);
        pipeline.Tuning.PortShares[SwitchUnderTest.Place(running, 1)!.Value].ShouldBe(0.25);
        pipeline.Tuning.PortShares[SwitchUnderTest.Place(running, 3)!.Value].ShouldBe(0.75);

        Scripted.RemoveDevice("eth0");
        await Eventually.HoldsAsync(() => pipeline.Tuning.PortShares.Count == 1);
        await running.ApplyAsync(Wanted());
        pipeline.Tuning.PortShares.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_port_goes_when_the_packets_that_may_be_on_their_way_to_it_are_done()
    {
        using var system = ActorSystem.Create("leaving", "akka.loglevel = OFF");
        using var gate = new ManualResetEventSlim();
        _switch.Datapath.AddPort(new EmbeddedPort(2, "eth0"));
        await using RunningSwitch running = await _switch.StartAsync(Wanted());
        var held = new HeldTranslators(running.Translators, gate);
        await using var pipeline = UpcallPipeline.Start(
            system, _switch.Datapath, held, new UpcallPipelineSettings { Revalidation = null });
        await running.AttachAsync(pipeline);
        _switch.Datapath.Receive(2, new byte[64]);
        await Eventually.HoldsAsync(() => held.IsHeld);

        Task<AppliedConfiguration> applying = running.ApplyAsync(Configurations.Switch(Wanted().Bridges[0]));

        await Eventually.HoldsAsync(() => running.Translators.Bridges.Length == 1);
        Scripted.List().ShouldContain(port => port.Name == "p2");
        applying.IsCompleted.ShouldBeFalse();
        gate.Set();
        await applying;
        pipeline.Counters.Completed.ShouldBe(1);
        Scripted.List().ShouldNotContain(port => port.Name == "p2");
    }

    private static SwitchConfiguration Wanted(string flows = "priority=5,actions=output:1\npriority=6,ip,actions=output:2\n") =>
        Configurations.Switch(
            Configurations.Bridge(
                "br0",
                Configurations.Device("p0", 1, "eth0"),
                Configurations.Internal("p1", 2),
                Configurations.Vxlan("t0", 3, 1),
                Configurations.Vxlan("t1", 4, 2)) with
            { Flows = Configurations.Flows(flows) },
            Configurations.Bridge("br1", Configurations.Internal("p2", 1)));

    /// <summary>The same with shares for p0 and the tunnels.</summary>
    private static SwitchConfiguration Shared()
    {
        BridgeConfiguration bridge = Wanted().Bridges[0];
        return Configurations.Switch(bridge with
        {
            Ports = ValueList.From(bridge.Ports.Select(port => PortConfiguration.Of(
                port.Interfaces[0] with { Share = port.Name switch { "p0" => 0.25, "p1" => null, _ => 0.75 } }))),
        });
    }

    private static PortConfiguration Trunk(params ushort[] vlans) => new() { Name = "p0", Trunks = [.. vlans] };

    private static PortConfiguration Access(ushort vlan) => new() { Name = "p0", VlanMode = VlanMode.Access, Tag = vlan };

    private static PortConfiguration Native(ushort vlan, params ushort[] trunks) =>
        new() { Name = "p0", VlanMode = VlanMode.NativeTagged, Tag = vlan, Trunks = [.. trunks] };

    private static PortConfiguration Tunnel(ushort vlan, params ushort[] within) =>
        new() { Name = "p0", VlanMode = VlanMode.Dot1qTunnel, Tag = vlan, Cvlans = [.. within] };

    private static Rule Rule(FlowTables tables, ushort priority) => tables.GetRules().Single(rule => rule.Priority == priority);

    /// <summary>Translators that wait at a gate.</summary>
    private sealed class HeldTranslators(IUpcallTranslatorFactory inner, ManualResetEventSlim gate) : IUpcallTranslatorFactory
    {
        public event EventHandler? Changed
        {
            add => inner.Changed += value;
            remove => inner.Changed -= value;
        }

        public bool IsHeld { get; private set; }

        public IRecirculationIds? Recirculations => inner.Recirculations;

        public ulong Version => inner.Version;

        public ulong RevalidationVersion => inner.RevalidationVersion;

        public IUpcallTranslator Create(int number) => new Held(this, inner.Create(number));

        public void Expire(bool isAccounted) => inner.Expire(isAccounted);

        private void Wait()
        {
            IsHeld = true;
            gate.Wait();
        }

        private sealed class Held(HeldTranslators all, IUpcallTranslator translator) : IUpcallTranslator
        {
            public Translation Translate(in UpcallView upcall, Span<byte> actions, ref FlowKey mask)
            {
                all.Wait();
                return translator.Translate(upcall, actions, ref mask);
            }

            public Translation Retranslate(in FlowKey key, FlowCredit credit, Span<byte> actions, ref FlowKey mask) =>
                translator.Retranslate(key, credit, actions, ref mask);
        }
    }
}
