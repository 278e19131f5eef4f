using static UpcallActors.OpenFlow.OpenFlowError;
using static UpcallActors.OpenFlow.OpenFlowVersion;

namespace UpcallActors.OpenFlow;

/// <summary>The errors of <c>OFPET_SWITCH_CONFIG_FAILED</c>.</summary>
internal static class SwitchConfigFailed
{
    public static OpenFlowError BadFlags { get; } = new("OFPSCFC_BAD_FLAGS", Of(V11, V15, 10, 0));
    public static OpenFlowError BadLength { get; } = new("OFPSCFC_BAD_LEN", Of(V11, V15, 10, 1));
    public static OpenFlowError NotPermitted { get; } = new("OFPSCFC_EPERM", Of(V12, V15, 10, 2));

    /// <summary>All of them.</summary>
    public static IEnumerable<OpenFlowError> All =>
    [
        BadFlags, BadLength, NotPermitted,
    ];
}
