using Microsoft.Extensions.Logging;

namespace UpcallActors.Switch;

/// <summary>What is said about the database.</summary>
internal static partial class DatabaseLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{Remote}: connected")]
    public static partial void DatabaseConnected(this ILogger logger, ConnectionTarget remote);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Remote}: connection attempt failed ({Reason})")]
    public static partial void CannotReachDatabase(this ILogger logger, ConnectionTarget remote, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Remote}: {Reason}; the switch goes on as it is")]
    public static partial void DatabaseGone(this ILogger logger, ConnectionTarget remote, string reason);

    [LoggerMessage(Level = LogLevel.Error,
        Message = "another ovs-vswitchd process is running, disabling this process (pid {Process}) until it goes away")]
    public static partial void AnotherHasTheLock(this ILogger logger, int process);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Problem}")]
    public static partial void ProblemOfContents(this ILogger logger, string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "transaction error: {Error}")]
    public static partial void TransactionRefused(this ILogger logger, string error);

    [LoggerMessage(Level = LogLevel.Error, Message = "the database's configuration cannot be applied")]
    public static partial void CannotApply(this ILogger logger, Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "looking after the database has failed; it is connected anew")]
    public static partial void DatabaseFailed(this ILogger logger, Exception failure);
}
