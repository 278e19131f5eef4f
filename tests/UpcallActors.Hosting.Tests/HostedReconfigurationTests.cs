using Microsoft.Extensions.Diagnostics.HealthChecks;
using UpcallActors.Odp;
using UpcallActors.Ofproto;
using UpcallActors.Switch;

namespace UpcallActors.Hosting.Tests;

/// <summary>A hosted switch whose ports are refused for a while, and one that goes on by another configuration.</summary>
public sealed class HostedReconfigurationTests
{
    [Fact]
    public async Task A_port_that_is_refused_keeps_no_host_from_starting_is_told_as_missing_and_comes_later()
    {
        await using var hosted = new HostedDatapath();
        using ScriptedPorts ports = Ports();
        ports.Refuse("p2", "not permitted");
        await hosted.StartAsync(options => options
            .UseDatapath(_ => hosted.Datapath, _ => ports)
            .AddBridge("br0", bridge => bridge.AddPort(1, "p1").AddPort(2, "p2").AddPort(3, "p3").AddFlows("in_port=1,actions=2,3")));
        RunningUpcallActors running = hosted.Running;
        RunningSwitch known = running.Switch.ShouldNotBeNull();
        WaitingInterface waiting = known.State.Waiting.ShouldHaveSingleItem();
        (waiting.Name, waiting.IsRefused, waiting.Reason).ShouldBe(("p2", true, "not permitted"));
        var health = new UpcallHealth(hosted.Datapath, ports, running.Pipeline, waiting: () => known.State.Waiting);
        HealthCheckResult result = await health.CheckAsync();
        result.Status.ShouldBe(HealthStatus.Unhealthy);
        result.Description.ShouldBe("port p2 does not answer: not permitted");
        hosted.Send(1, source: 1, destination: 2);
        await Eventually.HoldsAsync(() => hosted.SentOn(3) == 1);

        // Nobody tells that it is permitted now.
        ports.RefuseQuietly("p2", null);

        await Eventually.HoldsAsync(() => known.State.Waiting.IsEmpty);
        (await health.CheckAsync()).Status.ShouldBe(HealthStatus.Healthy);
        ulong source = 2;
        await Eventually.HoldsAsync(() =>
        {
            hosted.Send(1, source++, destination: 2);
            return hosted.SentOn(2) > 0;
        });
    }

    [Fact]
    public async Task A_running_switch_takes_other_flows_and_ports_and_lets_go_of_those_that_nobody_wants()
    {
        await using var hosted = new HostedDatapath();
        using ScriptedPorts ports = Ports();
        await hosted.StartAsync(options => options
            .UseDatapath(_ => hosted.Datapath, _ => ports)
            .AddBridge("br0", bridge => bridge.AddPort(1, "p1").AddPort(2, "p2").AddFlows("in_port=p1,actions=p2")));
        RunningSwitch running = hosted.Running.Switch.ShouldNotBeNull();
        FlowTables tables = ((OpenFlowTranslatorFactory)hosted.Running.Translators).Bridges[0].Tables;
        BridgeConfiguration wanted =
            BridgeBuilder.Make("br0", bridge => bridge.AddPort(1, "p1").AddPort(3, "p3").AddFlows("in_port=p1,actions=p3"));

        AppliedConfiguration applied = await running.UpdateAsync(before => before with { Bridges = [wanted] });

        applied.Difference.ToString().ShouldContain("interface p3 added of br0");
        applied.State.Waiting.ShouldBeEmpty();
        tables.GetRules().ShouldHaveSingleItem().ToString().ShouldEndWith("actions=output:3");
        ports.List().Select(port => port.Name).ShouldBe(["p1", "p3", "br0"], ignoreOrder: true);
        hosted.Send(1, source: 1, destination: 2);
        await Eventually.HoldsAsync(() => hosted.SentOn(3) == 1);
    }

    [Fact]
    public async Task Ports_of_no_bridge_are_followed_too()
    {
        await using var hosted = new HostedDatapath();
        using var ports = new ScriptedPorts();
        await hosted.StartAsync(options => options
            .UseDatapath(_ => hosted.Datapath, _ => ports)
            .AddPort(new PortRequest("eth9", PortKind.System))
            .UseTranslators(SimpleTranslators.Normal));
        RunningSwitch running = hosted.Running.Switch.ShouldNotBeNull();
        running.State.Waiting.ShouldHaveSingleItem().Name.ShouldBe("eth9");
        ports.SetDevice("eth9", mtu: 1500);
        await Eventually.HoldsAsync(() => running.State.Waiting.IsEmpty);
    }

    [Theory]
    [InlineData(0, 1, "br0: port p1 has the reserved OpenFlow number 0")]
    [InlineData(1, 0xff00, "br0: port p2 has the reserved OpenFlow number 65280")]
    [InlineData(7, 7, "br0: p1 and p2 have the OpenFlow number 7")]
    public void Numbers_that_cannot_be_are_refused_before_anything_is_opened(uint first, uint second, string problem)
    {
        var options = new UpcallActorsOptions();
        Should.Throw<FormatException>(() => options.AddBridge("br0", bridge => bridge.AddPort(first, "p1").AddPort(second, "p2")))
            .Message.ShouldBe(problem);
    }

    /// <summary>Numbered as those of the datapath, with a device each.</summary>
    private static ScriptedPorts Ports()
    {
        var ports = new ScriptedPorts();
        foreach (string port in (string[])["p1", "p2", "p3"])
        {
            ports.Add(new PortRequest(port, PortKind.System));
            ports.SetDevice(port, mtu: 1500);
        }

        return ports;
    }
}
