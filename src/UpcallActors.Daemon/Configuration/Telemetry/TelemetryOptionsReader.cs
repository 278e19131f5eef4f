using Microsoft.Extensions.Logging;
using UpcallActors.Pipeline;

namespace UpcallActors.Daemon.Configuration.Telemetry;

/// <summary>Reads the block <c>telemetry</c>.</summary>
internal static class TelemetryOptionsReader
{
    /// <summary>Finer than a time on the clock that it is compared with.</summary>
    private static readonly TimeSpan _finest = TimeSpan.FromTicks(1);

    /// <summary>Reads it, and reports what is wrong.</summary>
    public static TelemetryOptions Read(ConfigurationBlock block)
    {
        ConfigurationBlock otlp = block.Block("otlp");
        ConfigurationBlock traces = block.Block("traces");
        ConfigurationBlock metrics = block.Block("metrics");
        ConfigurationBlock logs = block.Block("logs");
        var options = new TelemetryOptions
        {
            ServiceName = block.Text("service-name"),
            Traces = OtlpTargetReader.Read(traces, otlp, "v1/traces", sends: true),
            Metrics = OtlpTargetReader.Read(metrics, otlp, "v1/metrics", sends: true, ("prometheus", false)),
            Logs = OtlpTargetReader.Read(logs, otlp, "v1/logs", sends: false),
            FlushTimeout = otlp.Duration("flush-timeout", TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1)),
            MetricsInterval = metrics.Duration("interval", TimeSpan.FromMinutes(1), TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1)),
            Sampling = ReadSampling(traces),
            LogLevel = logs.Choice(
                "level", LogLevel.Information, ("error", LogLevel.Error), ("warning", LogLevel.Warning),
                    ("information", LogLevel.Information), ("debug", LogLevel.Debug), ("trace", LogLevel.Trace)),
            JsonLogs = logs.Choice("format", false, ("text", false), ("json", true)),
            Library = block.Library,
        };
        otlp.RefuseOthers();
        traces.RefuseOthers();
        metrics.RefuseOthers();
        logs.RefuseOthers();
        block.RefuseOthers();
        return options with { Notes = block.Notes };
    }

    private static TraceSampling ReadSampling(ConfigurationBlock traces) => new()
    {
        Batches = traces.Share("batches", 0.01, orNone: true),
        Upcalls = traces.Share("upcalls", 0.01, orNone: true),
        SlowerThan = traces.Duration("slower-than", TimeSpan.FromMilliseconds(10), TimeSpan.Zero, TimeSpan.FromMinutes(1), _finest),
        UpcallsPerSecond = traces.Integer("upcalls-per-second", 100, 0, TraceSampling.MostPerSecond),
    };
}
