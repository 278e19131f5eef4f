using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using UpcallActors.Daemon.Configuration;
using UpcallActors.Pipeline;

namespace UpcallActors.Daemon.Telemetry;

/// <summary>
/// What the daemon tells others: spans, metrics and logs to a collector, metrics to Prometheus. Sending is done by threads of its own; where it fails, what waits is dropped beyond a
/// bound (2,048 spans and log records). Disposing sends what is left, for <see cref="OtlpOptions.FlushTimeout"/> at most.
/// </summary>
internal sealed class DaemonTelemetry : IAsyncDisposable
{
    private readonly TelemetryDiagnostics? _diagnostics;
    private readonly TimeSpan _flushTimeout;
    private readonly TracerProvider? _tracer;
    private readonly ServiceProvider? _logs;
    private bool _isDeaf;

    private DaemonTelemetry(TelemetryOptions options, TelemetrySubject subject, bool isScraped, bool saysProblems, ILoggerFactory loggers, ILogger logger)
    {
        _flushTimeout = options.Otlp.FlushTimeout;
        // It hears everything of this process: who only gathers for Prometheus leaves it to who sends, if there is somebody.
        _diagnostics = saysProblems ? new TelemetryDiagnostics(logger, TimeProvider.System) : null;
        ResourceBuilder resource = TelemetryResource.Of(subject, options.ServiceName);
        if (options.Traces is { } traces)
            _tracer = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(UpcallActorsTelemetry.SourceName).AddOtlpExporter(otlp => Set(otlp, options.Otlp, traces)).Build();
        if (options.Metrics is not null || isScraped)
            Meters = BuildMeters(options, resource, isScraped);
        if (options.Logs is { } logs)
            _logs = AddLogs(options.Otlp, logs, resource, loggers);
    }

    /// <summary>Where metrics are gathered; with a reader for Prometheus if that was asked for. Null where nobody wants them.</summary>
    public MeterProvider? Meters { get; }

    /// <summary>Begins to tell; null when there is nobody to be told.</summary>
    /// <param name="options">What, and whom.</param>
    /// <param name="subject">About what.</param>
    /// <param name="isScraped">Whether Prometheus may come for metrics.</param>
    /// <param name="saysProblems">Whether problems of OpenTelemetry's are logged.</param>
    /// <param name="loggers">What gets one more provider where logs are sent.</param>
    /// <param name="logger">Where it is said what happens.</param>
    public static DaemonTelemetry? Start(TelemetryOptions options, TelemetrySubject subject, bool isScraped, bool saysProblems, ILoggerFactory loggers, ILogger logger)
    {
        if (!options.Exports && !isScraped)
            return null;
        var telemetry = new DaemonTelemetry(options, subject, isScraped, saysProblems, loggers, logger);
        if (options.Exports)
            logger.Sending(options.Otlp.Protocol == OtlpProtocol.Grpc ? "grpc" : "http/protobuf", TextOf(options.Traces), TextOf(options.Metrics), TextOf(options.Logs));
        return telemetry;
    }

    /// <summary>
    /// Sends metrics as they are now, for <see cref="OtlpOptions.FlushTimeout"/> at most: before what measures ends. A collector that did
    /// not take them is not waited for a second time.
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
        _tracer?.Dispose();
        Meters?.Dispose();
        if (_logs is not null)
            await _logs.DisposeAsync();
        _diagnostics?.Dispose();
    }

    private static MeterProvider BuildMeters(TelemetryOptions options, ResourceBuilder resource, bool isScraped)
    {
        MeterProviderBuilder builder = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(UpcallActorsTelemetry.MeterName).AddMeter("System.Runtime");
        if (options.Metrics is { } endpoint)
        {
            builder.AddOtlpExporter((otlp, reader) =>
            {
                Set(otlp, options.Otlp, endpoint);
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)options.MetricsInterval.TotalMilliseconds;
            });
        }

        if (isScraped)
            builder.AddPrometheusExporter();
        return builder.Build();
    }

    /// <summary>The host's logging was made before anything else, so that it says what happens from the beginning; this joins it.</summary>
    private static ServiceProvider AddLogs(OtlpOptions otlp, Uri endpoint, ResourceBuilder resource, ILoggerFactory loggers)
    {
        ServiceProvider services = new ServiceCollection()
            .AddLogging(logging => logging.AddOpenTelemetry(options =>
            {
                options.SetResourceBuilder(resource);
                options.IncludeFormattedMessage = true;
                options.AddOtlpExporter(exporter => Set(exporter, otlp, endpoint));
            }))
            .BuildServiceProvider();
        loggers.AddProvider(services.GetRequiredService<ILoggerProvider>());
        return services;
    }

    private static void Set(OtlpExporterOptions exporter, OtlpOptions otlp, Uri endpoint)
    {
        exporter.Endpoint = endpoint;
        exporter.Protocol = otlp.Protocol == OtlpProtocol.Grpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        exporter.TimeoutMilliseconds = (int)otlp.Timeout.TotalMilliseconds;
        exporter.Headers = otlp.Headers ?? "";
    }

    private static string TextOf(Uri? endpoint) => endpoint?.ToString() ?? "nowhere";
}
