using Microsoft.Extensions.Logging;
using UpcallActors.Daemon.Configuration;

namespace UpcallActors.Daemon.Reloading;

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
        foreach (string waiting in report.Waiting)
            logger.NeedsRestart(waiting);
        if (report is { IsGood: true, Applied.Count: 0, Waiting.Count: 0 })
            logger.Unchanged();
    }

    /// <summary>A part did not take its options.</summary>
    [LoggerMessage(544, LogLevel.Error, "The configuration was read again, but {Keys} could not be applied")]
    public static partial void ReloadFailed(this ILogger logger, Exception failure, string keys);

    [LoggerMessage(540, LogLevel.Information, "The configuration was read again, from now on {Value}")]
    private static partial void Applied(this ILogger logger, string value);

    [LoggerMessage(541, LogLevel.Warning, "The configuration was read again, but a restart is needed for {Value}")]
    private static partial void NeedsRestart(this ILogger logger, string value);

    [LoggerMessage(542, LogLevel.Error, "The configuration was read again and nothing was changed: {Problem}")]
    private static partial void ReloadRefused(this ILogger logger, ConfigurationProblem problem);

    [LoggerMessage(543, LogLevel.Information, "The configuration was read again, nothing has changed")]
    private static partial void Unchanged(this ILogger logger);
}
