using System.Diagnostics;
using System.Text.Json;
using UpcallActors.Daemon.Tests.Configuration;
using UpcallActors.Daemon.Tests.Terminal;

namespace UpcallActors.Daemon.Tests.Telemetry;

/// <summary>A real Prometheus that scrapes the daemon.</summary>
public sealed class PrometheusTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [PrometheusFact]
    public async Task Prometheus_scrapes_the_daemon_s_metrics_and_answers_queries_about_them()
    {
        // The first frames go out at once, the last in an hour: there are upcalls, and the daemon stays.
        string good = _folder.Write("good.conf", DaemonOptionsTests.Good);
        string page = _folder.Write("page.conf", "upcall-actors { handlers = 1, replay.pace = recorded, status.listen = \"127.0.0.1:0\" }");
        using var daemon = DaemonProcess.Start("--config", good, "--config", page);
        string said = await daemon.WaitForAsync("Status page at http://");
        string target = said[(said.IndexOf("http://", StringComparison.Ordinal) + "http://".Length)..].TrimEnd('/');
        using Process prometheus = StartPrometheus(target);
        try
        {
            using var client = new HttpClient { BaseAddress = new Uri($"http://{await AddressOfAsync(prometheus)}") };
            await Eventually.HoldsAsync(
                async () => await ValueAsync(client, "sum(upcall_actors_upcalls_received_total{class=\"miss\"})") is > 0);
            // A scrape that took too long hides all values until the next.
            foreach ((string query, double value) in ((string, double)[])[("up", 1), ("sum(upcall_actors_upcalls_lost_total)", 0),
                ("upcall_actors_credits_limit{lane=\"0\"}", 32)])
                await Eventually.HoldsAsync(async () => await ValueAsync(client, query) == value, () => query);
            // Bounded, whatever goes through the switch: what docs/observability.md promises for one lane.
            await Eventually.HoldsAsync(async () => await ValueAsync(client, "count({__name__=~\"upcall_actors_.*\"})") is > 0 and < 200);
        }
        finally
        {
            prometheus.Kill();
            await prometheus.WaitForExitAsync();
        }

        await daemon.SignalAsync("TERM");
        (int code, _, string errors) = await daemon.EndAsync();
        code.ShouldBe(0, errors);
    }

    private Process StartPrometheus(string target)
    {
        string configuration = _folder.Write("prometheus.yml", $$"""
            global: { scrape_interval: 3s }
            scrape_configs:
              - job_name: upcall-actors
                static_configs: [ { targets: [ "{{target}}" ] } ]
            """);
        var start = new ProcessStartInfo(
            "prometheus", [$"--config.file={configuration}", $"--storage.tsdb.path={Path.Combine(_folder.Root, "series")}",
                "--web.listen-address=127.0.0.1:0"])
        {
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }

    /// <summary>It says on which port it was put.</summary>
    private static async Task<string> AddressOfAsync(Process prometheus)
    {
        const string Said = "msg=\"Listening on\" address=";
        while (await prometheus.StandardError.ReadLineAsync() is { } line)
        {
            int at = line.IndexOf(Said, StringComparison.Ordinal);
            if (at < 0)
                continue;
            // A full pipe would stop it.
            _ = prometheus.StandardError.ReadToEndAsync();
            return line[(at + Said.Length)..].Trim();
        }

        throw new InvalidOperationException("prometheus has ended");
    }

    /// <summary>The value of a query; null while there is none.</summary>
    private static async Task<double?> ValueAsync(HttpClient client, string query)
    {
        using HttpResponseMessage response =
            await client.GetAsync(new Uri($"/api/v1/query?query={Uri.EscapeDataString(query)}", UriKind.Relative));
        if (!response.IsSuccessStatusCode)
            return null;
        using JsonDocument answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        JsonElement result = answer.RootElement.GetProperty("data").GetProperty("result");
        return result.GetArrayLength() == 0
            ? null
            : double.Parse(result[0].GetProperty("value")[1].GetString()!, System.Globalization.CultureInfo.InvariantCulture);
    }
}

/// <summary>A fact about the real <c>prometheus</c>, skipped where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PrometheusFactAttribute : FactAttribute
{
    public PrometheusFactAttribute()
    {
        string[] path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        if (!path.Any(folder => File.Exists(Path.Combine(folder, "prometheus"))))
            Skip = "prometheus is not installed (apt-get install prometheus)";
    }
}
