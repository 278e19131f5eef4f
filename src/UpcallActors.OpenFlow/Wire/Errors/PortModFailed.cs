using static UpcallActors.OpenFlow.OpenFlowError;
using static UpcallActors.OpenFlow.OpenFlowVersion;

namespace UpcallActors.OpenFlow;

/// <summary>The errors of <c>OFPET_PORT_MOD_FAILED</c>.</summary>
internal static class PortModFailed
{
    public static OpenFlowError BadPort { get; } = new("OFPPMFC_BAD_PORT", Of(V10, V10, 4, 0), Of(V11, V15, 7, 0));
    public static OpenFlowError BadHardwareAddress { get; } = new("OFPPMFC_BAD_HW_ADDR", Of(V10, V10, 4, 1), Of(V11, V15, 7, 1));
    public static OpenFlowError BadConfig { get; } = new("OFPPMFC_BAD_CONFIG", Of(V11, V15, 7, 2));
    public static OpenFlowError BadAdvertise { get; } = new("OFPPMFC_BAD_ADVERTISE", Of(V11, V15, 7, 3));
    public static OpenFlowError NotPermitted { get; } = new("OFPPMFC_EPERM", Of(V12, V15, 7, 4));

    /// <summary>All of them.</summary>
    public static IEnumerable<OpenFlowError> All =>
    [
        BadPort, BadHardwareAddress, BadConfig, BadAdvertise, NotPermitted,
    ];
}
