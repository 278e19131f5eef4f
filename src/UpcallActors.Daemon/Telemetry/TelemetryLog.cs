using Microsoft.Extensions.Logging;

namespace UpcallActors.Daemon.Telemetry;

/// <summary>Telemetry's log events, 580 to 589.</summary>
internal static partial class TelemetryLog
{
    /// <summary>Something is sent.</summary>
    [LoggerMessage(580, LogLevel.Information, "Telemetry is sent: traces to {Traces}, metrics to {Metrics}, logs to {Logs}")]
    public static partial void Sending(this ILogger logger, string traces, string metrics, string logs);

    /// <summary>The collector is not there, or refuses, or something else.</summary>
    [LoggerMessage(581, LogLevel.Warning,
        "OpenTelemetry reports problems ({Problems} since the last such line); upcalls continue. The latest: {Problem}")]
    public static partial void NotSending(this ILogger logger, long problems, string problem);

    /// <summary>Nothing is sent, since OpenTelemetry's library does not take what it was given.</summary>
    [LoggerMessage(582, LogLevel.Error, "Telemetry is not sent: {Problem}")]
    public static partial void CannotSend(this ILogger logger, string problem);
}
