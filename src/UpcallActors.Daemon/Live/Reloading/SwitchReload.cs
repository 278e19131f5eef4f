using UpcallActors.Daemon.Configuration;
using UpcallActors.Switch;

namespace UpcallActors.Daemon.Live.Reloading;

/// <summary>The bridges with their ports and flows. What is the same before and after stays as it is.</summary>
internal sealed class SwitchReload(RunningSwitch running) : IReloadable
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Keys { get; } = ["bridges"];

    /// <inheritdoc/>
    public Task ApplyAsync(DaemonOptions options) => running.ApplyAsync(options.Switch);

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> RetryAsync() => running.RetryAsync();
}
