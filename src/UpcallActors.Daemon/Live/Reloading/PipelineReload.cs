using UpcallActors.Daemon.Configuration;
using UpcallActors.Pipeline;

namespace UpcallActors.Daemon.Live.Reloading;

/// <summary>
/// What of a pipeline can change while it runs: batch size and share of its lanes, the settings of its revalidators, and what is traced.
/// </summary>
internal sealed class PipelineReload(UpcallPipeline pipeline) : IReloadable
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Keys { get; } =
    [
        "pipeline.batch-size", "pipeline.port-share",
        "revalidators.flow-limit", "revalidators.max-idle", "revalidators.max-revalidator", "revalidators.min-revalidate-pps",
        "telemetry.traces.batches", "telemetry.traces.upcalls", "telemetry.traces.slower-than", "telemetry.traces.upcalls-per-second",
    ];

    /// <inheritdoc/>
    public Task ApplyAsync(DaemonOptions options)
    {
        pipeline.Tune(tuning => tuning with { BatchSize = options.Pipeline.BatchSize, PortShare = options.Pipeline.PortShare });
        pipeline.Tracing = options.Telemetry.Sampling;
        pipeline.Revalidation?.Tune(settings => settings with
        {
            FlowLimit = options.Revalidators.FlowLimit,
            MaxIdle = options.Revalidators.MaxIdle,
            MaxRevalidator = options.Revalidators.MaxRevalidator,
            MinRevalidatePps = options.Revalidators.MinRevalidatePps,
        });
        return Task.CompletedTask;
    }
}
