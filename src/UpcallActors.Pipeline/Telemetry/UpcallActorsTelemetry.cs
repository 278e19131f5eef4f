namespace UpcallActors.Pipeline;

/// <summary>
/// The names for OpenTelemetry, <c>AddSource(SourceName)</c> and <c>AddMeter(MeterName)</c>, and the words of tags.
/// </summary>
internal static class UpcallActorsTelemetry
{
    /// <summary>The name of the one <see cref="System.Diagnostics.ActivitySource"/>.</summary>
    public const string SourceName = "UpcallActors";

    /// <summary>The name of the one <see cref="System.Diagnostics.Metrics.Meter"/>.</summary>
    public const string MeterName = "UpcallActors";

    /// <summary>What a class is called in telemetry.</summary>
    public static string NameOf(UpcallClass upcallClass) => SnakeCase.Of(upcallClass.ToString());

    /// <summary>What a cause of loss is called in telemetry.</summary>
    public static string NameOf(LossCause cause) => SnakeCase.Of(cause.ToString());
}
