using UpcallActors.Odp;
using UpcallActors.Ofproto;

namespace UpcallActors.Hosting.Tests;

/// <summary>Options, right and wrong.</summary>
public sealed class UpcallActorsOptionsTests
{
    public static TheoryData<Action<UpcallActorsOptions>, string> Wrong => new()
    {
        { options => options.UseTranslators(SimpleTranslators.Normal), "no datapath" },
        { options => options.UseEmbeddedDatapath(), "no policy:" },
        {
            options => options.UseEmbeddedDatapath().UseTranslators(SimpleTranslators.Normal).AddBridge("br0", _ => { }),
            "no policy:"
        },
        { options => options.UseEmbeddedDatapath().UseKernelDatapath(), "chosen twice" },
        { options => options.UseTranslators(SimpleTranslators.Normal).UseTranslators(SimpleTranslators.Normal), "called twice" },
        {
            options => options.UseDatapath(_ => null!).AddBridge("br0", bridge => bridge.AddPort(1, "eth1")),
            "need a datapath that ports can be added to"
        },
        {
            options => options.UseDatapath(_ => null!).UseTranslators(SimpleTranslators.Normal)
                .AddPort(new PortRequest("eth1", PortKind.System)),
            "need a datapath that ports can be added to"
        },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task What_is_missing_or_does_not_go_together_is_refused_before_anything_is_opened(Action<UpcallActorsOptions> configure,
        string problem)
    {
        await using var hosted = new HostedDatapath();

        (await Should.ThrowAsync<InvalidOperationException>(() => hosted.StartAsync(configure))).Message.ShouldContain(problem);
    }

    [Fact]
    public void All_that_is_wrong_with_flows_is_told_at_once()
    {
        var options = new UpcallActorsOptions();

        FormatException wrong = Should.Throw<FormatException>(
            () => options.AddBridge("br0", bridge => bridge.AddFlows("actions=outpt:1\nin_port=p9,actions=drop\nactions=drop")));

        wrong.Message.Split(Environment.NewLine).Length.ShouldBe(2);
        wrong.Message.ShouldStartWith("br0:1:");
        wrong.Message.ShouldContain("br0:2:");
    }

    [Fact]
    public async Task Flows_of_a_bridge_decide_about_upcalls_and_may_call_its_ports_by_name()
    {
        await using var hosted = new HostedDatapath();
        using ScriptedPorts ports = Ports("p1", "p2", "p3");
        await hosted.StartAsync(options => options
            .UseDatapath(_ => hosted.Datapath, _ => ports)
            .AddBridge("br0", bridge => bridge.AddPort(10, "p1").AddPort(20, "p2").AddPort(30, "p3").AddFlows("in_port=p1,actions=p3")));

        hosted.Send(1, source: 1, destination: 2);

        await Eventually.HoldsAsync(() => hosted.SentOn(3) == 1);
        hosted.SentOn(2).ShouldBe(0);
    }

    [Fact]
    public async Task A_port_whose_device_comes_later_is_used_from_then_on()
    {
        await using var hosted = new HostedDatapath();
        using ScriptedPorts ports = Ports("p1", "p2");
        await hosted.StartAsync(options => options
            .UseDatapath(_ => hosted.Datapath, _ => ports)
            .AddBridge("br0", bridge => bridge.AddPort(1, "p1").AddPort(2, "p2").AddPort(3, "p3").AddFlows("actions=flood")));
        hosted.Send(1, source: 1, destination: 2);
        await Eventually.HoldsAsync(() => hosted.SentOn(2) == 1);
        hosted.SentOn(3).ShouldBe(0);

        ports.SetDevice("p3", mtu: 1500);

        var translators = (OpenFlowTranslatorFactory)hosted.Running.Translators;
        await Eventually.HoldsAsync(() => translators.Bridges.Single().TryGetPort(3, out _));
        ulong source = 2;
        await Eventually.HoldsAsync(() =>
        {
            // Another station each time: the flow of one that was put just before may not know the port yet.
            hosted.Send(1, source++, destination: 2);
            return hosted.SentOn(3) > 0;
        });
    }

    /// <summary>
    /// Ports numbered as those of the datapath, the bridge's own last of all, since the datapath has none of that number.
    /// </summary>
    private static ScriptedPorts Ports(params string[] devices)
    {
        var ports = new ScriptedPorts();
        foreach (string port in (string[])["p1", "p2", "p3"])
            ports.Add(new PortRequest(port, PortKind.System));
        foreach (string device in devices)
            ports.SetDevice(device, mtu: 1500);
        return ports;
    }
}
