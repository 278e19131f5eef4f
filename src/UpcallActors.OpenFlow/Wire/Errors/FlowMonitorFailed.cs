using static UpcallActors.OpenFlow.OpenFlowError;
using static UpcallActors.OpenFlow.OpenFlowVersion;

namespace UpcallActors.OpenFlow;

/// <summary>The errors of <c>OFPET_FLOW_MONITOR_FAILED</c>.</summary>
internal static class FlowMonitorFailed
{
    public static OpenFlowError Unknown { get; } = new("OFPMOFC_UNKNOWN", Of(V14, V15, 16, 0));
    public static OpenFlowError MonitorExists { get; } =
        new("OFPMOFC_MONITOR_EXISTS", Nx(V10, V11, 1, 517), Nx(V12, V13, 6), Of(V14, V15, 16, 1));
    public static OpenFlowError InvalidMonitor { get; } = new("OFPMOFC_INVALID_MONITOR", Of(V14, V15, 16, 2));
    public static OpenFlowError UnknownMonitor { get; } =
        new("OFPMOFC_UNKNOWN_MONITOR", Nx(V10, V11, 1, 519), Nx(V12, V13, 8), Of(V14, V15, 16, 3));
    public static OpenFlowError BadCommand { get; } = new("OFPMOFC_BAD_COMMAND", Of(V14, V15, 16, 4));
    public static OpenFlowError BadFlags { get; } = new("OFPMOFC_BAD_FLAGS", Nx(V10, V11, 1, 518), Nx(V12, V13, 7), Of(V14, V15, 16, 5));
    public static OpenFlowError BadTableId { get; } = new("OFPMOFC_BAD_TABLE_ID", Of(V14, V15, 16, 6));
    public static OpenFlowError BadOut { get; } = new("OFPMOFC_BAD_OUT", Of(V14, V15, 16, 7));

    /// <summary>All of them.</summary>
    public static IEnumerable<OpenFlowError> All =>
    [
        Unknown, MonitorExists, InvalidMonitor, UnknownMonitor, BadCommand, BadFlags, BadTableId, BadOut,
    ];
}
