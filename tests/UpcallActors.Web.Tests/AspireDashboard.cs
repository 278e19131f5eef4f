using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using UpcallActors.Daemon.Tests.Terminal;

namespace UpcallActors.Web.Tests;

/// <summary>
/// A back end for telemetry that others have made, and the demonstration that sends to it: the dashboard of .NET Aspire, which comes as a
/// package, starts without root and takes OTLP. Both are processes of their own, and end with this.
/// </summary>
public sealed class AspireDashboard : IAsyncLifetime
{
    private const string Listening = "listening on: ";

    private readonly string _folder = Directory.CreateTempSubdirectory("upcall-dashboard-").FullName;
    private readonly HttpClient _client = new();
    private Process? _dashboard;
    private DaemonProcess? _demo;

    /// <summary>The dashboard's program; null where its package is for another machine.</summary>
    public static string? Program { get; } = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? Packaged() : null;

    /// <summary>Where its pages are.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1/");

    public async Task InitializeAsync()
    {
        if (Program == null)
            return;
        var start = new ProcessStartInfo(Program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder,
        };
        (string Name, string Value)[] variables =
        [
            ("ASPNETCORE_URLS", "http://127.0.0.1:0"),
            ("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "http://127.0.0.1:0"),
            ("ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL", "http://127.0.0.1:0"),
            ("DASHBOARD__OTLP__AUTHMODE", "Unsecured"),
            ("DASHBOARD__FRONTEND__AUTHMODE", "Unsecured"),
            ("DASHBOARD__API__AUTHMODE", "Unsecured"),
            ("DASHBOARD__OTLP__SUPPRESSUNSECUREDMESSAGE", "true"),
            ("DASHBOARD__API__SUPPRESSUNSECUREDMESSAGE", "true"),
            // It keeps keys for its cookies there.
            ("HOME", _folder),
        ];
        foreach ((string name, string value) in variables)
            start.Environment[name] = value;
        _dashboard = Process.Start(start)!;
        // What nobody reads would hold it up once the pipe is full.
        _ = _dashboard.StandardError.ReadToEndAsync();
        Address = await AddressAsync("Now ");
        Uri otlp = await AddressAsync("OTLP/gRPC ");
        _ = _dashboard.StandardOutput.ReadToEndAsync();
        _demo = DaemonProcess.Start(
            [
                ("OTEL_EXPORTER_OTLP_ENDPOINT", otlp.ToString()),
                ("OTEL_METRIC_EXPORT_INTERVAL", "500"),
                ("UPCALL_RUN_DIR", Path.Combine(_folder, "run")),
            ],
            ["demo"]);
    }

    public async Task DisposeAsync()
    {
        _demo?.Dispose();
        if (_dashboard != null)
        {
            _dashboard.Kill();
            await _dashboard.WaitForExitAsync();
            _dashboard.Dispose();
        }

        _client.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>The spans that it has, the latest thousands of them.</summary>
    public async Task<IReadOnlyList<ReceivedSpan>> SpansAsync()
    {
        using var answer = JsonDocument.Parse(await _client.GetStringAsync(new Uri(Address, "api/telemetry/spans?limit=5000")));
        return
        [
            .. from resource in answer.RootElement.GetProperty("data").GetProperty("resourceSpans").EnumerateArray()
               from scope in resource.GetProperty("scopeSpans").EnumerateArray()
               from span in scope.GetProperty("spans").EnumerateArray()
               select ReceivedSpan.Of(span),
        ];
    }

    /// <summary>Where it shows a span: a batch with all its stages, any other with its attributes beside it.</summary>
    public Uri PageOf(ReceivedSpan span) =>
        new(Address, $"traces/detail/{span.TraceId}{(span.Name == "upcall.batch" ? "" : $"?spanId={span.SpanId}")}");

    /// <summary>Whether it has metrics of the daemon.</summary>
    public async Task<bool> HasMetricsAsync()
    {
        using var answer = JsonDocument.Parse(await _client.GetStringAsync(new Uri(Address, "api/telemetry/resources")));
        return answer.RootElement.EnumerateArray().Any(resource =>
            resource.GetProperty("name").GetString() == "upcall-actors" && resource.GetProperty("hasMetrics").GetBoolean());
    }

    private static string Packaged()
    {
        IEnumerable<AssemblyMetadataAttribute> entries = typeof(AspireDashboard).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>();
        return entries.Single(entry => entry.Key == "AspireDashboard").Value!;
    }

    private async Task<Uri> AddressAsync(string what)
    {
        while (await _dashboard!.StandardOutput.ReadLineAsync() is { } line)
        {
            int at = line.IndexOf(what + Listening, StringComparison.Ordinal);
            if (at >= 0)
                return new Uri(line[(at + what.Length + Listening.Length)..].Trim());
        }

        throw new InvalidOperationException("the dashboard has ended");
    }
}

/// <summary>A span as the dashboard gives it back.</summary>
/// <param name="Name">Its name.</param>
/// <param name="TraceId">Its trace.</param>
/// <param name="SpanId">Itself.</param>
/// <param name="ParentId">The span above it; empty for none.</param>
/// <param name="Attributes">Its attributes, as text.</param>
/// <param name="Links">The spans that it is linked to, by what the link is.</param>
public sealed record ReceivedSpan(
    string Name,
    string TraceId,
    string SpanId,
    string ParentId,
    IReadOnlyDictionary<string, string> Attributes,
    IReadOnlyList<(string Link, string TraceId, string SpanId)> Links)
{
    public static ReceivedSpan Of(JsonElement span) => new(
        span.GetProperty("name").GetString()!,
        span.GetProperty("traceId").GetString()!,
        span.GetProperty("spanId").GetString()!,
        span.TryGetProperty("parentSpanId", out JsonElement parent) ? parent.GetString() ?? "" : "",
        AttributesOf(span),
        [.. List(span, "links").Select(link => (
            AttributesOf(link).GetValueOrDefault(
                "upcall.link", ""), link.GetProperty("traceId").GetString()!, link.GetProperty("spanId").GetString()!))]);

    private static IEnumerable<JsonElement> List(JsonElement of, string name) =>
        of.TryGetProperty(name, out JsonElement list) ? list.EnumerateArray() : [];

    private static Dictionary<string, string> AttributesOf(JsonElement of) => List(of, "attributes").ToDictionary(
        attribute => attribute.GetProperty("key").GetString()!,
        attribute => attribute.GetProperty("value").EnumerateObject().First().Value.ToString());
}

/// <summary>A test with the dashboard; skipped on machines that its package is not for.</summary>
public sealed class DashboardFactAttribute : FactAttribute
{
    /// <summary>Whether its pages are looked at.</summary>
    public bool NeedsBrowser { get; }

    /// <param name="needsBrowser">Whether its pages are looked at.</param>
    public DashboardFactAttribute(bool needsBrowser = false)
    {
        NeedsBrowser = needsBrowser;
        if (AspireDashboard.Program == null)
            Skip = "the dashboard's package is for x64";
        else if (needsBrowser && Browser.Program == null)
            Skip = "there is no Chromium: apt-get install chromium";
    }
}
