namespace UpcallActors.Daemon.Configuration;

/// <summary>Reads the block <c>pipeline</c>.</summary>
internal static class PipelineOptionsReader
{
    private const int MostBatchesPerLane = 1024;
    private const int MostThreads = 256;
    private const int MostFailures = 1_000_000;

    /// <summary>Reads it.</summary>
    public static PipelineTuning Read(ConfigurationBlock block)
    {
        var tuning = new PipelineTuning(
            block.Integer("batch-size", 64, 1, 64),
            block.Integer("batches-per-lane", 32, 2, MostBatchesPerLane),
            block.Share("port-share", 0.5),
            ReadDispatchers(block.Block("dispatchers")),
            ReadRestarts(block.Block("restarts")));
        block.RefuseOthers();
        return tuning;
    }

    private static StageDispatcherOptions ReadDispatchers(ConfigurationBlock block)
    {
        int threads = block.Integer("fork-join-threads", 0, 0, MostThreads);
        var options = new StageDispatcherOptions(
            Dispatcher("receiver"), Dispatcher("router"), Dispatcher("translator"), Dispatcher("executor"),
            threads == 0 ? Environment.ProcessorCount : threads);
        block.RefuseOthers();
        return options;

        StageDispatcher Dispatcher(string stage) => block.Choice(
            stage, StageDispatcher.Lane, ("lane", StageDispatcher.Lane), ("pinned", StageDispatcher.Pinned),
            ("fork-join", StageDispatcher.ForkJoin));
    }

    private static RestartOptions ReadRestarts(ConfigurationBlock block)
    {
        var options = new RestartOptions(
            block.Integer("limit", 10, 0, MostFailures),
            block.Duration("window", TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1)),
            block.Integer("translator-limit", 1000, 1, MostFailures));
        block.RefuseOthers();
        return options;
    }
}
