using System.Diagnostics;
using System.Globalization;
using UpcallActors.Daemon.Tests.Configuration;
using UpcallActors.Daemon.Tests.Terminal;
using UpcallActors.Unixctl.Tests;

namespace UpcallActors.Daemon.Tests.Hosting;

/// <summary>A daemon's log in a file, changed while it runs: its pattern, its name, and whether it is written at all.</summary>
public sealed class LogFileTests : IDisposable
{
    private const string Reload = "|The configuration was read again, nothing has changed";

    private readonly ConfigurationFolder _folder = new();
    private Process? _demo;

    public void Dispose()
    {
        if (_demo is { HasExited: false })
            _demo.Kill();
        _demo?.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_log_changes_its_pattern_is_moved_away_opened_anew_and_closed()
    {
        string run = Path.Combine(_folder.Root, "run");
        string log = Path.Combine(_folder.Root, "log");
        string more = _folder.Write("more.conf", $$"""upcall-actors { run-dir = "{{run}}", status.listen = off }""");
        Process demo = _demo = Process.Start(new ProcessStartInfo(
            "sh", ["-c", $"exec \"$@\" 2> {log}", "sh", .. DaemonProcess.CommandLine("demo", "--config", more)])
        {
            RedirectStandardOutput = true,
        })!;
        Task<string> output = demo.StandardOutput.ReadToEndAsync();
        await Eventually.HoldsAsync(() => File.Exists(Path.Combine(run, "upcall-actors.pid")));
        using ControlClient client = await ControlClient.ConnectAsync(Path.Combine(run, $"upcall-actors.{demo.Id}.ctl"));

        (await client.AskAsync("vlog/set", "PATTERN:console:%D{%Y}|%05N|%c|%p|%m", "bridge:dbg")).Error.ShouldBeNull();
        await ReloadsAsync(log, 1);
        (await File.ReadAllLinesAsync(log))[^1].ShouldMatch(@"^20\d\d\|\d{5}\|\w[\w-]*\|(INFO|WARN|DBG)\|");

        File.Move(log, log + ".1");
        await ReloadsAsync(log + ".1", 2);
        (await client.AskAsync("vlog/reopen")).Error.ShouldBeNull();
        string old = await File.ReadAllTextAsync(log + ".1");
        await ReloadsAsync(log, 1);
        (await File.ReadAllTextAsync(log + ".1")).ShouldBe(old);
        // No line is lost on the way from one to the other. A line may still be on its way when a later one is there.
        await Eventually.HoldsAsync(() => AreAll([.. Numbers(log + ".1"), .. Numbers(log)]));

        (await client.AskAsync("vlog/close")).Error.ShouldBeNull();
        string open = await File.ReadAllTextAsync(log);
        (await client.AskAsync("upcall-actors/reload")).Error.ShouldBeNull();
        (await File.ReadAllTextAsync(log)).ShouldBe(open);
        (await client.AskAsync("vlog/reopen")).Error.ShouldBeNull();
        (await client.AskAsync("upcall-actors/reload")).Error.ShouldBeNull();
        await Eventually.HoldsAsync(() => Reloads(log) >= 2);
        (await File.ReadAllTextAsync(log)).ShouldStartWith(open);
        File.Delete(log);
        File.CreateSymbolicLink(log, "/dev/null");
        (await client.AskAsync("vlog/reopen")).Error.ShouldNotBeNull().ShouldStartWith(log + ": ");
        File.Delete(log);

        (await client.AskAsync("exit")).Error.ShouldBeNull();
        await output;
        await demo.WaitForExitAsync();
        demo.ExitCode.ShouldBe(0);

        // Each reload says so in one line; other lines come when they like.
        async Task ReloadsAsync(string file, int lines)
        {
            (await client.AskAsync("upcall-actors/reload")).Error.ShouldBeNull();
            await Eventually.HoldsAsync(() => File.Exists(file) && Reloads(file) >= lines);
            Reloads(file).ShouldBe(lines);
        }
    }

    private static int Reloads(string file) => Lines(file).Count(line => line.EndsWith(Reload, StringComparison.Ordinal));

    /// <summary>Whether numbers follow one another without a gap.</summary>
    private static bool AreAll(int[] numbers) => numbers.Order().SequenceEqual(Enumerable.Range(numbers.Min(), numbers.Length));

    /// <summary>The numbers of the lines, which are those of the daemon's messages.</summary>
    private static IEnumerable<int> Numbers(string file) =>
        Lines(file).Select(line => int.Parse(line.Split('|')[1], CultureInfo.InvariantCulture));

    /// <summary>The lines of the pattern that the test sets.</summary>
    private static IEnumerable<string> Lines(string file) =>
        File.ReadLines(file).Where(line => line.Split('|') is { Length: >= 5 } parts && int.TryParse(parts[1], out _));
}
