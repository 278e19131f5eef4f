using UpcallActors.Daemon.Configuration;

namespace UpcallActors.Daemon.Live.Reloading;

/// <summary>A part of the running daemon that can take other options while it runs.</summary>
internal interface IReloadable
{
    /// <summary>
    /// The keys below <c>upcall-actors</c> that it can change, such as <c>pipeline.port-share</c>; a block stands for all in it.
    /// </summary>
    IReadOnlyList<string> Keys { get; }

    /// <summary>
    /// Changes to other options, which were checked. Called when a value of its keys has changed, by one caller at a time; ends when they
    /// hold. What it throws is logged, and ends nothing.
    /// </summary>
    Task ApplyAsync(DaemonOptions options);

    /// <summary>
    /// Tries again what could not be done so far, and says what became of each, in lines for people. Called when the configuration is read
    /// again, whether it has changed or not. What it throws is logged, and ends nothing.
    /// </summary>
    Task<IReadOnlyList<string>> RetryAsync() => Task.FromResult<IReadOnlyList<string>>([]);
}
