namespace UpcallActors.Pipeline;

/// <summary>The names by which OpenTelemetry is told to listen: <c>AddSource(SourceName)</c>, <c>AddMeter(MeterName)</c>.</summary>
public static class UpcallActorsTelemetry
{
    /// <summary>The name of the one <see cref="System.Diagnostics.ActivitySource"/>.</summary>
    public const string SourceName = "UpcallActors";

    /// <summary>The name of the one <see cref="System.Diagnostics.Metrics.Meter"/>.</summary>
    public const string MeterName = "UpcallActors";
}
