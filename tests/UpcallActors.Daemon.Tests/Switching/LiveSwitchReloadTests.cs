using Akka.Actor;
using UpcallActors.Daemon.Configuration;
using UpcallActors.Daemon.Switching;
using UpcallActors.Daemon.Tests.Configuration;
using UpcallActors.Embedded;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.OpenFlow;
using UpcallActors.Pipeline;

namespace UpcallActors.Daemon.Tests.Switching;

/// <summary>Bridges that go on by another configuration.</summary>
public sealed class LiveSwitchReloadTests : IDisposable
{
    private const string Text = """
        upcall-actors.bridges {
          br0 {
            flows = "flows.of"
            ports {
              p0 { number = 1, type = system, interface = eth0 }
              p1 { number = 2, type = internal }
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

    public LiveSwitchReloadTests()
    {
        _ports.SetDevice("eth0", 1500);
        _folder.Write("flows.of", "priority=5,actions=output:1\npriority=6,ip,actions=output:2\n");
    }

    public void Dispose()
    {
        _ports.Dispose();
        _datapath.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Flows_that_differ_change_and_the_others_keep_their_counters()
    {
        await using LiveSwitch bridges = Start();
        FlowTables tables = bridges.Translators.Bridges[0].Tables;
        tables.Apply(FlowSyntax.ParseFlow("priority=9,arp,actions=normal"));
        ulong version = tables.Current.Version;
        Rule kept = Rule(tables, 5);
        _folder.Write("flows.of", "priority=5,actions=output:1\npriority=6,ip,actions=output:3\npriority=7,icmp,actions=drop\n");
        await bridges.ApplyAsync(Read(Text));
        tables.Current.Version.ShouldBe(version + 1);
        Rule(tables, 5).ShouldBeSameAs(kept);
        tables.GetRules().Select(rule => rule.Priority).Order().ShouldBe([(ushort)5, (ushort)6, (ushort)7, (ushort)9]);
        Rule(tables, 6).ToString().ShouldEndWith("actions=output:3");

        _folder.Write("flows.of", "priority=7,icmp,actions=drop\n");
        await bridges.ApplyAsync(Read(Text));
        tables.GetRules().Select(rule => rule.Priority).Order().ShouldBe([(ushort)7, (ushort)9]);
    }

    [Fact]
    public async Task Flows_change_on_a_thread_that_stands_back_for_lanes()
    {
        await using LiveSwitch bridges = Start();
        int niceness = 0;
        bridges.Translators.Bridges[0].Tables.Changed += (_, _) => niceness = Niceness.OfThread;
        _folder.Write("flows.of", "priority=7,icmp,actions=drop\n");
        await bridges.ApplyAsync(Read(Text));
        niceness.ShouldBeGreaterThan(Niceness.OfThread);
    }

    [Fact]
    public async Task Ports_come_go_and_change_and_what_stays_is_not_touched()
    {
        await using LiveSwitch bridges = Start();
        Bridge before = bridges.Translators.Bridges[0];
        uint number = Place(bridges, 1)!.Value;
        _ports.SetDevice("eth5", 9000);
        // p1 becomes another kind of port under its name, p5 is new, t0 goes and leaves its tunnel to t1, br1 goes with its port.
        await bridges.ApplyAsync(Read("""
            upcall-actors.bridges.br0 {
              flows = "flows.of"
              ports {
                p0 { number = 7, type = system, interface = eth0, tag = 4 }
                p1 { number = 2, type = system }
                p5 { number = 5, type = system, interface = eth5 }
                t1 { number = 4, type = vxlan, remote-ip = 192.0.2.2, key = 1 }
              }
            }
            """));
        Bridge after = bridges.Translators.Bridges.ShouldHaveSingleItem();
        after.Tables.ShouldBeSameAs(before.Tables);
        after.MacLearning.ShouldBeSameAs(before.MacLearning);
        Place(bridges, 7).ShouldBe(number);
        Place(bridges, 1).ShouldBeNull();
        Place(bridges, 5).ShouldNotBeNull();
        after.TryGetPort(7, out BridgePort? tagged).ShouldBeTrue();
        tagged.Vlan.ShouldBe((ushort)4);
        _ports.List().Select(port => port.Name).ShouldBe(["eth0", "p1", "eth5", "vxlan_sys_4789", "br0"], ignoreOrder: true);
        foreach (string gone in (string[])["p1", "br1", "p2"])
            _log.All.ShouldContain($"Information: Removed the datapath's port {gone}, which is no longer configured");

        await bridges.ApplyAsync(Read(Text));
        _ports.List().Select(port => port.Name).ShouldBe(["eth0", "p1", "vxlan_sys_4789", "br0", "br1", "p2"], ignoreOrder: true);
        Place(bridges, 1).ShouldBe(number);
    }

    [Fact]
    public async Task A_port_that_is_refused_is_told_of_and_the_rest_holds()
    {
        await using LiveSwitch bridges = Start();
        _ports.Refuse("p9", "it is somebody else's");
        await bridges.ApplyAsync(Read(Text.Replace("p2 {", "p9 {", StringComparison.Ordinal)
            .Replace("number = 2,", "number = 8,", StringComparison.Ordinal)));
        _log.All.ShouldContain("Error: Port p9 of br1 is refused: it is somebody else's");
        Place(bridges, 8).ShouldNotBeNull();
    }

    [Fact]
    public async Task When_the_datapath_is_gone_the_failure_is_told()
    {
        await using LiveSwitch bridges = Start();
        _ports.Delete();
        (await Should.ThrowAsync<DatapathException>(bridges.ApplyAsync(Read(Text)))).Message.ShouldBe("datapath dp0 is gone");
    }

    [Fact]
    public async Task The_pipeline_knows_the_shares_of_ports_by_their_numbers_of_the_moment()
    {
        using var system = ActorSystem.Create("shares", "akka.loglevel = OFF");
        await using LiveSwitch bridges = LiveSwitch.Start(
            Read(Text.Replace("interface = eth0", "interface = eth0, share = 0.25", StringComparison.Ordinal)
                .Replace("key = 1", "key = 1, share = 0.75", StringComparison.Ordinal)), _datapath, _ports, _log);
        await using var pipeline = UpcallPipeline.Start(system, _datapath, bridges.Translators,
            new UpcallPipelineSettings { Revalidation = null });
        bridges.ShareWith(pipeline);
        await Eventually.HoldsAsync(() => pipeline.Tuning.PortShares.Count == 2);
        pipeline.Tuning.PortShares[Place(bridges, 1)!.Value].ShouldBe(0.25);
        pipeline.Tuning.PortShares[Place(bridges, 3)!.Value].ShouldBe(0.75);

        _ports.RemoveDevice("eth0");
        await Eventually.HoldsAsync(() => pipeline.Tuning.PortShares.Count == 1);
        await bridges.ApplyAsync(Read(Text));
        pipeline.Tuning.PortShares.ShouldBeEmpty();
    }

    private LiveSwitch Start() => LiveSwitch.Start(Read(Text), _datapath, _ports, _log);

    private DaemonOptions Read(string text)
    {
        (DaemonOptions? options, IReadOnlyList<ConfigurationProblem> problems) = _folder.Read(text);
        problems.ShouldBeEmpty();
        return options!;
    }

    private static Rule Rule(FlowTables tables, ushort priority) => tables.GetRules().Single(rule => rule.Priority == priority);

    private static uint? Place(LiveSwitch bridges, uint number) =>
        bridges.Translators.Bridges[0].TryGetPort(number, out BridgePort? port) ? port.DatapathPort : null;
}
