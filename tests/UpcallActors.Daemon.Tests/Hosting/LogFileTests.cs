using System.Diagnostics;
using UpcallActors.Daemon.Tests.Configuration;
using UpcallActors.Daemon.Tests.Control;
using UpcallActors.Daemon.Tests.Terminal;

namespace UpcallActors.Daemon.Tests.Hosting;

/// <summary>A daemon's log in a file, changed while it runs: its pattern, its name, and whether it is written at all.</summary>
public sealed class LogFileTests : IDisposable
{
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
        await SaysAsync("first", log, "|");
        (await File.ReadAllLinesAsync(log))[^1].ShouldMatch(@"^20\d\d\|\d{5}\|\w[\w-]*\|(INFO|WARN|DBG)\|");

        File.Move(log, log + ".1");
        await SaysAsync("still there", log + ".1", "|");
        (await client.AskAsync("vlog/reopen")).Error.ShouldBeNull();
        long before = new FileInfo(log + ".1").Length;
        await SaysAsync("in the new one", log, "|");
        new FileInfo(log + ".1").Length.ShouldBe(before);

        (await client.AskAsync("vlog/close")).Error.ShouldBeNull();
        before = new FileInfo(log).Length;
        (await client.AskAsync("upcall-actors/reload")).Error.ShouldBeNull();
        new FileInfo(log).Length.ShouldBe(before);
        (await client.AskAsync("vlog/reopen")).Error.ShouldBeNull();
        await SaysAsync("again", log, "|");
        File.Delete(log);
        File.CreateSymbolicLink(log, "/dev/null");
        (await client.AskAsync("vlog/reopen")).Error.ShouldNotBeNull().ShouldStartWith(log + ": ");
        File.Delete(log);

        (await client.AskAsync("exit")).Error.ShouldBeNull();
        await output;
        await demo.WaitForExitAsync();
        demo.ExitCode.ShouldBe(0);

        // A reload says something each time.
        async Task SaysAsync(string what, string file, string text)
        {
            int lines = File.Exists(file) ? (await File.ReadAllLinesAsync(file)).Length : 0;
            (await client.AskAsync("upcall-actors/reload")).Error.ShouldBeNull(what);
            await Eventually.HoldsAsync(async () =>
            {
                string[] now = File.Exists(file) ? await File.ReadAllLinesAsync(file) : [];
                return now.Skip(lines).Any(line => line.Contains(text, StringComparison.Ordinal));
            });
        }
    }
}
