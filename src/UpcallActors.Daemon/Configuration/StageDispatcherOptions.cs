namespace UpcallActors.Daemon.Configuration;

/// <summary>The block <c>pipeline.dispatchers</c>.</summary>
/// <param name="Receiver">Of the receivers.</param>
/// <param name="Router">Of the routers.</param>
/// <param name="Translator">Of the translators.</param>
/// <param name="Executor">Of the executors.</param>
/// <param name="ForkJoinThreads">Threads of the fork-join dispatcher; never 0, which stood for one per CPU.</param>
internal sealed record StageDispatcherOptions(StageDispatcher Receiver, StageDispatcher Router, StageDispatcher Translator,
    StageDispatcher Executor, int ForkJoinThreads)
{
    /// <summary>Whether a stage is on a dispatcher.</summary>
    public bool Uses(StageDispatcher dispatcher) =>
        Receiver == dispatcher || Router == dispatcher || Translator == dispatcher || Executor == dispatcher;
}

/// <summary>What runs the actors of a stage.</summary>
internal enum StageDispatcher
{
    /// <summary>Their lane's loop.</summary>
    Lane,

    /// <summary>A thread for each.</summary>
    Pinned,

    /// <summary>Threads that all of them share.</summary>
    ForkJoin,
}
