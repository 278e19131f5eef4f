using System.Text.Json;
using UpcallActors.Daemon.Terminal;
using UpcallActors.Daemon.Tests.Configuration;
using UpcallActors.Daemon.Tests.Terminal;

namespace UpcallActors.Daemon.Tests.Demo;

/// <summary>The demo as a user meets it: a process without privilege, and the other commands on it.</summary>
public sealed class DemoCommandTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string RunDirectory => Path.Combine(_folder.Root, "run");

    [Fact]
    public async Task A_demo_is_a_daemon_with_traffic_losses_and_slow_packets_to_look_at()
    {
        string more = _folder.Write("more.conf", $$"""upcall-actors { run-dir = "{{RunDirectory}}", status.listen = "127.0.0.1:0" }""");
        using var demo = DaemonProcess.Start("demo", "--config", more);
        string page = (await demo.WaitForAsync("Status page at ")).Split(' ')[^1];
        using (var client = new HttpClient())
            (await client.GetStringAsync(new Uri(page + "health/ready"))).ShouldNotBeEmpty();
        // Five bridges and ten ports take few more than one would. The runtime keeps the assemblies open that it compiles from.
        Opened(demo.Id).Where(name => !name.EndsWith(".dll", StringComparison.Ordinal)).Count().ShouldBeLessThan(64);

        // Losses with their cause, and reassembled packets with their MRU.
        await Eventually.HoldsAsync(async () =>
        {
            JsonElement snapshot = await JsonAsync("show");
            JsonElement source = snapshot.GetProperty("losses").EnumerateArray()
                .Single(loss => loss.GetProperty("cause").GetString() == "source");
            return source.GetProperty("upcalls").GetInt64() > 0
                && snapshot.GetProperty("mru").GetProperty("largest").GetInt32() == 1500;
        });
        await Eventually.HoldsAsync(async () => (await JsonAsync("flows")).GetProperty("flows").GetArrayLength() > 0);
        (await OfAsync("trace", "br0", "in_port=1,icmp")).ShouldContain("Datapath actions: ct(commit,zone=9),");
        (await OfAsync("top", "-n", "1", "--interval", "0.1")).ShouldContain("embedded@demo");
        await Eventually.HoldsAsync(async () =>
        {
            using var upcall = JsonDocument.Parse(await OfAsync("monitor", "-n", "1", "--port", "scanner", "--json", "tcp,tcp_dst=80"));
            return upcall.RootElement.GetProperty("latencySeconds").GetDouble() >= 0.03;
        });

        await demo.SignalAsync("TERM");
        (int code, string output, string errors) = await demo.EndAsync();
        code.ShouldBe(0, errors);
        output.ShouldContain("Nothing of this machine is touched.");
        output.ShouldContain($"upcall-actors top --target {RunDirectory} ");
        Directory.GetFiles(RunDirectory).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_wrong_with_a_file_laid_over_the_demo_is_said_before_anything_runs()
    {
        string more = _folder.Write("more.conf", "upcall-actors.nonsense = 1");
        (int code, string output, string errors) = await DaemonProcess.RunAsync("demo", "--config", more);
        code.ShouldBe(ExitCode.Usage);
        output.ShouldBeEmpty();
        errors.ShouldContain($"{more}:1: ");
    }

    /// <summary>What the descriptors of a process stand for.</summary>
    private static IEnumerable<string> Opened(int process) =>
        Directory.GetFileSystemEntries($"/proc/{process}/fd").Select(entry => new FileInfo(entry).LinkTarget).OfType<string>();

    private async Task<JsonElement> JsonAsync(string command)
    {
        using var document = JsonDocument.Parse(await OfAsync(command, "--json"));
        return document.RootElement.Clone();
    }

    private async Task<string> OfAsync(params string[] arguments)
    {
        var output = new StringWriter();
        var errors = new StringWriter();
        int code = await CommandLine.RunAsync([.. arguments, "--target", RunDirectory], output, errors);
        code.ShouldBe(0, errors.ToString());
        return output.ToString();
    }
}
