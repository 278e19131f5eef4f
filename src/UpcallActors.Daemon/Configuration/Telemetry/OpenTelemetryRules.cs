using System.Collections.Frozen;
using System.Globalization;

namespace UpcallActors.Daemon.Configuration.Telemetry;

/// <summary>
/// One row for each variable of OpenTelemetry's specification (configuration/sdk-environment-variables, protocol/exporter), in its order.
/// </summary>
internal static class OpenTelemetryRules
{
    private static readonly string[] _signals = ["", "TRACES_", "METRICS_", "LOGS_"];

    /// <summary>The rows.</summary>
    public static FrozenDictionary<string,
        OpenTelemetryRule> ByName
    { get; } = Rows().ToFrozenDictionary(row => row.Name, row => row.Rule, StringComparer.Ordinal);

    /// <summary>A batch that is larger than its queue makes the library throw: the queue bounds it.</summary>
    public static void FitQueues(Dictionary<string, string> library, Action<string, string> note)
    {
        foreach (string processor in (ReadOnlySpan<string>)["OTEL_BSP_", "OTEL_BLRP_"])
        {
            (string queueName, string batchName) = ($"{processor}MAX_QUEUE_SIZE", $"{processor}MAX_EXPORT_BATCH_SIZE");
            int queue = library.TryGetValue(queueName, out string? text) ? Number(text) : DefaultQueue;
            bool isSet = library.TryGetValue(batchName, out text);
            if ((isSet ? Number(text!) : DefaultBatch) <= queue)
                continue;
            library[batchName] = queue.ToString(CultureInfo.InvariantCulture);
            note(isSet ? batchName : queueName, $"a batch cannot be larger than the queue, {queue}");
        }
    }

    private const int DefaultQueue = 2048;
    private const int DefaultBatch = 512;

    /// <summary>More is a mistake: it is memory that a collector which is away takes.</summary>
    private const int MostQueued = 1_000_000;

    private static IEnumerable<(string Name, OpenTelemetryRule Rule)> Rows() =>
    [
        ("OTEL_SDK_DISABLED", new(OpenTelemetryReading.Disabled)),
        ("OTEL_ENTITIES", Unused("entities are not supported; OTEL_RESOURCE_ATTRIBUTES is")),
        ("OTEL_RESOURCE_ATTRIBUTES", ForLibrary(OpenTelemetryReading.Pairs)),
        ("OTEL_SERVICE_NAME", new(text => text.Text)),
        ("OTEL_LOG_LEVEL", Unused("telemetry.logs.level decides what is logged")),
        ("OTEL_PROPAGATORS", Unused("no request carries a trace context")),
        ("OTEL_TRACES_SAMPLER", new(OpenTelemetryReading.Sampler)),
        ("OTEL_TRACES_SAMPLER_ARG", new(OpenTelemetryReading.SamplerArgument)),
        .. Processor("OTEL_BSP_"),
        .. Processor("OTEL_BLRP_"),
        .. Limits(),
        .. _signals.SelectMany(Exporter),
        ("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE",
            ForLibrary(text => OpenTelemetryReading.OneOf(text, "cumulative", "delta", "lowmemory"))),
        ("OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION",
            ForLibrary(text => OpenTelemetryReading.OneOf(text, "explicit_bucket_histogram", "base2_exponential_bucket_histogram"))),
        ("OTEL_EXPORTER_ZIPKIN_ENDPOINT", Unused("nothing is sent to Zipkin")),
        ("OTEL_EXPORTER_ZIPKIN_TIMEOUT", Unused("nothing is sent to Zipkin")),
        ("OTEL_EXPORTER_PROMETHEUS_HOST", Unused("status.listen is the address for Prometheus")),
        ("OTEL_EXPORTER_PROMETHEUS_PORT", Unused("status.listen is the address for Prometheus")),
        ("OTEL_TRACES_EXPORTER", new(text => OpenTelemetryReading.Exporters(text, "none", "console", "logging", "zipkin", "jaeger"))),
        ("OTEL_METRICS_EXPORTER", new(text => OpenTelemetryReading.Exporters(text, "none", "console", "logging"))),
        ("OTEL_LOGS_EXPORTER", new(text => OpenTelemetryReading.Exporters(text, "none", "console", "logging"))),
        ("OTEL_METRICS_EXEMPLAR_FILTER", ForLibrary(text => OpenTelemetryReading.OneOf(text, "always_on", "always_off", "trace_based"))),
        ("OTEL_METRIC_EXPORT_INTERVAL", new(text => OpenTelemetryReading.Whole(text, 100, 3_600_000))),
        ("OTEL_METRIC_EXPORT_TIMEOUT", ForLibrary(text => OpenTelemetryReading.Whole(text, 1, int.MaxValue))),
        ("OTEL_CONFIG_FILE", Unused("this file is not read; use --config")),
        ("OTEL_EXPERIMENTAL_CONFIG_FILE", Unused("this file is not read; use --config")),
    ];

    private static IEnumerable<(string Name, OpenTelemetryRule Rule)> Processor(string prefix) =>
    [
        ($"{prefix}SCHEDULE_DELAY", ForLibrary(text => OpenTelemetryReading.Whole(text, 1, int.MaxValue))),
        ($"{prefix}EXPORT_TIMEOUT", ForLibrary(text => OpenTelemetryReading.Whole(text, 1, int.MaxValue))),
        ($"{prefix}MAX_QUEUE_SIZE", ForLibrary(text => OpenTelemetryReading.Whole(text, 1, MostQueued))),
        ($"{prefix}MAX_EXPORT_BATCH_SIZE", ForLibrary(text => OpenTelemetryReading.Whole(text, 1, MostQueued))),
    ];

    private static IEnumerable<(string Name, OpenTelemetryRule Rule)> Limits() =>
        from name in (string[])
        [
            "ATTRIBUTE_VALUE_LENGTH", "ATTRIBUTE_COUNT", "SPAN_ATTRIBUTE_VALUE_LENGTH", "SPAN_ATTRIBUTE_COUNT", "SPAN_EVENT_COUNT",
                "SPAN_LINK_COUNT", "EVENT_ATTRIBUTE_COUNT",
            "LINK_ATTRIBUTE_COUNT", "LOGRECORD_ATTRIBUTE_VALUE_LENGTH", "LOGRECORD_ATTRIBUTE_COUNT",
        ]
        select ($"OTEL_{name}_LIMIT", ForLibrary(text => OpenTelemetryReading.Whole(text, 0, int.MaxValue)));

    /// <summary>The exporter's, of all signals (the name is empty) or of one.</summary>
    private static IEnumerable<(string Name, OpenTelemetryRule Rule)> Exporter(string signal)
    {
        string prefix = $"OTEL_EXPORTER_OTLP_{signal}";
        OpenTelemetryRule file = signal.Length == 0 ? ForLibrary(OpenTelemetryReading.ReadableFile)
            : Unused("certificates are for all signals: use the variable without the signal's name");
        return
        [
            ($"{prefix}ENDPOINT", new(text => OpenTelemetryReading.Endpoint(text, signal))),
            // Looked at together with an endpoint that needs it.
            ($"{prefix}INSECURE", new(text => OpenTelemetryReading.OneOf(text, "true", "false"))),
            ($"{prefix}CERTIFICATE", file),
            ($"{prefix}CLIENT_KEY", file),
            ($"{prefix}CLIENT_CERTIFICATE", file),
            ($"{prefix}HEADERS", new(OpenTelemetryReading.Pairs)),
            ($"{prefix}COMPRESSION", new(text => OpenTelemetryReading.OneOf(text, "gzip", "none"))),
            ($"{prefix}TIMEOUT", new(text => OpenTelemetryReading.Whole(text, 100, 60_000))),
            ($"{prefix}PROTOCOL", new(text => OpenTelemetryReading.OneOf(text, "grpc", "http/protobuf"))),
        ];
    }

    private static OpenTelemetryRule ForLibrary(Func<OpenTelemetryText, string?> read) => new(read, IsForLibrary: true);

    private static OpenTelemetryRule Unused(string reason) => new(text => text.Refuse(reason));

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
