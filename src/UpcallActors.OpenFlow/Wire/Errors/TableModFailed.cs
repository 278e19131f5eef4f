using static UpcallActors.OpenFlow.OpenFlowError;
using static UpcallActors.OpenFlow.OpenFlowVersion;

namespace UpcallActors.OpenFlow;

/// <summary>The errors of <c>OFPET_TABLE_MOD_FAILED</c>.</summary>
internal static class TableModFailed
{
    public static OpenFlowError BadTable { get; } = new("OFPTMFC_BAD_TABLE", Of(V11, V15, 8, 0));
    public static OpenFlowError BadConfig { get; } = new("OFPTMFC_BAD_CONFIG", Of(V11, V15, 8, 1));
    public static OpenFlowError NotPermitted { get; } = new("OFPTMFC_EPERM", Of(V12, V15, 8, 2));

    /// <summary>All of them.</summary>
    public static IEnumerable<OpenFlowError> All =>
    [
        BadTable, BadConfig, NotPermitted,
    ];
}
