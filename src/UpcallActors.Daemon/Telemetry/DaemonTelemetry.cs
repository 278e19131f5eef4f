using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using UpcallActors.Daemon.Configuration;
using UpcallActors.Daemon.Configuration.Telemetry;
using UpcallActors.Pipeline;

namespace UpcallActors.Daemon.Telemetry;

/// <summary>
/// What the daemon tells others: spans, metrics and logs to a collector, metrics to Prometheus. Separate threads send. If sending fails, at
/// most 2,048 spans and as many log records wait; more are dropped. Disposing sends what is left, for
/// <see cref="TelemetryOptions.FlushTimeout"/> at most.
/// </summary>
internal sealed class DaemonTelemetry : IAsyncDisposable
{
    private readonly TelemetryDiagnostics? _diagnostics;
    private readonly TimeSpan _flushTimeout;
    private TracerProvider? _tracer;
    private ServiceProvider? _logs;
    private bool _isDeaf;

    private DaemonTelemetry(TimeSpan flushTimeout, TelemetryDiagnostics? diagnostics)
    {
        _flushTimeout = flushTimeout;
        _diagnostics = diagnostics;
    }

    /// <summary>Where metrics are gathered; with a reader for Prometheus if that was asked for. Null without a reader.</summary>
    public MeterProvider? Meters { get; private set; }

    /// <summary>Starts telemetry; null if there is no receiver, or if it cannot start, which the log says.</summary>
    /// <param name="options">What, and whom.</param>
    /// <param name="subject">About what.</param>
    /// <param name="isScraped">Whether Prometheus may come for metrics.</param>
    /// <param name="saysProblems">Whether problems of OpenTelemetry's are logged.</param>
    /// <param name="loggers">What gets one more provider where logs are sent.</param>
    /// <param name="logger">Where it is said what happens.</param>
    public static DaemonTelemetry? Start(TelemetryOptions options, TelemetrySubject subject, bool isScraped, bool saysProblems,
        ILoggerFactory loggers, ILogger logger)
    {
        if (!options.Exports && !isScraped)
            return null;
        // It hears all of this process. If another instance sends, one that only gathers for Prometheus leaves it to that.
#pragma warning disable CA2000 // Whoever it is returned to disposes it; where it is not, it is released.
        var telemetry = new DaemonTelemetry(options.FlushTimeout, saysProblems ? new TelemetryDiagnostics(logger, TimeProvider.System)
            : null);
#pragma warning restore CA2000
        try
        {
            telemetry.Open(options, subject, isScraped, loggers);
        }
#pragma warning disable CA1031 // Whatever cannot be told, it is no reason for a switch not to switch.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            telemetry.Release();
            logger.CannotSend(Secrets.Masked(failure.Message));
            return null;
        }

        if (options.Exports)
            logger.Sending(TextOf(options.Traces), TextOf(options.Metrics), TextOf(options.Logs));
        return telemetry;
    }

    /// <summary>
    /// Sends metrics as they are now, for <see cref="TelemetryOptions.FlushTimeout"/> at most: before what measures ends. A collector that
    /// did not take them is not waited for a second time.
    /// </summary>
    public async Task SendMetricsAsync()
    {
        if (Meters is { } meters && !_isDeaf)
            _isDeaf = !await Task.Run(() => meters.ForceFlush((int)_flushTimeout.TotalMilliseconds));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        int milliseconds = (int)_flushTimeout.TotalMilliseconds;
        // Side by side: where the collector is gone, each waits as long as it may.
        await Task.WhenAll(
            Task.Run(() => _tracer?.Shutdown(milliseconds)),
            Task.Run(() => Meters?.Shutdown(milliseconds)),
            Task.Run(() => _logs?.GetRequiredService<LoggerProvider>().Shutdown(milliseconds)));
        Release();
    }

    private void Open(TelemetryOptions options, TelemetrySubject subject, bool isScraped, ILoggerFactory loggers)
    {
        ResourceBuilder resource = TelemetryResource.Of(subject, options.ServiceName);
        if (options.Traces is { } traces)
            _tracer = BuildTracer(options, traces, resource);
        if (options.Metrics is not null || isScraped)
            Meters = BuildMeters(options, resource, isScraped);
        if (options.Logs is { } logs)
            _logs = AddLogs(options, logs, resource, loggers);
    }

    private void Release()
    {
        _tracer?.Dispose();
        Meters?.Dispose();
        _logs?.Dispose();
        _diagnostics?.Dispose();
    }

    private static TracerProvider BuildTracer(TelemetryOptions options, OtlpTarget target, ResourceBuilder resource) =>
        Sdk.CreateTracerProviderBuilder()
        .ConfigureServices(services => AddVariables(services, options))
        .SetResourceBuilder(resource)
        // What is drawn was drawn before there is a span: telemetry.traces has what OTEL_TRACES_SAMPLER stands for.
        .SetSampler(new AlwaysOnSampler())
        .AddSource(UpcallActorsTelemetry.SourceName)
        .AddOtlpExporter(otlp => Set(otlp, target))
        .Build();

    private static MeterProvider BuildMeters(TelemetryOptions options, ResourceBuilder resource, bool isScraped)
    {
        MeterProviderBuilder builder = Sdk.CreateMeterProviderBuilder()
            .ConfigureServices(services => AddVariables(services, options))
            .SetResourceBuilder(resource).AddMeter(UpcallActorsTelemetry.MeterName).AddMeter("System.Runtime");
        if (options.Metrics is { } target)
        {
            builder.AddOtlpExporter((otlp, reader) =>
            {
                Set(otlp, target);
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)options.MetricsInterval.TotalMilliseconds;
            });
        }

        if (isScraped)
            builder.AddPrometheusExporter();
        return builder.Build();
    }

    /// <summary>The host's logging was made before anything else, so that it says what happens from the beginning; this joins it.</summary>
    private static ServiceProvider AddLogs(TelemetryOptions options, OtlpTarget target, ResourceBuilder resource, ILoggerFactory loggers)
    {
        var services = new ServiceCollection();
        AddVariables(services, options);
        ServiceProvider provider = services
            .AddLogging(logging => logging.AddOpenTelemetry(log =>
            {
                log.SetResourceBuilder(resource);
                log.IncludeFormattedMessage = true;
                log.AddOtlpExporter(exporter => Set(exporter, target));
            }))
            .BuildServiceProvider();
        loggers.AddProvider(provider.GetRequiredService<ILoggerProvider>());
        return provider;
    }

    /// <summary>
    /// The library reads variables from whatever configuration there is; this one has those that were checked, and no others.
    /// </summary>
    private static void AddVariables(IServiceCollection services, TelemetryOptions options) => services.AddSingleton<IConfiguration>(
        new ConfigurationBuilder()
            .AddInMemoryCollection(options.Library.Select(variable => new KeyValuePair<string, string?>(variable.Key, variable.Value)))
            .Build());

    private static void Set(OtlpExporterOptions exporter, OtlpTarget target)
    {
        exporter.Endpoint = target.Endpoint;
        exporter.Protocol = target.Protocol == OtlpProtocol.Grpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        exporter.TimeoutMilliseconds = (int)target.Timeout.TotalMilliseconds;
        exporter.Headers = target.Headers ?? "";
        exporter.Compression = target.IsCompressed ? OtlpExportCompression.GZip : OtlpExportCompression.None;
    }

    private static string TextOf(OtlpTarget? target) => target == null ? "nowhere"
        : Secrets.Masked($"{target.Endpoint} ({(target.Protocol == OtlpProtocol.Grpc ? "grpc" : "http/protobuf")})");
}
