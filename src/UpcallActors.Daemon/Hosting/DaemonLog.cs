using Microsoft.Extensions.Logging;

namespace UpcallActors.Daemon.Hosting;

/// <summary>The daemon's log events, 500 to 599.</summary>
internal static partial class DaemonLog
{
    /// <summary>Frames begin to flow.</summary>
    [LoggerMessage(500, LogLevel.Information, "Datapath {Datapath} ({Type}) with {Bridges} bridges and {Ports} ports, {Lanes} lanes")]
    public static partial void Started(this ILogger logger, string datapath, string type, int bridges, int ports, int lanes);

    /// <summary>SIGTERM or Ctrl-C.</summary>
    [LoggerMessage(501, LogLevel.Information, "Stopping: finishing the upcalls in progress")]
    public static partial void Stopping(this ILogger logger);

    /// <summary>The end.</summary>
    [LoggerMessage(502, LogLevel.Information, "Drained after {Received} upcalls")]
    public static partial void Drained(this ILogger logger, long received);

    /// <summary>Upcalls were lost.</summary>
    [LoggerMessage(503, LogLevel.Warning, "{Lost} upcalls were lost: {Losses}")]
    public static partial void Lost(this ILogger logger, long lost, string losses);

    /// <summary>Requests were refused.</summary>
    [LoggerMessage(504, LogLevel.Warning, "The datapath answered {Requests} requests with an error")]
    public static partial void Refused(this ILogger logger, long requests);

    /// <summary>Frames were too long for a port.</summary>
    [LoggerMessage(505, LogLevel.Warning, "{Frames} frames were not sent on {Port}: they exceed its MTU of {Mtu}")]
    public static partial void TooLong(this ILogger logger, long frames, string port, int mtu);

    /// <summary>The daemon cannot go on.</summary>
    [LoggerMessage(506, LogLevel.Critical, "The daemon failed")]
    public static partial void Failed(this ILogger logger, Exception failure);

    /// <summary>The daemon cannot begin, or cannot go on; the reason is for people.</summary>
    [LoggerMessage(508, LogLevel.Critical, "{Reason}")]
    public static partial void CannotRun(this ILogger logger, string reason);

    /// <summary>A file could not be written to its end.</summary>
    [LoggerMessage(507, LogLevel.Error, "{File} is incomplete, {Frames} frames are missing")]
    public static partial void OutputFailed(this ILogger logger, Exception failure, string file, long frames);

    /// <summary>The status page is there.</summary>
    [LoggerMessage(509, LogLevel.Information, "Status page at http://{Endpoint}/")]
    public static partial void PageServed(this ILogger logger, System.Net.IPEndPoint endpoint);

    /// <summary>A background thread or timer failed, and continues.</summary>
    [LoggerMessage(511, LogLevel.Error, "Failed while {Work}; continuing")]
    public static partial void UnattendedFailed(this ILogger logger, Exception failure, string work);

    /// <summary>There is no status page.</summary>
    [LoggerMessage(510, LogLevel.Warning, "No status page at {Endpoint} (status.listen), retrying: {Reason}")]
    public static partial void PageRefused(this ILogger logger, System.Net.IPEndPoint endpoint, string reason);

    /// <summary>A variable of the environment may not do what the user expects.</summary>
    [LoggerMessage(514, LogLevel.Warning, "{Note}")]
    public static partial void Noted(this ILogger logger, Configuration.ConfigurationProblem note);

    /// <summary>Lines that strangers caused were left out.</summary>
    [LoggerMessage(512, LogLevel.Warning, "{Lines} more lines of that kind were left out")]
    public static partial void LeftOut(this ILogger logger, long lines);

    /// <summary>Descriptors may run out.</summary>
    [LoggerMessage(
        513,
        LogLevel.Warning,
        "This process may have {Limit} descriptors open (RLIMIT_NOFILE), and this configuration needs up to {Needed} "
        + "(LimitNOFILE= of systemd, ulimit -Hn)")]
    public static partial void FewDescriptors(this ILogger logger, long limit, long needed);

    /// <summary>A part of the run failed at the end, after another failure that ended the run.</summary>
    [LoggerMessage(515, LogLevel.Error, "At the end of the run, this step failed, too: {Step}")]
    public static partial void StopFailed(this ILogger logger, Exception failure, string step);
}
