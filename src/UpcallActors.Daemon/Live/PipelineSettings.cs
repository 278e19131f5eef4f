using Akka.Actor;
using UpcallActors.Daemon.Configuration;
using UpcallActors.Daemon.Hosting;
using UpcallActors.Pipeline;

namespace UpcallActors.Daemon.Live;

/// <summary>A pipeline's settings as a configuration has them.</summary>
internal static class PipelineSettings
{
    /// <summary>The settings for a pipeline in an actor system, which has the dispatchers that they name from then on.</summary>
    public static UpcallPipelineSettings Of(ActorSystem system, DaemonOptions options)
    {
        StageDispatchers.Register(system, options.Pipeline.Dispatchers);
        return new UpcallPipelineSettings
        {
            BatchSize = options.Pipeline.BatchSize,
            BatchesPerLane = options.Pipeline.BatchesPerLane,
            PortShare = options.Pipeline.PortShare,
            ReceiverDispatcher = StageDispatchers.IdOf(options.Pipeline.Dispatchers.Receiver),
            RouterDispatcher = StageDispatchers.IdOf(options.Pipeline.Dispatchers.Router),
            TranslatorDispatcher = StageDispatchers.IdOf(options.Pipeline.Dispatchers.Translator),
            ExecutorDispatcher = StageDispatchers.IdOf(options.Pipeline.Dispatchers.Executor),
            RestartLimit = options.Pipeline.Restarts.Limit,
            RestartWindow = options.Pipeline.Restarts.Window,
            TranslatorFailureLimit = options.Pipeline.Restarts.TranslatorLimit,
            Tracing = options.Telemetry.Sampling,
            Revalidation = new RevalidatorSettings
            {
                Revalidators = options.Revalidators.Count,
                FlowLimit = options.Revalidators.FlowLimit,
                MaxIdle = options.Revalidators.MaxIdle,
                MaxRevalidator = options.Revalidators.MaxRevalidator,
                MinRevalidatePps = options.Revalidators.MinRevalidatePps,
            },
        };
    }
}
