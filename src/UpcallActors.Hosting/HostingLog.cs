using Microsoft.Extensions.Logging;

namespace UpcallActors.Hosting;

/// <summary>The log events of a hosted pipeline, 420 to 439.</summary>
internal static partial class HostingLog
{
    /// <summary>Upcalls are answered.</summary>
    [LoggerMessage(420, LogLevel.Information, "Upcalls of datapath {Datapath} are answered by {Lanes} lanes")]
    public static partial void Answering(this ILogger logger, string datapath, int lanes);

    /// <summary>The datapath has a port, or has it again.</summary>
    [LoggerMessage(421, LogLevel.Information, "Port {Port} is datapath port {Number}, MTU {Mtu}")]
    public static partial void PortThere(this ILogger logger, string port, uint number, int mtu);

    /// <summary>The datapath does not have a port.</summary>
    [LoggerMessage(422, LogLevel.Warning, "Port {Port} is not in the datapath, and waits: {Reason}")]
    public static partial void PortWaits(this ILogger logger, string port, string reason);

    /// <summary>The datapath does not take a port.</summary>
    [LoggerMessage(426, LogLevel.Error, "Port {Port} is refused: {Reason}")]
    public static partial void PortRefused(this ILogger logger, string port, string reason);

    /// <summary>A port that an earlier run, or a configuration before, left.</summary>
    [LoggerMessage(427, LogLevel.Information, "Removed the datapath's port {Port}, which is no longer configured")]
    public static partial void PortRemoved(this ILogger logger, string port);

    /// <summary>A port cannot be taken out.</summary>
    [LoggerMessage(428, LogLevel.Warning, "The datapath's port {Port}, which is no longer configured, stays: {Reason}")]
    public static partial void PortStays(this ILogger logger, string port, string reason);

    /// <summary>Something is configured that does nothing.</summary>
    [LoggerMessage(429, LogLevel.Warning, "The {Part} of bridge {Bridge} has no effect: {Reason}")]
    public static partial void PartUnsupported(this ILogger logger, string part, string bridge, string reason);

    /// <summary>Two sources want the same.</summary>
    [LoggerMessage(430, LogLevel.Warning, "Configured twice: {Conflict}")]
    public static partial void PartConflicts(this ILogger logger, string conflict);

    /// <summary>The end, as it should be.</summary>
    [LoggerMessage(423, LogLevel.Information, "Datapath {Datapath} is closed after {Received} upcalls")]
    public static partial void Closed(this ILogger logger, string datapath, long received);

    /// <summary>A background thread or timer failed, and continues.</summary>
    [LoggerMessage(425, LogLevel.Error, "Failed while {Work}; continuing")]
    public static partial void UnattendedFailed(this ILogger logger, Exception failure, string work);

    /// <summary>The end, as it should not be.</summary>
    [LoggerMessage(424, LogLevel.Critical, "The upcalls of datapath {Datapath} are no longer answered: the actor system shuts down")]
    public static partial void Unanswered(this ILogger logger, Exception failure, string datapath);

    /// <summary>A patch port leads to its peer.</summary>
    [LoggerMessage(431, LogLevel.Information, "Patch port {Port} leads to {Peer}")]
    public static partial void PatchJoined(this ILogger logger, string port, string peer);

    /// <summary>A patch port drops packets.</summary>
    [LoggerMessage(432, LogLevel.Warning, "Patch port {Port} leads nowhere: {Reason}")]
    public static partial void PatchLeadsNowhere(this ILogger logger, string port, string reason);
}
