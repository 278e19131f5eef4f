using UpcallActors.Daemon.Configuration;
using UpcallActors.Pipeline;

namespace UpcallActors.Daemon.Reloading;

/// <summary>What of a pipeline can change while it runs: batch size and share of its lanes, and how its revalidators look after flows.</summary>
internal sealed class PipelineReload(UpcallPipeline pipeline) : IReloadable
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Keys { get; } =
        ["pipeline.batch-size", "pipeline.port-share", "revalidators.flow-limit", "revalidators.max-idle", "revalidators.max-revalidator", "revalidators.min-revalidate-pps"];

    /// <inheritdoc/>
    public Task ApplyAsync(DaemonOptions options)
    {
        pipeline.Tune(tuning => tuning with { BatchSize = options.Pipeline.BatchSize, PortShare = options.Pipeline.PortShare });
        if (pipeline.Revalidation is { } revalidation)
        {
            revalidation.Settings = revalidation.Settings with
            {
                FlowLimit = options.Revalidators.FlowLimit,
                MaxIdle = options.Revalidators.MaxIdle,
                MaxRevalidator = options.Revalidators.MaxRevalidator,
                MinRevalidatePps = options.Revalidators.MinRevalidatePps,
            };
        }

        return Task.CompletedTask;
    }
}
