namespace UpcallActors.Daemon.Hosting;

/// <summary>A named part of a run: how it is started and how it is stopped. <see cref="RunOrder"/> says when.</summary>
/// <param name="name">The name, by which the order can be read.</param>
/// <param name="start">Starts it; null if there is nothing to start.</param>
/// <param name="stop">Stops it; null if there is nothing to stop.</param>
internal class RunStep(string name, Func<Task>? start = null, Func<Task>? stop = null)
{
    /// <summary>The name.</summary>
    public string Name { get; } = name;

    /// <summary>
    /// The name of an earlier step, right after which this one is stopped. Null stops this one before all earlier ones, as usual.
    /// </summary>
    public string? StopsAfter { get; init; }

    /// <summary>
    /// Whether it starts with the step before it, even if the run is told to stop in between: what it stops is what that step started.
    /// </summary>
    public bool ComesWithPrevious { get; init; }

    /// <summary>Starts it. If that fails, it leaves nothing to stop.</summary>
    public virtual Task StartAsync() => start?.Invoke() ?? Task.CompletedTask;

    /// <summary>Stops it. Called once, and only if it has started.</summary>
    public virtual Task StopAsync() => stop?.Invoke() ?? Task.CompletedTask;
}
