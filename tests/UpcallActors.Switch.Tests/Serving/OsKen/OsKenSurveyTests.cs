using UpcallActors.OpenFlow;

namespace UpcallActors.Switch.Tests;

/// <summary>os-ken asks the real <c>ovs-vswitchd</c> and a bridge of ours for all that it knows, and understands the same.</summary>
public sealed class OsKenSurveyTests
{
    /// <summary>What is different, and why.</summary>
    private static readonly Dictionary<string, string> _reasons = new()
    {
        ["table features"] = "of the actions and fields that Open vSwitch has some are not there yet",
        ["table features that change"] = "Open vSwitch means an error that 1.4 has no number for",
        ["meter features"] = "the limits are the datapath's",
        ["port stats of all"] = "Open vSwitch adds Intel's counters, which no device has here",
        ["port stats of one"] = "Open vSwitch adds Intel's counters, which no device has here",
        ["port stats of local"] = "Open vSwitch adds Intel's counters, which no device has here",
        ["table desc after it was changed"] = "Open vSwitch takes the flags of an eviction property for whether to evict, and does not",
        ["bad type"] = "Open vSwitch answers a bundle message of no type with type 0 of its own",
        ["monitor again"] = "Open vSwitch refuses monitors with the header of a message of 1.0, which is no answer to the request",
        ["monitor again tells"] = "Open vSwitch refuses monitors with the header of a message of 1.0",
        ["delete it again"] = "Open vSwitch refuses monitors with the header of a message of 1.0, which is no answer to the request",
        ["delete it again tells"] = "Open vSwitch refuses monitors with the header of a message of 1.0",
    };

    [OsKenTheory(NeedsRealSwitch = true)]
    [InlineData((int)OpenFlowVersion.V10)]
    [InlineData((int)OpenFlowVersion.V13)]
    [InlineData((int)OpenFlowVersion.V14)]
    [InlineData((int)OpenFlowVersion.V15)]
    public async Task It_understands_the_same(int version)
    {
        Task<IReadOnlyList<string>> real = SurveyRealAsync(version);
        IReadOnlyList<string> ours = await SurveyOursAsync(version);

        Assert.DoesNotContain(ours, line => line.EndsWith("WRONG", StringComparison.Ordinal));
        string[] expected = [.. Compared(await real)];
        string[] seen = [.. Compared(ours)];
        IEnumerable<string> differences =
            [.. expected.Except(seen).Select(line => $"ovs-vswitchd  {line}"), .. seen.Except(expected).Select(line => $"ours  {line}")];
        Assert.True(!differences.Any(), string.Join('\n', differences));
        Assert.Equal(expected, seen);
    }

    /// <summary>Lines but those that may be different. A name stands before each.</summary>
    private static IEnumerable<string> Compared(IEnumerable<string> lines) =>
        lines.Where(line => !_reasons.ContainsKey(line[..line.IndexOf(':', StringComparison.Ordinal)]));

    private static async Task<IReadOnlyList<string>> SurveyRealAsync(int version)
    {
        using var controller = OsKenController.Start("survey.py", version);
        using RealSwitch real = await RealSwitch.StartAsync(controller.Method);
        return await controller.ReadLinesAsync();
    }

    private static async Task<IReadOnlyList<string>> SurveyOursAsync(int version)
    {
        using var controller = OsKenController.Start("survey.py", version);
        await using ControlledSwitch bridge = await ControlledSwitch.StartAsync("", ServedSwitch.Bridge with
        {
            Controllers = [new ControllerConfiguration(controller.Method) { MaxBackoff = TimeSpan.FromMilliseconds(100) }],
        });
        return await controller.ReadLinesAsync();
    }
}
