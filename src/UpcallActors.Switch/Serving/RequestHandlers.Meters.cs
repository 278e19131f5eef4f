using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <content>Meters.</content>
internal static partial class RequestHandlers
{
    // Bands that drop; rates in kilobits or packets, bursts and statistics (OFPMF_*).
    private const uint DropBands = 1 << 1;
    private const uint MeterCapabilities = 0xf;

    private static IEnumerable<RequestRow> MeterRows() =>
    [
        Change<MeterModMessage>(MessageType.MeterMod, static (request, message) => request.Bridge.Meters.Make(message, request.Origin)),
        Row<NumberMessage>(MessageType.MeterStatsRequest, DumpMeterStatistics),
        Row<NumberMessage>(MessageType.MeterConfigRequest, DescribeMeters),
        Row<EmptyMessage>(MessageType.MeterFeaturesRequest, TellMeterFeatures),
    ];

    private static OpenFlowError? DumpMeterStatistics(BridgeRequest request, NumberMessage meter)
    {
        MeterChanges meters = request.Bridge.Meters;
        if (IsUnknown(meters, meter.Value))
            return MeterModFailed.UnknownMeter;
        request.ReplyAll(MessageType.MeterStatsReply, meters.Selected(meter.Value).Select(meters.StatisticsOf));
        return null;
    }

    private static OpenFlowError? DescribeMeters(BridgeRequest request, NumberMessage meter)
    {
        if (IsUnknown(request.Bridge.Meters, meter.Value))
            return MeterModFailed.UnknownMeter;
        request.ReplyAll(
            MessageType.MeterConfigReply,
            request.Bridge.Meters.Selected(meter.Value).Select(one => new MeterConfig(one.Flags, one.Id, one.Bands)));
        return null;
    }

    /// <summary>One meter must be there; all may be none (<c>handle_meter_request</c>).</summary>
    private static bool IsUnknown(MeterChanges meters, uint id) => id != MeterChanges.AllMeters && meters.Selected(id).IsEmpty;

    /// <summary>A datapath without meters has none of all.</summary>
    private static OpenFlowError? TellMeterFeatures(BridgeRequest request, EmptyMessage body)
    {
        (uint meters, uint bands) = request.Bridge.Meters.Limits;
        bool hasMeters = meters > 0;
        request.Reply(MessageType.MeterFeaturesReply, new MeterFeaturesMessage(
            meters, hasMeters ? DropBands : 0, hasMeters ? MeterCapabilities : 0, (byte)Math.Min(bands, byte.MaxValue), MaximumColors: 0));
        return null;
    }
}
