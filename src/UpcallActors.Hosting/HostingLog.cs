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

    /// <summary>The end, as it should be.</summary>
    [LoggerMessage(423, LogLevel.Information, "Datapath {Datapath} is closed after {Received} upcalls")]
    public static partial void Closed(this ILogger logger, string datapath, long received);

    /// <summary>A background thread or timer failed, and continues.</summary>
    [LoggerMessage(425, LogLevel.Error, "Failed while {Work}; continuing")]
    public static partial void UnattendedFailed(this ILogger logger, Exception failure, string work);

    /// <summary>The end, as it should not be.</summary>
    [LoggerMessage(424, LogLevel.Critical, "The upcalls of datapath {Datapath} are no longer answered: the actor system shuts down")]
    public static partial void Unanswered(this ILogger logger, Exception failure, string datapath);
}
