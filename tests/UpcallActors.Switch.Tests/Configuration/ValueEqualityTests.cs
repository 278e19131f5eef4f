using UpcallActors.Ofproto;

namespace UpcallActors.Switch.Tests.Configuration;

/// <summary>A configuration is what it says, whoever made it and when.</summary>
public sealed class ValueEqualityTests
{
    public static TheoryData<string, Func<SwitchConfiguration, SwitchConfiguration>> Changes => new()
    {
        { "settings", one => one with { Settings = new SwitchSettings { RemovesOtherPorts = !one.Settings.RemovesOtherPorts } } },
        { "interface of no bridge", one => one with { Interfaces = [Configurations.Device("eth9")] } },
        { "no bridges", one => one with { Bridges = [] } },
        { "name", one => Change(one, bridge => bridge with { Name = "br9" }) },
        { "fail mode", one => Change(one, bridge => bridge with { FailMode = FailMode.Standalone }) },
        { "actions of a flow", one => Change(one, bridge => bridge with { Flows = Configurations.Flows("priority=5,actions=output:2") }) },
        {
            "cookie of a flow",
            one => Change(one, bridge => bridge with { Flows = Configurations.Flows("cookie=1,priority=5,actions=output:1") })
        },
        { "no flows", one => Change(one, bridge => bridge with { Flows = FlowList.Empty }) },
        { "table's name", one => Change(one, bridge => bridge with { TableNames = new ValueMap<byte>([new("acl", 4)]) }) },
        { "limit of a table", one => Change(one, bridge => bridge with { Tables = [new TableConfiguration(3) { FlowLimit = 5 }] }) },
        { "controller", one => Change(one, bridge => bridge with { Controllers = [new ControllerConfiguration("tcp:192.0.2.9:6653")] }) },
        { "mirror", one => Change(one, bridge => bridge with { Mirrors = [new MirrorConfiguration { Name = "m0", SelectsAll = true }] }) },
        { "order of ports", one => Change(one, bridge => bridge with { Ports = ValueList.From(bridge.Ports.Reverse()) }) },
        { "trunks", one => ChangePort(one, port => port with { Trunks = [1, 3] }) },
        { "VLANs within", one => ChangePort(one, port => port with { Cvlans = [1] }) },
        { "type of the outer tag", one => ChangePort(one, port => port with { QinqEthtype = 0x8100 }) },
        { "priority tags", one => ChangePort(one, port => port with { PriorityTags = PriorityTags.Always }) },
        { "protection", one => ChangePort(one, port => port with { IsProtected = true }) },
        { "tag", one => ChangePort(one, port => port with { Tag = 7 }) },
        {
            "second interface",
            one => ChangePort(one, port => port with { Interfaces = [.. port.Interfaces, Configurations.Device("eth8")] })
        },
        { "number", one => ChangeInterface(one, known => known with { RequestedNumber = 9 }) },
        { "device", one => ChangeInterface(one, known => known with { Device = "eth9" }) },
        { "share", one => ChangeInterface(one, known => known with { Share = 0.5 }) },
        { "option", one => ChangeInterface(one, known => known with { Options = new ValueMap<string>([new("csum", "maybe")]) }) },
        { "problem", one => ChangeInterface(one, known => known with { Problem = "no" }) },
        { "far end", one => ChangeInterface(one, known => known with { Tunnel = new TunnelPort { RemoteIpv4 = 1 } }) },
    };

    [Fact]
    public void Two_that_say_the_same_are_equal()
    {
        SwitchConfiguration one = Make();
        SwitchConfiguration other = Make();
        one.ShouldNotBeSameAs(other);
        one.ShouldBe(other);
        one.GetHashCode().ShouldBe(other.GetHashCode());
        SwitchDifference.Between(one, other).IsEmpty.ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public void Two_that_differ_in_anything_are_not(string what, Func<SwitchConfiguration, SwitchConfiguration> change) =>
        change(Make()).ShouldNotBe(Make(), what);

    [Fact]
    public void A_list_that_nobody_set_is_an_empty_one()
    {
        default(ValueList<string>).ShouldBe([]);
        default(ValueList<string>).GetHashCode().ShouldBe(((ValueList<string>)[]).GetHashCode());
        default(ValueList<string>).ShouldBeEmpty();
    }

    private static SwitchConfiguration Make() => Configurations.Switch(new BridgeConfiguration
    {
        Name = "br0",
        Flows = Configurations.Flows("priority=5,actions=output:1"),
        TableNames = new ValueMap<byte>([new("acl", 3), new("nat", 4)]),
        Controllers = [new ControllerConfiguration("tcp:192.0.2.1:6653")],
        Mirrors = [new MirrorConfiguration { Name = "m0", SourcePorts = ["p0"], OutputPort = "p1" }],
        Ports =
        [
            PortConfiguration.Of(Configurations.Device("p0", 1, "eth0")) with { Trunks = [1, 2] },
            PortConfiguration.Of(Configurations.Vxlan("t0", 2, 1)),
        ],
    });

    private static SwitchConfiguration Change(SwitchConfiguration one, Func<BridgeConfiguration, BridgeConfiguration> change) =>
        one with { Bridges = [change(one.Bridges[0])] };

    private static SwitchConfiguration ChangePort(SwitchConfiguration one, Func<PortConfiguration, PortConfiguration> change) =>
        Change(one, bridge => bridge with { Ports = [change(bridge.Ports[0]), bridge.Ports[1]] });

    private static SwitchConfiguration ChangeInterface(
        SwitchConfiguration one, Func<InterfaceConfiguration, InterfaceConfiguration> change) =>
        ChangePort(one, port => port with { Interfaces = [change(port.Interfaces[0])] });
}
