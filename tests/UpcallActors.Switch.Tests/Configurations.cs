using UpcallActors.Odp;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch.Tests;

/// <summary>Short words for configurations.</summary>
internal static class Configurations
{
    public static SwitchConfiguration Switch(params BridgeConfiguration[] bridges) =>
        new() { Bridges = ValueList.Create<BridgeConfiguration>(bridges), Settings = new SwitchSettings { RemovesOtherPorts = true } };

    public static BridgeConfiguration Bridge(string name, params InterfaceConfiguration[] interfaces) =>
        new() { Name = name, Ports = ValueList.From(interfaces.Select(PortConfiguration.Of)) };

    public static InterfaceConfiguration Device(string name, uint? number = null, string? device = null) =>
        new() { Name = name, RequestedNumber = number, Device = device };

    public static InterfaceConfiguration Internal(string name, uint? number = null) =>
        new() { Name = name, Kind = PortKind.Internal, RequestedNumber = number };

    /// <summary>A tunnel to 192.0.2.HOST with key 1.</summary>
    public static InterfaceConfiguration Vxlan(string name, uint? number, uint host) => new()
    {
        Name = name,
        Kind = PortKind.Vxlan,
        RequestedNumber = number,
        Tunnel = new TunnelPort { RemoteIpv4 = 0xc0000200 | host }.WithKey(1),
    };

    public static FlowList Flows(string text) => new(FlowSyntax.ParseFile(text, "flows.of").Changes);
}
