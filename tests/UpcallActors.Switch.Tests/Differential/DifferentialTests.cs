using System.Text.RegularExpressions;

namespace UpcallActors.Switch.Tests;

/// <summary>
/// The same calls of <c>ovs-ofctl</c> to the real <c>ovs-vswitchd</c> and to a bridge of ours: nobody can tell them apart.
/// </summary>
public sealed partial class DifferentialTests
{
    private const int Calls = 100;

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

    /// <summary>The call, and all that it answers; lines of a dump come in any order.</summary>
    private static async Task<string> AnswerOfAsync(string[] call, string socket)
    {
        string bridge = $"unix:{socket}";
        (int code, string output, string errors) = await Ofctl.RunAsync([.. call.Select(word => word == "BRIDGE" ? bridge : word)]);
        IEnumerable<string> lines = output.Split('\n').Order(StringComparer.Ordinal);
        string said = $"{string.Join(' ', call)}\nexit {code}\n{string.Join('\n', lines)}\n{errors}";
        string shared = said.Replace(bridge, "BRIDGE", StringComparison.Ordinal);
        return Clock().Replace(Transaction().Replace(shared, "xid"), "");
    }

    [GeneratedRegex(@"priority=\d{6,}.*")]
    private static partial Regex HiddenFlow();

    [GeneratedRegex(@"xid=0x[0-9a-f]+")]
    private static partial Regex Transaction();

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT[\d:.]+Z\|\d+\|")]
    private static partial Regex Clock();
}

/// <summary>A theory that needs the real switch, skipped where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RealSwitchTheoryAttribute : TheoryAttribute
{
    public RealSwitchTheoryAttribute() => Skip = RealSwitch.Obstacle;
}
