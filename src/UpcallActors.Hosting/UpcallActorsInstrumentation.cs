using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using UpcallActors.Pipeline;

namespace UpcallActors.Hosting;

/// <summary>Adds what the pipeline tells of itself to OpenTelemetry. The instruments bring their own bounds; no view is needed.</summary>
public static class UpcallActorsInstrumentation
{
    /// <summary>Adds the spans of sampled batches and upcalls.</summary>
    public static TracerProviderBuilder AddUpcallActorsInstrumentation(this TracerProviderBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddSource(UpcallActorsTelemetry.SourceName);
    }

    /// <summary>Adds the metrics.</summary>
    public static MeterProviderBuilder AddUpcallActorsInstrumentation(this MeterProviderBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddMeter(UpcallActorsTelemetry.MeterName);
    }
}
