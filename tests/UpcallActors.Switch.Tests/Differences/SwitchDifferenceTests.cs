using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch.Tests.Differences;

/// <summary>What differs between two configurations.</summary>
public sealed class SwitchDifferenceTests
{
    private const string ItselfChanged = "fail mode, tables or settings of OpenFlow changed of br0";

    private static readonly SwitchConfiguration Before = Configurations.Switch(
        Configurations.Bridge("br0", Configurations.Device("p0", 1), Configurations.Device("p1", 2))
            with
        { Flows = Configurations.Flows("priority=1,actions=drop\npriority=2,actions=1") },
        Configurations.Bridge("br1", Configurations.Device("p2", 1)));

    public static TheoryData<Func<SwitchConfiguration, SwitchConfiguration>, string> Changes => new()
    {
        { one => one, "" },
        { one => one with { Bridges = [.. one.Bridges, Configurations.Bridge("br2")] }, "bridge br2 added" },
        { one => one with { Bridges = [one.Bridges[0]] }, "bridge br1 removed" },
        { one => one with { Bridges = [one.Bridges[1], one.Bridges[0]] }, "" },
        { one => Change(one, bridge => bridge with { FailMode = FailMode.Standalone }), ItselfChanged },
        { one => Change(one, bridge => bridge with { DatapathId = 5 }), ItselfChanged },
        { one => Change(one, bridge => bridge with { Protocols = OpenFlowVersions.Of(OpenFlowVersion.V13) }), ItselfChanged },
        { one => Change(one, bridge => bridge with { ControllerQueueSize = 5 }), ItselfChanged },
        { one => Change(one, bridge => bridge with { InBandQueue = 1 }), ItselfChanged },
        {
            one => Change(one, bridge => bridge with { Ports = [.. bridge.Ports, PortConfiguration.Of(Configurations.Device("p3", 3))] }),
            "port p3 added of br0 interface p3 added of br0"
        },
        {
            one => Change(one, bridge => bridge with { Ports = [bridge.Ports[0]] }),
            "port p1 removed of br0 interface p1 removed of br0"
        },
        {
            one => Change(one, bridge => bridge with { Ports = [bridge.Ports[0] with { Tag = 5 }, bridge.Ports[1]] }),
            "port p0 changed of br0"
        },
        {
            one => Change(one, bridge => bridge with { Ports = [PortConfiguration.Of(Configurations.Device("p0", 7)), bridge.Ports[1]] }),
            "port p0 changed of br0 interface p0 changed of br0"
        },
        {
            one => Change(one, bridge => bridge with { Controllers = [new ControllerConfiguration("tcp:192.0.2.1")] }),
            "controller tcp:192.0.2.1 added of br0"
        },
        { one => Change(one, bridge => bridge with { Mirrors = [new MirrorConfiguration { Name = "m0" }] }), "mirror m0 added of br0" },
        {
            one => Change(one, bridge => bridge with { Flows = Configurations.Flows("priority=1,actions=drop\npriority=3,actions=1") }),
            "2 changes of flows of br0"
        },
        { one => Change(one, bridge => bridge with { Flows = Configurations.Flows("priority=2,actions=1\npriority=1,actions=drop") }), "" },
        { one => one with { Interfaces = [Configurations.Device("eth9")] }, "interface eth9 added" },
        { one => one with { Settings = new SwitchSettings() }, "settings changed" },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void It_names_what_differs_and_nothing_else(Func<SwitchConfiguration, SwitchConfiguration> change, string lines)
    {
        var difference = SwitchDifference.Between(Before, change(Before));
        difference.ToString().Replace('\n', ' ').ShouldBe(lines);
        difference.IsEmpty.ShouldBe(lines.Length == 0);
    }

    [Fact]
    public void Flows_are_replaced_by_the_changes_that_it_takes()
    {
        SwitchConfiguration after = Change(
            Before, bridge => bridge with { Flows = Configurations.Flows("priority=1,actions=2\npriority=3,actions=1") });
        BridgeDifference bridge = SwitchDifference.Between(Before, after).ChangedBridges.ShouldHaveSingleItem();
        bridge.Flows.Select(flow => (flow.Command, (int)flow.Priority)).ShouldBe(
            [(FlowCommand.DeleteStrict, 2), (FlowCommand.ModifyStrict, 1), (FlowCommand.Add, 3)], ignoreOrder: true);
    }

    [Fact]
    public void Of_many_bridges_the_one_that_differs_is_found()
    {
        const int Bridges = 100_000;
        BridgeConfiguration[] bridges = [.. Enumerable.Range(0, Bridges)
            .Select(number => Configurations.Bridge($"br{number}", Configurations.Device($"p{number}", 1)))];
        SwitchConfiguration before = Configurations.Switch(bridges);
        bridges[77_777] = Configurations.Bridge("br77777", Configurations.Device("p77777", 2));
        var difference = SwitchDifference.Between(before, Configurations.Switch(bridges));
        difference.ChangedBridges.ShouldHaveSingleItem().Bridge.Name.ShouldBe("br77777");
    }

    private static SwitchConfiguration Change(SwitchConfiguration one, Func<BridgeConfiguration, BridgeConfiguration> change) =>
        one with { Bridges = [change(one.Bridges[0]), .. one.Bridges.Skip(1)] };
}
