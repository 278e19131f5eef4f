using Microsoft.Extensions.Logging;

namespace UpcallActors.Unixctl;

/// <summary>The control socket's log events, 560 to 579.</summary>
internal static partial class ControlLog
{
    /// <summary>Clients may come.</summary>
    [LoggerMessage(560, LogLevel.Information, "Control socket {Path}")]
    public static partial void Listening(this ILogger logger, string path);

    /// <summary>A client was turned away or given up.</summary>
    [LoggerMessage(561, LogLevel.Warning, "A client of the control socket was disconnected: {Reason}")]
    public static partial void Disconnected(this ILogger logger, string reason);

    /// <summary>A defect in a command.</summary>
    [LoggerMessage(562, LogLevel.Warning, "The command {Command} failed")]
    public static partial void CommandFailed(this ILogger logger, Exception failure, string command);

    /// <summary>No client can come in, for want of descriptors for example.</summary>
    [LoggerMessage(563, LogLevel.Warning, "No client of the control socket can be accepted")]
    public static partial void AcceptFailed(this ILogger logger, Exception failure);

    /// <summary>A defect outside of commands.</summary>
    [LoggerMessage(565, LogLevel.Error, "Serving a client of the control socket failed")]
    public static partial void ConnectionFailed(this ILogger logger, Exception failure);

    /// <summary>The socket of a process that has ended was removed.</summary>
    [LoggerMessage(564, LogLevel.Information, "Removed {Path}, which has no listener")]
    public static partial void RemovedStale(this ILogger logger, string path);
}
