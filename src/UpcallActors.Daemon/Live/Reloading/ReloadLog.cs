using Microsoft.Extensions.Logging;
using UpcallActors.Daemon.Configuration;

namespace UpcallActors.Daemon.Live.Reloading;

/// <summary>Log events of reloads, 540 to 549.</summary>
internal static partial class ReloadLog
{
    /// <summary>Logs all of a report.</summary>
    public static void Tell(this ILogger logger, ReloadReport report)
    {
        foreach (ConfigurationProblem problem in report.Problems)
            logger.ReloadRefused(problem);
        foreach (string applied in report.Applied)
            logger.Applied(applied);
        foreach (string retried in report.Retried)
            logger.Retried(retried);
        foreach (string waiting in report.Waiting)
            logger.NeedsRestart(waiting);
        foreach (ConfigurationProblem skipped in report.SkippedFlows)
            logger.FlowSkipped(skipped);
        if (report is { IsGood: true, Applied.Count: 0, Waiting.Count: 0, Retried.Count: 0 })
            logger.Unchanged();
    }

    /// <summary>Logs each flow that is left out.</summary>
    public static void TellSkippedFlows(this ILogger logger, DaemonOptions options)
    {
        foreach (ConfigurationProblem skipped in options.Bridges.SelectMany(bridge => bridge.SkippedFlows))
            logger.FlowSkipped(skipped);
    }

    /// <summary>Logs what is to be said of the capture files that ports are.</summary>
    public static void TellCaptures(this ILogger logger, DaemonOptions options)
    {
        foreach (ConfigurationProblem warning in options.CaptureWarnings)
            logger.CaptureIsOdd(warning);
    }

    /// <summary>A part did not take its options.</summary>
    [LoggerMessage(544, LogLevel.Error, "The configuration was read again, but {Keys} could not be applied")]
    public static partial void ReloadFailed(this ILogger logger, Exception failure, string keys);

    /// <summary>A line of a file of flows is left out, because the bridge is configured to skip.</summary>
    [LoggerMessage(545, LogLevel.Warning, "Flow left out: {Problem}")]
    public static partial void FlowSkipped(this ILogger logger, ConfigurationProblem problem);

    /// <summary>A capture file has something besides Ethernet frames, or ends too early.</summary>
    [LoggerMessage(547, LogLevel.Warning, "Capture {Warning}")]
    public static partial void CaptureIsOdd(this ILogger logger, ConfigurationProblem warning);

    [LoggerMessage(540, LogLevel.Information, "The configuration was read again, now {Value}")]
    private static partial void Applied(this ILogger logger, string value);

    [LoggerMessage(546, LogLevel.Information, "The configuration was read again, and waiting ports were tried again: {Outcome}")]
    private static partial void Retried(this ILogger logger, string outcome);

    [LoggerMessage(541, LogLevel.Warning, "The configuration was read again, but a restart is needed for {Value}")]
    private static partial void NeedsRestart(this ILogger logger, string value);

    [LoggerMessage(542, LogLevel.Error, "The configuration was read again and nothing was changed: {Problem}")]
    private static partial void ReloadRefused(this ILogger logger, ConfigurationProblem problem);

    [LoggerMessage(543, LogLevel.Information, "The configuration was read again, nothing has changed")]
    private static partial void Unchanged(this ILogger logger);
}
