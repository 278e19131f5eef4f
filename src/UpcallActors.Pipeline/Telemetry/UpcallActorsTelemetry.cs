namespace UpcallActors.Pipeline;

/// <summary>The names by which OpenTelemetry is told to listen, <c>AddSource(SourceName)</c> and <c>AddMeter(MeterName)</c>, and the words of tags.</summary>
public static class UpcallActorsTelemetry
{
    /// <summary>The name of the one <see cref="System.Diagnostics.ActivitySource"/>.</summary>
    public const string SourceName = "UpcallActors";

    /// <summary>The name of the one <see cref="System.Diagnostics.Metrics.Meter"/>.</summary>
    public const string MeterName = "UpcallActors";

    /// <summary>What a class is called in telemetry.</summary>
    public static string NameOf(UpcallClass upcallClass) => upcallClass switch
    {
        UpcallClass.Miss => "miss",
        UpcallClass.SlowPath => "slow_path",
        UpcallClass.Controller => "controller",
        UpcallClass.Sflow => "sflow",
        UpcallClass.FlowSample => "flow_sample",
        UpcallClass.Ipfix => "ipfix",
        _ => "bad",
    };

    /// <summary>What a cause of loss is called in telemetry.</summary>
    public static string NameOf(LossCause cause) => cause switch
    {
        LossCause.Shed => "shed",
        LossCause.Truncated => "truncated",
        LossCause.Malformed => "malformed",
        LossCause.UnknownCookie => "unknown_cookie",
        LossCause.TranslatorFailed => "translator_failed",
        LossCause.TooLong => "too_long",
        LossCause.SendRefused => "send_refused",
        _ => "stage_failed",
    };
}
