using Microsoft.Extensions.Logging;

namespace UpcallActors.Daemon.Live;

/// <summary>The live switch's log events, 520 to 539; those of its ports are the library's (<c>LoggingObserver</c>).</summary>
internal static partial class SwitchLog
{
    /// <summary>The switch runs.</summary>
    [LoggerMessage(521, LogLevel.Information,
        "Datapath {Datapath} with {Bridges} bridges and {Ports} ports, {Lanes} handlers, dispatch {Dispatch}")]
    public static partial void Running(this ILogger logger, string datapath, int bridges, int ports, int lanes, string dispatch);

    /// <summary>What the datapath can do, in short.</summary>
    [LoggerMessage(532, LogLevel.Information,
        "Datapath {Datapath} has {Present} of {All} features; not: {Missing} (dpif/show-dp-features)")]
    public static partial void Features(this ILogger logger, string datapath, int present, int all, string missing);

    /// <summary>One feature.</summary>
    [LoggerMessage(EventId = 522, Message = "{Datapath}: {Feature}")]
    public static partial void Feature(this ILogger logger, LogLevel level, string datapath, string feature);

    /// <summary>Upcalls are being lost.</summary>
    [LoggerMessage(527, LogLevel.Warning, "Upcalls lost in the last {Seconds:0} s: {Losses}")]
    public static partial void Losing(this ILogger logger, double seconds, string losses);

    /// <summary>The end of the datapath.</summary>
    [LoggerMessage(528, LogLevel.Information, "Datapath {Datapath} deleted")]
    public static partial void Deleted(this ILogger logger, string datapath);

    /// <summary>The datapath outlives the daemon.</summary>
    [LoggerMessage(529, LogLevel.Information, "Datapath {Datapath} stays, with its ports and flows")]
    public static partial void Kept(this ILogger logger, string datapath);

    /// <summary>Fragments are made smaller than they were.</summary>
    [LoggerMessage(530, LogLevel.Warning,
        "Reassembled packets leave port {Port} in smaller fragments than they came in, because its MTU is {Mtu}. Each of them comes up")]
    public static partial void Refragmented(this ILogger logger, string port, int mtu);
}
