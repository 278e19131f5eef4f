using static UpcallActors.OpenFlow.OpenFlowError;
using static UpcallActors.OpenFlow.OpenFlowVersion;

namespace UpcallActors.OpenFlow;

/// <summary>The errors of <c>OFPET_METER_MOD_FAILED</c>.</summary>
internal static class MeterModFailed
{
    public static OpenFlowError Unknown { get; } = new("OFPMMFC_UNKNOWN", Of(V13, V15, 12, 0));
    public static OpenFlowError MeterExists { get; } = new("OFPMMFC_METER_EXISTS", Of(V13, V15, 12, 1));
    public static OpenFlowError InvalidMeter { get; } = new("OFPMMFC_INVALID_METER", Of(V13, V15, 12, 2));
    public static OpenFlowError UnknownMeter { get; } = new("OFPMMFC_UNKNOWN_METER", Of(V13, V15, 12, 3));
    public static OpenFlowError BadCommand { get; } = new("OFPMMFC_BAD_COMMAND", Of(V13, V15, 12, 4));
    public static OpenFlowError BadFlags { get; } = new("OFPMMFC_BAD_FLAGS", Of(V13, V15, 12, 5));
    public static OpenFlowError BadRate { get; } = new("OFPMMFC_BAD_RATE", Of(V13, V15, 12, 6));
    public static OpenFlowError BadBurst { get; } = new("OFPMMFC_BAD_BURST", Of(V13, V15, 12, 7));
    public static OpenFlowError BadBand { get; } = new("OFPMMFC_BAD_BAND", Of(V13, V15, 12, 8));
    public static OpenFlowError BadBandValue { get; } = new("OFPMMFC_BAD_BAND_VALUE", Of(V13, V15, 12, 9));
    public static OpenFlowError OutOfMeters { get; } = new("OFPMMFC_OUT_OF_METERS", Of(V13, V15, 12, 10));
    public static OpenFlowError OutOfBands { get; } = new("OFPMMFC_OUT_OF_BANDS", Of(V13, V15, 12, 11));

    /// <summary>All of them.</summary>
    public static IEnumerable<OpenFlowError> All =>
    [
        Unknown, MeterExists, InvalidMeter, UnknownMeter, BadCommand, BadFlags, BadRate, BadBurst, BadBand, BadBandValue, OutOfMeters,
        OutOfBands,
    ];
}
