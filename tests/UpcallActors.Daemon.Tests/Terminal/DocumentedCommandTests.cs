using System.Diagnostics;
using System.Text;
using UpcallActors.Unixctl.Tests;

namespace UpcallActors.Daemon.Tests.Terminal;

/// <summary>
/// Every command of README and docs, typed into a shell beside the demo. Those on the kernel's datapath are run where there is one
/// (<c>tests/UpcallActors.SystemTests</c>).
/// </summary>
public sealed class DocumentedCommandTests(DocumentedDemo demo) : IClassFixture<DocumentedDemo>
{
    /// <summary>Commands that go on until somebody ends them.</summary>
    private static readonly string[] _endless = ["top", "monitor", "demo"];

    public static TheoryData<string, string, string> OfTheDaemon => Where(line => !Needs(line, "ovs-appctl") && !Needs(line, "tshark"));

    /// <summary>Without a target they are for the one that is called ovs-vswitchd: a test changes over on a kernel's datapath.</summary>
    public static TheoryData<string, string, string> OfOvsAppctl =>
        Where(line => Needs(line, "ovs-appctl") && line.Contains("-t ", StringComparison.Ordinal));

    public static TheoryData<string, string, string> OfTshark => Where(line => Needs(line, "tshark"));

    [Theory]
    [MemberData(nameof(OfTheDaemon))]
    public Task A_command_of_the_documentation_does_what_it_is_there_for(string page, string before, string line) =>
        RunAsync(page, before, line);

    [OvsAppctlTheory]
    [MemberData(nameof(OfOvsAppctl))]
    public Task A_command_of_the_documentation_for_ovs_appctl_is_answered(string page, string before, string line) =>
        RunAsync(page, before, line);

    [TsharkTheory]
    [MemberData(nameof(OfTshark))]
    public Task A_command_of_the_documentation_for_tshark_shows_what_it_is_given(string page, string before, string line) =>
        RunAsync(page, before, line);

    [Fact]
    public void The_pages_have_commands_of_all_kinds()
    {
        string[] lines = [.. DocumentedCommands.All().Select(command => command.Line)];
        foreach (string start in (string[])["upcall-actors", "upcall-actors demo", "upcall-actors top", "kill -HUP "])
            lines.ShouldContain(line => line.StartsWith(start, StringComparison.Ordinal));
        lines.ShouldContain(line => line.Contains("ovs-appctl ", StringComparison.Ordinal));
        lines.Length.ShouldBeGreaterThan(20);
    }

    private static bool Needs(string line, string program) => line.Contains(program + " ", StringComparison.Ordinal);

    private static TheoryData<string, string, string> Where(Func<string, bool> isWanted)
    {
        var data = new TheoryData<string, string, string>();
        foreach (DocumentedCommand command in DocumentedCommands.All().Distinct())
        {
            if (isWanted(command.Line) && !command.Line.Contains("switch.conf", StringComparison.Ordinal))
                data.Add(command.Page, command.Before, command.Line);
        }

        return data;
    }

    private async Task RunAsync(string page, string before, string line)
    {
        await demo.RunsAsync();
        string text = (before + (line.StartsWith("kill ", StringComparison.Ordinal) ? line : "exec env " + line))
            .Replace("/run/upcall-actors", demo.RunDirectory, StringComparison.Ordinal);
        var start = new ProcessStartInfo("sh", ["-c", text])
        {
            WorkingDirectory = demo.Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = $"{Path.Combine(demo.Folder, "bin")}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["OVS_RUNDIR"] = demo.RunDirectory;
        // What runs a switch of its own has its own socket.
        start.Environment["UPCALL_RUN_DIR"] = Path.Combine(demo.Folder, "own");
        using Process process = Process.Start(start)!;
        var said = new StringBuilder();
        Task reading = Task.WhenAll(ReadAsync(process.StandardOutput, said), ReadAsync(process.StandardError, said));
        bool isEndless = line.Split(' ').Any(_endless.Contains) && !line.Contains("-n ", StringComparison.Ordinal)
            && !line.Contains("--count ", StringComparison.Ordinal)
            && (!line.Contains("--last ", StringComparison.Ordinal) || line.Contains("--follow", StringComparison.Ordinal));
        if (isEndless)
        {
            await Eventually.HoldsAsync(() => process.HasExited || SaidSomething(said), () => $"{line} says nothing");
            // In a pipe the daemon's client is the shell's first child; what is behind it ends with it.
            string end = line.Contains(" | ", StringComparison.Ordinal) ? "pkill -INT --oldest --parent" : "kill -INT";
            using Process kill = Process.Start("sh", ["-c", $"{end} {process.Id}"])!;
            await kill.WaitForExitAsync();
        }

        using var patience = new CancellationTokenSource(Eventually.Limit);
        await process.WaitForExitAsync(patience.Token);
        await reading;
        process.ExitCode.ShouldBe(0, $"{page}: {text}\n{said}");
        if (line.Contains("upcall-actors exit", StringComparison.Ordinal))
            await demo.EndsAsync();
    }

    private static bool SaidSomething(StringBuilder said)
    {
        lock (said)
            return said.Length > 0;
    }

    private static async Task ReadAsync(StreamReader reader, StringBuilder said)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (said)
                said.AppendLine(line);
        }
    }
}
