using Microsoft.Extensions.Logging;
using UpcallActors.Pipeline;

namespace UpcallActors.Daemon.Configuration;

/// <summary>The block <c>telemetry</c>.</summary>
internal sealed record TelemetryOptions
{
    /// <summary>Nothing is sent anywhere.</summary>
    public static readonly TelemetryOptions None = new();

    /// <summary>The name of the service; null for ours, unless <c>OTEL_RESOURCE_ATTRIBUTES</c> has one.</summary>
    public string? ServiceName { get; init; }

    /// <summary>How what is sent is sent.</summary>
    public OtlpOptions Otlp { get; init; } = new(OtlpProtocol.Grpc, null, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(5));

    /// <summary>Where spans are sent; null for nowhere.</summary>
    public Uri? Traces { get; init; }

    /// <summary>Where metrics are sent; null for nowhere.</summary>
    public Uri? Metrics { get; init; }

    /// <summary>Where logs are sent, too; null for nowhere.</summary>
    public Uri? Logs { get; init; }

    /// <summary>How often metrics are sent.</summary>
    public TimeSpan MetricsInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>What is traced.</summary>
    public TraceSampling Sampling { get; init; } = new();

    /// <summary>Whether a line of the log is a JSON object.</summary>
    public bool JsonLogs { get; init; }

    /// <summary>The least that is logged.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>Whether anything is sent.</summary>
    public bool Exports => (Traces ?? Metrics ?? Logs) != null;
}

/// <summary>The block <c>telemetry.otlp</c>.</summary>
/// <param name="Protocol">The protocol.</param>
/// <param name="Headers">Names and values, <c>name=value,name=value</c>; null for none.</param>
/// <param name="Timeout">How long a request may take.</param>
/// <param name="FlushTimeout">How long the daemon's end waits for what is left to be sent.</param>
internal sealed record OtlpOptions(OtlpProtocol Protocol, string? Headers, TimeSpan Timeout, TimeSpan FlushTimeout);

/// <summary>How OTLP is spoken.</summary>
internal enum OtlpProtocol
{
    /// <summary>gRPC.</summary>
    Grpc,

    /// <summary>Protobuf in HTTP POST requests.</summary>
    HttpProtobuf,
}
