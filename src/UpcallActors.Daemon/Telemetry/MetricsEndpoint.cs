using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using UpcallActors.Daemon.Configuration.Telemetry;

namespace UpcallActors.Daemon.Telemetry;

/// <summary>
/// Metrics for Prometheus. They are gathered from the first request on, so a daemon that is not scraped pays nothing. Counters still count
/// from the start; histograms begin with that request.
/// </summary>
internal sealed class MetricsEndpoint : IAsyncDisposable
{
    private readonly Lazy<Scraped> _scraped;

    /// <param name="options">The options of telemetry; only the resource is used here.</param>
    /// <param name="subject">About what.</param>
    /// <param name="loggers">For the exporter.</param>
    /// <param name="logger">Where it is said what happens.</param>
    public MetricsEndpoint(TelemetryOptions options, TelemetrySubject subject, ILoggerFactory loggers,
        ILogger logger) => _scraped = new Lazy<Scraped>(() =>
    {
        DaemonTelemetry telemetry =
            DaemonTelemetry.Start(
            options with { Traces = null, Metrics = null, Logs = null }, subject, isScraped: true, saysProblems: !options.Exports, loggers,
            logger)
            ?? throw new InvalidOperationException("metrics cannot be gathered");
        ServiceProvider services = new ServiceCollection().AddOptions().BuildServiceProvider();
        var application = new ApplicationBuilder(services);
        application.UseOpenTelemetryPrometheusScrapingEndpoint(telemetry.Meters, predicate: null, path: null,
            configureBranchedPipeline: null, optionsName: null);
        return new Scraped(telemetry, services, application.Build());
    });

    /// <summary>Answers a request.</summary>
    public Task AnswerAsync(HttpContext context) => _scraped.Value.Answer(context);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_scraped.IsValueCreated)
            return;
        await _scraped.Value.Telemetry.DisposeAsync();
        await _scraped.Value.Services.DisposeAsync();
    }

    private sealed record Scraped(DaemonTelemetry Telemetry, ServiceProvider Services, RequestDelegate Answer);
}
