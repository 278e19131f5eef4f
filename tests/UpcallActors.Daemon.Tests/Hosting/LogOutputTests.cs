using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using UpcallActors.Daemon.Live;
using UpcallActors.Daemon.Tests.Configuration;
using UpcallActors.Daemon.Tests.Terminal;
using UpcallActors.Embedded;
using UpcallActors.Unixctl.Tests;

namespace UpcallActors.Daemon.Tests.Hosting;

/// <summary>How lines of the log look where they go.</summary>
public sealed partial class LogOutputTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task In_a_file_each_line_has_its_time()
    {
        string log = Path.Combine(_folder.Root, "log");
        await RunAsync($"exec \"$@\" 2> {log}");
        string[] lines = await File.ReadAllLinesAsync(log);
        lines.ShouldNotBeEmpty();
        lines.ShouldAllBe(line => Dated().IsMatch(line));
    }

    [Fact]
    public async Task Behind_a_pipe_who_reads_notes_the_time()
    {
        string errors = await RunAsync("exec \"$@\"");
        errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldAllBe(line => line.StartsWith("info: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Too_few_descriptors_are_named_with_what_is_needed()
    {
        string errors = await RunAsync("ulimit -n 290; exec \"$@\"");
        errors.ShouldContain("This process may have 290 descriptors open (RLIMIT_NOFILE), and this configuration needs up to ");
    }

    [Fact]
    public async Task A_low_limit_that_may_be_raised_is_raised() =>
        (await RunAsync("ulimit -Sn 290; exec \"$@\"")).ShouldNotContain("RLIMIT_NOFILE");

    [Fact]
    public void The_features_of_a_datapath_are_one_line_unless_all_is_wanted()
    {
        var lines = new LogLines();
        using var datapath = new EmbeddedDatapath(new EmbeddedDatapathOptions());
        FeatureReport.Log(lines, lines, LogLevel.Debug, datapath);
        string line = lines.Lines.Where(line => line.StartsWith("Information", StringComparison.Ordinal)).ShouldHaveSingleItem();
        line.ShouldContain($" of {datapath.Support.Rows.Count} features; not: Tunnel push pop, ");
        lines.Lines.ShouldContain(
            line => line.StartsWith("Debug", StringComparison.Ordinal) && line.Contains("Datapath supports ct_clear action"));
        lines.Lines.ShouldContain(line => line.Contains("VLAN header stack length probed as 2"));
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (info|warn): ")]
    private static partial Regex Dated();

    /// <summary>Runs a replay under a shell; returns what comes on standard error.</summary>
    private async Task<string> RunAsync(string command)
    {
        string file = _folder.Write("a.conf", DaemonOptionsTests.Good);
        using Process process =
            Process.Start(new ProcessStartInfo("sh", ["-c", command, "sh", .. DaemonProcess.CommandLine("run", "--config", file)])
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string errors = await process.StandardError.ReadToEndAsync();
        await output;
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, errors);
        return errors;
    }
}
