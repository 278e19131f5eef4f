using static UpcallActors.OpenFlow.OpenFlowError;
using static UpcallActors.OpenFlow.OpenFlowVersion;

namespace UpcallActors.OpenFlow;

/// <summary>The errors of <c>OFPET_FLOW_MOD_FAILED</c>.</summary>
internal static class FlowModFailed
{
    public static OpenFlowError Unknown { get; } = new("OFPFMFC_UNKNOWN", Of(V11, V15, 5, 0));
    public static OpenFlowError TableFull { get; } = new("OFPFMFC_TABLE_FULL", Of(V10, V10, 3, 0), Of(V11, V15, 5, 1));
    public static OpenFlowError BadTableId { get; } = new("OFPFMFC_BAD_TABLE_ID", Of(V11, V15, 5, 2));
    public static OpenFlowError Overlap { get; } = new("OFPFMFC_OVERLAP", Of(V10, V10, 3, 1), Of(V11, V15, 5, 3));
    public static OpenFlowError NotPermitted { get; } = new("OFPFMFC_EPERM", Of(V10, V10, 3, 2), Of(V11, V15, 5, 4));
    public static OpenFlowError BadTimeout { get; } = new("OFPFMFC_BAD_TIMEOUT", Of(V11, V15, 5, 5));
    public static OpenFlowError BadEmergencyTimeout { get; } = new("OFPFMFC_BAD_EMERG_TIMEOUT", Of(V10, V10, 3, 3));
    public static OpenFlowError BadCommand { get; } = new("OFPFMFC_BAD_COMMAND", Of(V10, V10, 3, 4), Of(V11, V15, 5, 6));
    public static OpenFlowError BadFlags { get; } =
        new("OFPFMFC_BAD_FLAGS", Nx(V10, V10, 3, 258), Nx(V11, V11, 5, 258), Of(V12, V15, 5, 7));
    public static OpenFlowError CannotSync { get; } = new("OFPFMFC_CANT_SYNC", Of(V14, V15, 5, 8));
    public static OpenFlowError BadPriority { get; } = new("OFPFMFC_BAD_PRIORITY", Onf(V13, V13, 2360), Of(V14, V15, 5, 9));
    public static OpenFlowError IsSync { get; } = new("OFPFMFC_IS_SYNC", Of(V14, V15, 5, 10));
    public static OpenFlowError Unsupported { get; } = new("OFPFMFC_UNSUPPORTED", Of(V10, V10, 3, 5));
    public static OpenFlowError Hardware { get; } = new("NXFMFC_HARDWARE", Nx(V10, V11, 5, 256), Nx(V12, V15, 12));
    public static OpenFlowError NxBadTableId { get; } = new("NXFMFC_BAD_TABLE_ID", Nx(V10, V11, 5, 257), Nx(V12, V15, 13));
    public static OpenFlowError InvalidTlvField { get; } = new("NXFMFC_INVALID_TLV_FIELD", Nx(V10, V11, 1, 536), Nx(V12, V15, 37));

    /// <summary>All of them.</summary>
    public static IEnumerable<OpenFlowError> All =>
    [
        Unknown, TableFull, BadTableId, Overlap, NotPermitted, BadTimeout, BadEmergencyTimeout, BadCommand, BadFlags, CannotSync,
        BadPriority, IsSync, Unsupported, Hardware, NxBadTableId, InvalidTlvField,
    ];
}
