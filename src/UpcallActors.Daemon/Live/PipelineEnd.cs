using Microsoft.Extensions.Logging;
using UpcallActors.Daemon.Hosting;
using UpcallActors.Daemon.Status;
using UpcallActors.Pipeline;

namespace UpcallActors.Daemon.Live;

/// <summary>The two steps in which the pipeline of a run stops.</summary>
internal static class PipelineEnd
{
    /// <summary>
    /// Finishes the upcalls in progress, while status page, telemetry and the watch of losses still see them. Throws what the pipeline
    /// has ended with.
    /// </summary>
    public static Task DrainAsync(SwitchStatus status, UpcallPipeline pipeline)
    {
        status.Drain();
        return pipeline.StopAsync(CancellationToken.None);
    }

    /// <summary>Ends the pipeline, which is drained before if the run was told to stop during its start.</summary>
    public static async Task CloseAsync(UpcallPipeline pipeline, ILogger logger)
    {
        await pipeline.DisposeAsync();
        if (pipeline.Completion.IsCompletedSuccessfully)
            logger.Drained(pipeline.Counters.Received);
    }
}
