using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using UpcallActors.Daemon.Status;

namespace UpcallActors.Web.Tests;

/// <summary>A server of its own over the same switch, whose readiness a test decides about.</summary>
internal sealed class OtherServer : IAsyncDisposable
{
    private readonly HealthChecks _checks;
    private StatusServer? _server;

    public OtherServer(RunningSwitch running)
    {
        Source = new ScriptedSource(running.Status);
        _checks = new HealthChecks(Source);
    }

    public ScriptedSource Source { get; }

    public async Task<HttpClient> StartAsync(int port = 0)
    {
        _server = await StatusServer.StartAsync(
            new IPEndPoint(IPAddress.Loopback, port), Source, _checks.Service, metrics: null, NullLoggerFactory.Instance);
        return new HttpClient
        {
            BaseAddress = new Uri($"http://{_server.Endpoint}/"),
            DefaultRequestHeaders = { Connection = { "close" }, CacheControl = new CacheControlHeaderValue { NoCache = true } },
        };
    }

    public async ValueTask DisposeAsync()
    {
        if (_server != null)
            await _server.DisposeAsync();
        _checks.Dispose();
    }

    internal sealed class ScriptedSource(IStatusSource inner) : IStatusSource, IHealthCheck
    {
        public string? Problem { get; set; }

        public string? Waiting { get; set; }

        public ManualResetEventSlim? Held { get; set; }

        public DaemonSnapshot Take()
        {
            Held?.Wait();
            return inner.Take() with { NotReadyBecause = Problem };
        }

        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(
                Problem != null ? HealthCheckResult.Unhealthy(Problem)
                : Waiting != null ? HealthCheckResult.Degraded(Waiting)
                : HealthCheckResult.Healthy());

        public FlowListing ListFlows(string? filter, int most, CancellationToken cancellation) =>
            inner.ListFlows(filter, most, cancellation);

        public RuleListing ListRules(string bridge, string? match, int most) => inner.ListRules(bridge, match, most);

        public TraceAnswer Trace(string bridge, string flow) => inner.Trace(bridge, flow);
    }
}
