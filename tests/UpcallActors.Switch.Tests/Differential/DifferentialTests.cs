using System.Text.RegularExpressions;

namespace UpcallActors.Switch.Tests;

/// <summary>
/// The same calls of <c>ovs-ofctl</c> to the real <c>ovs-vswitchd</c> and to a bridge of ours: nobody can tell them apart.
/// </summary>
public sealed partial class DifferentialTests
{
    private const int Calls = 100;

    private static readonly string[][] _flows =
    [
        ["add-group", "group_id=1,type=ff,bucket=watch_port:2,output:2,bucket=watch_port:3,output:3"],
        ["add-flow", "in_port=1,udp,udp_dst=53,actions=output:2,output:3,in_port"],
        ["add-flow", "in_port=1,udp,udp_dst=0,actions=output:3"],
        ["add-flow", "in_port=1,arp,actions=normal"],
        ["add-flow", "in_port=2,ip,actions=flood"],
        ["add-flow", "in_port=2,arp,actions=all"],
        ["add-flow", "in_port=3,ip,actions=group:1"],
        ["add-flow", "in_port=3,arp,actions=load:1->NXM_NX_REG0[],resubmit(,1)"],
        ["add-flow", "table=1,reg0=1,actions=output:1,output:2"],
    ];

    private static readonly string[] _packets =
    [
        "in_port=1,udp,udp_dst=53", "in_port=1,udp,udp_dst=53,ip_frag=first", "in_port=1,udp,ip_frag=later",
        "in_port=1,arp,dl_src=02:00:00:00:00:01,dl_dst=02:00:00:00:00:02", "in_port=1,tcp", "in_port=2,ip", "in_port=2,ip,ip_frag=later",
        "in_port=2,arp", "in_port=2,dl_type=0x1234", "in_port=3,ip", "in_port=3,tcp,tcp_dst=80,ip_frag=first", "in_port=3,arp",
        "in_port=3,dl_type=0x1234",
    ];

    [RealSwitchTheory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Calls_have_the_same_answers_errors_and_effects(int seed)
    {
        using RealSwitch real = await RealSwitch.StartAsync();
        await using ServedSwitch served = await ServedSwitch.StartAsync(ServedSwitch.Bridge);
        var script = new ScriptOfCalls(seed);
        for (int i = 0; i < Calls; i++)
        {
            string[] call = script.Next("BRIDGE");
            Assert.Equal(await AnswerOfAsync(call, real.Socket), await AnswerOfAsync(call, served.Socket));
        }

        string[] all = ["-O", "OpenFlow15", "--no-stats", "dump-flows", "BRIDGE"];
        Assert.Equal(await AnswerOfAsync(all, real.Socket), await AnswerOfAsync(all, served.Socket));
        await served.SettleAsync();
        string[] ports = ["-O", "OpenFlow10", "dump-ports-desc", "BRIDGE"];
        string[] described = [await AnswerOfAsync(ports, real.Socket), await AnswerOfAsync(ports, served.Socket)];
        Assert.Equal(Address().Replace(described[0], ""), Address().Replace(described[1], ""));
    }

    [RealSwitchTheory]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(14)]
    [InlineData(15)]
    public async Task Groups_can_do_the_same_and_packets_for_controllers_do_without_an_unknown_meter(int version)
    {
        using RealSwitch real = await RealSwitch.StartAsync();
        await using ServedSwitch served = await ServedSwitch.StartAsync(ServedSwitch.Bridge);
        string[][] calls =
        [
            ["dump-group-features", "BRIDGE"],
            ["add-flow", "BRIDGE", "in_port=1,actions=controller(meter_id=7),clone(controller(meter_id=8))"],
            ["packet-out", "BRIDGE", "in_port=1,packet=ffffffffffff00000000000188cc,actions=controller(meter_id=7)"],
            ["--no-stats", "dump-flows", "BRIDGE"],
        ];
        foreach (string[] call in calls)
        {
            string[] asked = ["-O", $"OpenFlow{version}", .. call];
            Assert.Equal(await AnswerOfAsync(asked, real.Socket), await AnswerOfAsync(asked, served.Socket));
        }

        Assert.Contains(
            served.Log.All, line => line.EndsWith("br0: controller action specified an unknown meter id: 7", StringComparison.Ordinal));
    }

    [RealSwitchTheory]
    [InlineData("tcp:127.0.0.1:16653")]
    [InlineData("tcp:127.0.0.1:16653", "tcp:127.0.0.1:16654", "ssl:192.0.2.9", "ptcp:0:127.0.0.1")]
    [InlineData("tcp:[::1]:16653")]
    public async Task A_bridge_that_reaches_controllers_through_itself_has_the_same_hidden_flows(params string[] controllers)
    {
        using RealSwitch real = await RealSwitch.StartAsync();
        await real.ConfigureAsync("set", "bridge", "br0", "other-config:hwaddr=02:00:00:00:00:aa");
        await real.ConfigureAsync(["set-controller", "br0", .. controllers]);
        await using ServedSwitch served = await ServedSwitch.StartAsync(ServedSwitch.Bridge with
        {
            Controllers = [.. controllers.Select(one => new ControllerConfiguration(one) { ConnectionMode = ConnectionMode.InBand })],
        });
        served.Ports.SetAddress("br0", 0x0200_0000_00aa);

        string[] expected = [.. HiddenFlow().Matches(await real.DumpAllFlowsAsync()).Select(line => line.Value).Order()];
        Assert.Equal(controllers[0].Contains("::1", StringComparison.Ordinal), expected.Length == 0);
        string[] found = [];
        await Eventually.HoldsAsync(
            () => (found = HiddenFlowsOf(served)).SequenceEqual(expected),
            () => $"expected\n{string.Join('\n', expected)}\nfound\n{string.Join('\n', found)}");
    }

    private static string[] HiddenFlowsOf(ServedSwitch served) =>
    [
        .. served.Running.Translators.Bridges[0].Tables.GetAllRules().Where(rule => rule is { Table: 0, IsHidden: true })
            .Select(rule => $"priority={rule.Priority},{rule.Match},actions={rule.Actions}").Order(),
    ];

    [RealSwitchTheory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Packets_fare_the_same_whatever_is_said_of_ports_and_fragments(int seed)
    {
        using RealSwitch real = await RealSwitch.StartAsync();
        await using ServedSwitch served = await ServedSwitch.StartAsync(ServedSwitch.Bridge);
        var script = new ScriptOfCalls(seed);
        IEnumerable<string[]> flows = _flows.Select(flow => new[] { "-O", "OpenFlow15", flow[0], "BRIDGE", flow[1] });
        IEnumerable<string[]> settings = Enumerable.Range(0, Calls).Select(_ => script.NextSetting("BRIDGE"));
        int step = 0;
        foreach (string[] call in flows.Concat(settings))
        {
            string answer = await AnswerOfAsync(call, real.Socket);
            Assert.Equal(answer, await AnswerOfAsync(call, served.Socket));
            await served.SettleAsync();
            string packet = _packets[step++ % _packets.Length];
            string expected = ComparableTrace.Of(await real.TraceAsync(packet));
            Assert.Equal($"{answer}\n{expected}", $"{answer}\n{ComparableTrace.Of(served.Trace(packet))}");
        }
    }

    [GeneratedRegex(@"addr:[0-9a-f:]+")]
    private static partial Regex Address();

    /// <summary>The call, and all that it answers.</summary>
    private static async Task<string> AnswerOfAsync(string[] call, string socket) =>
        $"{string.Join(' ', call)}\n{await Ofctl.AnswerOfAsync(call, socket)}";

    [GeneratedRegex(@"priority=\d{6,}.*")]
    private static partial Regex HiddenFlow();
}

/// <summary>A theory that needs the real switch, skipped where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RealSwitchTheoryAttribute : TheoryAttribute
{
    public RealSwitchTheoryAttribute() => Skip = RealSwitch.Obstacle;
}

/// <summary>A fact that needs the real switch, skipped where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RealSwitchFactAttribute : FactAttribute
{
    public RealSwitchFactAttribute() => Skip = RealSwitch.Obstacle;
}
