using UpcallActors.Daemon.Configuration;
using UpcallActors.Unixctl;

namespace UpcallActors.Daemon.Live.Reloading;

/// <summary>What is logged. Levels that <c>vlog/set</c> gave single categories are forgotten when the configuration's changes.</summary>
internal sealed class LogLevelReload(LogLevels levels) : IReloadable
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Keys { get; } = ["telemetry.logs.level"];

    /// <inheritdoc/>
    public Task ApplyAsync(DaemonOptions options)
    {
        levels.Set(options.Telemetry.LogLevel);
        return Task.CompletedTask;
    }
}
