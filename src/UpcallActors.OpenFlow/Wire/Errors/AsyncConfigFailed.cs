using static UpcallActors.OpenFlow.OpenFlowError;
using static UpcallActors.OpenFlow.OpenFlowVersion;

namespace UpcallActors.OpenFlow;

/// <summary>The errors of <c>OFPET_ASYNC_CONFIG_FAILED</c>.</summary>
internal static class AsyncConfigFailed
{
    public static OpenFlowError Invalid { get; } = new("OFPACFC_INVALID", Onf(V13, V13, 2370), Of(V14, V15, 15, 0));
    public static OpenFlowError Unsupported { get; } = new("OFPACFC_UNSUPPORTED", Onf(V13, V13, 2371), Of(V14, V15, 15, 1));
    public static OpenFlowError NotPermitted { get; } = new("OFPACFC_EPERM", Onf(V13, V13, 2372), Of(V14, V15, 15, 2));

    /// <summary>All of them.</summary>
    public static IEnumerable<OpenFlowError> All =>
    [
        Invalid, Unsupported, NotPermitted,
    ];
}
