using System.Collections.Frozen;
using Microsoft.Extensions.Logging;
using UpcallActors.Pipeline;

namespace UpcallActors.Daemon.Configuration.Telemetry;

/// <summary>The block <c>telemetry</c>.</summary>
internal sealed record TelemetryOptions
{
    /// <summary>Nothing is sent anywhere.</summary>
    public static readonly TelemetryOptions None = new();

    /// <summary>The name of the service; null for ours, unless <c>OTEL_RESOURCE_ATTRIBUTES</c> has one.</summary>
    public string? ServiceName { get; init; }

    /// <summary>Where spans are sent; null for nowhere.</summary>
    public OtlpTarget? Traces { get; init; }

    /// <summary>Where metrics are sent; null for nowhere.</summary>
    public OtlpTarget? Metrics { get; init; }

    /// <summary>Where logs are sent, too; null for nowhere.</summary>
    public OtlpTarget? Logs { get; init; }

    /// <summary>How long the daemon's end waits for what is left to be sent.</summary>
    public TimeSpan FlushTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often metrics are sent.</summary>
    public TimeSpan MetricsInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>What is traced.</summary>
    public TraceSampling Sampling { get; init; } = new();

    /// <summary>Whether a line of the log is a JSON object.</summary>
    public bool JsonLogs { get; init; }

    /// <summary>The least that is logged.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>The variables that OpenTelemetry's library reads by itself, checked.</summary>
    public IReadOnlyDictionary<string, string> Library { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>Settings that may not do what the user expects, and that are no reason to refuse anything.</summary>
    public IReadOnlyList<ConfigurationProblem> Notes { get; init; } = [];

    /// <summary>Whether anything is sent.</summary>
    public bool Exports => (Traces ?? Metrics ?? Logs) != null;
}

/// <summary>Where a signal is sent, and how.</summary>
/// <param name="Endpoint">Where.</param>
/// <param name="Protocol">The protocol.</param>
/// <param name="Headers">Names and values, <c>name=value,name=value</c>; null for none.</param>
/// <param name="Timeout">How long a request may take.</param>
/// <param name="IsCompressed">Whether requests are compressed by gzip.</param>
internal sealed record OtlpTarget(Uri Endpoint, OtlpProtocol Protocol, string? Headers, TimeSpan Timeout, bool IsCompressed);

/// <summary>How OTLP is spoken.</summary>
internal enum OtlpProtocol
{
    /// <summary>gRPC.</summary>
    Grpc,

    /// <summary>Protobuf in HTTP POST requests.</summary>
    HttpProtobuf,
}
