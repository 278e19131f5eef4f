using UpcallActors.Daemon.Tests.Configuration;

namespace UpcallActors.Daemon.Tests.Terminal;

/// <summary>The command <c>health</c> against a daemon that runs, and without one.</summary>
public sealed class HealthCommandTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_running_daemon_is_ready_and_one_that_has_ended_is_not()
    {
        string page = _folder.Write("page.conf",
            "upcall-actors { handlers = 1, replay { pace = recorded }, status.listen = \"127.0.0.1:0\" }");
        string good = _folder.Write("good.conf", DaemonOptionsTests.Good);
        using var daemon = DaemonProcess.Start("--config", good, "--config", page);
        string line = await daemon.WaitForAsync("Status page at http://");
        string address = line[(line.IndexOf("http://", StringComparison.Ordinal) + "http://".Length)..].TrimEnd('/');
        // The page is there before the pipeline has begun.
        await Eventually.HoldsAsync(async () => await DaemonProcess.RunAsync("health", "--address", address) == (0, "ready\n", ""));
        (await DaemonProcess.RunAsync("health", "--live", "--address", $"http://{address}/")).ShouldBe((0, "live\n", ""));
        (await DaemonProcess.RunAsync("health", "--json", "--address", address))
            .ShouldBe((0, """{"healthy":true,"answer":"ready"}""" + "\n", ""));
        string asked = _folder.Write("asked.conf", $"upcall-actors.status.listen = \"{address}\"");
        (await DaemonProcess.RunAsync("health", "--config", asked)).ShouldBe((0, "ready\n", ""));
        using (var client = new HttpClient())
        {
            (await client.GetStringAsync(new Uri($"http://{address}/"))).ShouldContain("<h1>UpcallActors</h1>");
            string metrics = await client.GetStringAsync(new Uri($"http://{address}/metrics"));
            metrics.ShouldContain("# TYPE upcall_actors_");
        }

        await daemon.SignalAsync("TERM");
        (int code, _, string errors) = await daemon.EndAsync();
        code.ShouldBe(0, errors);
        (int gone, string output, _) = await DaemonProcess.RunAsync("health", "--address", address);
        gone.ShouldBe(1);
        output.ShouldStartWith($"no answer from {address}: ");
    }

    [Fact]
    public async Task Whoever_has_no_page_is_not_healthy()
    {
        string off = _folder.Write("off.conf", "upcall-actors.status.listen = off");
        (await DaemonProcess.RunAsync("health", "--config", off))
            .ShouldBe((1, "there is no status page to ask: status.listen is off\n", ""));
    }

    [Theory]
    [InlineData("--address", "9677")]
    [InlineData("--config", "/nonexistent.conf")]
    public async Task What_cannot_be_asked_is_a_wrong_use(string option, string value)
    {
        (int code, string output, string errors) = await DaemonProcess.RunAsync("health", option, value);
        code.ShouldBe(2);
        output.ShouldBeEmpty();
        errors.ShouldContain(value);
    }

    [Fact]
    public async Task A_daemon_whose_address_is_taken_runs_without_a_page_and_says_so()
    {
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        string good = _folder.Write("good.conf", DaemonOptionsTests.Good);
        string page = _folder.Write("page.conf",
            $"upcall-actors {{ handlers = 1, replay.pace = recorded, status.listen = \"{taken.LocalEndpoint}\" }}");
        using var daemon = DaemonProcess.Start("--config", good, "--config", page);
        string line = await daemon.WaitForAsync("No status page at");
        line.ShouldContain("in use");
        taken.Stop();
        await daemon.WaitForAsync("Status page at http://");
        await daemon.SignalAsync("TERM");
        (int code, _, string errors) = await daemon.EndAsync();
        code.ShouldBe(0, errors);
    }
}
