using Spectre.Console;
using UpcallActors.Daemon.Recordings;
using UpcallActors.Daemon.Reports;

namespace UpcallActors.Daemon.Tests.Reports;

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

    [Fact]
    public void The_summary_of_a_run_has_a_row_for_each_port()
    {
        using var output = new StringWriter();
        var summary = new RunSummary(
            [new PortSummary("br0", "p[0]", 11, 12, 13)],
            new UpcallSummary { Misses = 5, Actions = 1, WithMru = 2, LargestMru = 1500, Executes = 4, FlowPuts = 3, Lost = 6, Errors = 7 },
            Seconds: 2);
        RunReport.WriteTerminal(summary, Console(output));
        output.ToString().ShouldContain("p[0]");
        output.ToString().ShouldContain("13");
        output.ToString().ShouldContain("upcalls: 5 miss, 1 action, 2 with MRU (largest 1500), 6 lost; 4 executes, 3 flow puts, 7 errors; 3 upcalls/s");
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

    private static IAnsiConsole Console(TextWriter output)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = ColorSystemSupport.Standard,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
        });
        console.Profile.Width = 200;
        return console;
    }
}
