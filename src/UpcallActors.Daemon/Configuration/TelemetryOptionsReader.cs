using Microsoft.Extensions.Logging;
using UpcallActors.Pipeline;

namespace UpcallActors.Daemon.Configuration;

/// <summary>Reads the block <c>telemetry</c>.</summary>
internal static class TelemetryOptionsReader
{
    private const string Off = "off";

    /// <summary>Reads it, and reports what is wrong.</summary>
    public static TelemetryOptions Read(ConfigurationBlock block)
    {
        ConfigurationBlock otlp = block.Block("otlp");
        Uri? endpoint = Endpoint(otlp, "endpoint");
        var otlpOptions = new OtlpOptions(
            otlp.Choice("protocol", OtlpProtocol.Grpc, ("grpc", OtlpProtocol.Grpc), ("http/protobuf", OtlpProtocol.HttpProtobuf)),
            Headers(otlp),
            otlp.Duration("timeout", TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1)),
            otlp.Duration("flush-timeout", TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1)));
        otlp.RefuseOthers();
        bool isHttp = otlpOptions.Protocol == OtlpProtocol.HttpProtobuf;
        ConfigurationBlock traces = block.Block("traces");
        ConfigurationBlock metrics = block.Block("metrics");
        ConfigurationBlock logs = block.Block("logs");
        var options = new TelemetryOptions
        {
            ServiceName = block.Text("service-name"),
            Otlp = otlpOptions,
            Traces = Destination(traces, endpoint, isHttp, "v1/traces", sends: true),
            Metrics = Destination(metrics, endpoint, isHttp, "v1/metrics", sends: true),
            Logs = Destination(logs, endpoint, isHttp, "v1/logs", sends: false),
            MetricsInterval = metrics.Duration("interval", TimeSpan.FromMinutes(1), TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1)),
            Sampling = ReadSampling(traces),
            LogLevel = logs.Choice(
                "level", LogLevel.Information, ("error", LogLevel.Error), ("warning", LogLevel.Warning), ("information", LogLevel.Information), ("debug", LogLevel.Debug), ("trace", LogLevel.Trace)),
            JsonLogs = logs.Choice("format", false, ("text", false), ("json", true)),
        };
        traces.RefuseOthers();
        metrics.RefuseOthers();
        logs.RefuseOthers();
        block.RefuseOthers();
        return options;
    }

    private static TraceSampling ReadSampling(ConfigurationBlock traces) => new()
    {
        Batches = traces.Share("batches", 0.01, orNone: true),
        Upcalls = traces.Share("upcalls", 0.01, orNone: true),
        SlowerThan = traces.Duration("slower-than", TimeSpan.FromMilliseconds(10), TimeSpan.Zero, TimeSpan.FromMinutes(1)),
        UpcallsPerSecond = traces.Integer("upcalls-per-second", 100, 0, TraceSampling.MostPerSecond),
    };

    /// <summary>Where a signal goes: its own endpoint as it stands, or the one of all, behind which HTTP wants the signal's path.</summary>
    private static Uri? Destination(ConfigurationBlock signal, Uri? endpoint, bool isHttp, string path, bool sends)
    {
        // Prometheus comes for metrics by itself; what else there may be in the variable is none of ours.
        bool isSent = signal.Choice("exporter", sends, ("otlp", true), ("none", false), ("prometheus", false));
        Uri? own = Endpoint(signal, "endpoint");
        if (!isSent)
            return null;
        if (own != null || endpoint == null || !isHttp)
            return own ?? endpoint;
        return new UriBuilder(endpoint) { Path = $"{endpoint.AbsolutePath.TrimEnd('/')}/{path}" }.Uri;
    }

    private static Uri? Endpoint(ConfigurationBlock block, string key)
    {
        if (block.Text(key) is not { } text || text == Off)
            return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out Uri? endpoint) && (endpoint.Scheme == Uri.UriSchemeHttp || endpoint.Scheme == Uri.UriSchemeHttps) && endpoint.Host.Length > 0)
            return endpoint;
        block.Report(key, $"{key} must be a URL such as http://127.0.0.1:4317, or off, not \"{text}\"");
        return null;
    }

    private static string? Headers(ConfigurationBlock otlp)
    {
        if (otlp.Text("headers") is not { } text)
            return null;
        // Its value may be a secret: what is wrong is said without it.
        if (text.Split(',').All(header => header.IndexOf('=', StringComparison.Ordinal) > 0) && text.All(letter => letter is >= ' ' and <= '~'))
            return text;
        otlp.Report("headers", "headers must be name=value,name=value");
        return null;
    }
}
