using System.Text.Json;
using System.Text.RegularExpressions;
using Spectre.Console;
using UpcallActors.Daemon.Replay;
using UpcallActors.Daemon.Replay.Reports;
using UpcallActors.Odp;
using UpcallActors.Web;

namespace UpcallActors.Daemon.Tests.Replay.Reports;

/// <summary>What a person at a terminal sees.</summary>
public sealed class TerminalReportTests
{
    private const string Green = "\e[32m";
    private const string Red = "\e[91m";

    [Fact]
    public async Task The_table_says_in_colour_what_is_identical_and_names_the_difference()
    {
        Recording[] recordings = [new("6.1", "one", "one.conf"), new("7.2", "two", "two.conf")];
        ReplayRow[] rows = [Row("one", "6.1", []), Row("two", "7.2", ["p1: frame 3 [of 7] differs"])];
        using var output = new StringWriter();
        IReadOnlyList<ReplayRow> shown = await new TerminalReplayReport(Console(output)).ShowAsync(recordings, rows.ToAsyncEnumerable());
        shown.ShouldBe(rows);
        string text = output.ToString();
        text.ShouldContain($"{Green}yes");
        text.ShouldContain($"{Red}no");
        text.ShouldContain("p1: frame 3 [of 7] differs");
        text.ShouldContain("1 of 2 recordings did not put out what the kernel put out.");
        foreach (string number in (string[])["101", "102", "103", "104", "1500", "105", "106", "107", "108"])
            text.ShouldContain(number);
    }

    [Theory]
    [InlineData(80)]
    [InlineData(100)]
    [InlineData(149)]
    [InlineData(150)]
    [InlineData(200)]
    public async Task A_row_stays_on_one_line_at_any_usual_width(int width)
    {
        Recording[] recordings = [new("7.2", "ipv6-fragmentation-vlan", "one.conf")];
        using var output = new StringWriter();
        await new TerminalReplayReport(Console(output, width))
            .ShowAsync(recordings, new[] { Row("ipv6-fragmentation-vlan", "7.2", []) }.ToAsyncEnumerable());
        string[] lines = Regex.Replace(output.ToString(), "\e\\[[0-9;?]*[A-Za-z]", "")
            .Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
        string row = lines.Last(line => line.Contains("ipv6-fragmentation-vlan", StringComparison.Ordinal));
        row.Length.ShouldBeLessThanOrEqualTo(width);
        row.Split([' ', '│'], StringSplitOptions.RemoveEmptyEntries).ShouldBe(
            ["ipv6-fragmentation-vlan", "7.2", "101", "102", "103", "104", "1500", "105", "106", "107", "yes", "108"]);
    }

    [Theory]
    [InlineData(2, 0, "All 2 recordings put out what the kernel put out, byte for byte.")]
    [InlineData(2, 1, "1 of 2 recordings did not put out what the kernel put out.")]
    [InlineData(8, 0, "Stopped after 2 of 8 recordings; these put out what the kernel put out, byte for byte.")]
    [InlineData(8, 2, "Stopped after 2 of 8 recordings; 2 of these did not put out what the kernel put out.")]
    public void The_last_line_claims_no_more_than_what_was_replayed(int recordings, int different, string expected)
    {
        ReplayRow[] rows = [Row("one", "6.1", different > 0 ? ["differs"] : []), Row("two", "7.2", different > 1 ? ["differs"] : [])];
        ReplayColumns.Closing(rows, recordings).ShouldBe(expected);
        ReplayColumns.Closing([], recordings).ShouldBe($"Stopped before the first of {recordings} recordings was replayed.");
    }

    [Fact]
    public async Task A_replay_that_was_stopped_is_not_identical_as_JSON()
    {
        Recording[] recordings = [new("6.1", "one", "one.conf"), new("7.2", "two", "two.conf")];
        using var output = new StringWriter();
        await new JsonReplayReport(output).ShowAsync(recordings, new[] { Row("one", "6.1", []) }.ToAsyncEnumerable());
        using var document = JsonDocument.Parse(output.ToString());
        document.RootElement.GetProperty("complete").GetBoolean().ShouldBeFalse();
        document.RootElement.GetProperty("identical").GetBoolean().ShouldBeFalse();
        document.RootElement.GetProperty("recordings").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public void The_summary_of_a_run_has_a_row_for_each_port()
    {
        using var output = new StringWriter();
        var summary = new RunSummary(
            [new PortSummary("br0", "p[0]", 11, 12, 13)],
            new UpcallSummary
            {
                Misses = 5,
                Actions = 1,
                WithMru = 2,
                LargestMru = 1500,
                Executes = 4,
                FlowPuts = 3,
                Lost = 6,
                LostBy = [new LossSnapshot("shed", "shed", 6)],
                Errors = 7
            },
            Seconds: 2,
            [new DatapathDrop("over_mtu", "longer than their port's MTU", 8), new DatapathDrop("meter", "over a meter's rate", 9)]);
        RunReport.WriteTerminal(summary, Console(output));
        output.ToString().ShouldContain("p[0]");
        output.ToString().ShouldContain("13");
        output.ToString()
            .ShouldContain("upcalls: 5 miss, 1 action, 2 with MRU (largest 1500), 6 lost; 4 executes, 3 flow puts, 7 errors; 3 upcalls/s");
        output.ToString().ShouldContain("lost upcalls: 6 shed");
        output.ToString().ShouldContain("dropped packets: 8 longer than their port's MTU, 9 over a meter's rate");
    }

    private static ReplayRow Row(string scenario, string kernel, string[] differences) => new()
    {
        Scenario = scenario,
        Kernel = kernel,
        FramesIn = 101,
        Misses = 102,
        Actions = 103,
        WithMru = 104,
        LargestMru = 1500,
        Executes = 105,
        FlowPuts = 106,
        FramesOut = 107,
        UpcallsPerSecond = 108.9,
        Differences = differences,
    };

    private static IAnsiConsole Console(TextWriter output, int width = 200)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = ColorSystemSupport.Standard,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
        });
        console.Profile.Width = width;
        return console;
    }
}
