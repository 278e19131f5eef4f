using static UpcallActors.OpenFlow.OpenFlowError;
using static UpcallActors.OpenFlow.OpenFlowVersion;

namespace UpcallActors.OpenFlow;

/// <summary>The errors of <c>OFPET_QUEUE_OP_FAILED</c>.</summary>
internal static class QueueOpFailed
{
    public static OpenFlowError BadPort { get; } = new("OFPQOFC_BAD_PORT", Of(V10, V10, 5, 0), Of(V11, V15, 9, 0));
    public static OpenFlowError BadQueue { get; } = new("OFPQOFC_BAD_QUEUE", Of(V10, V10, 5, 1), Of(V11, V15, 9, 1));
    public static OpenFlowError NotPermitted { get; } = new("OFPQOFC_EPERM", Of(V10, V10, 5, 2), Of(V11, V15, 9, 2));
    public static OpenFlowError QueueError { get; } = new("NXQOFC_QUEUE_ERROR", Nx(V14, V15, 23));

    /// <summary>All of them.</summary>
    public static IEnumerable<OpenFlowError> All =>
    [
        BadPort, BadQueue, NotPermitted, QueueError,
    ];
}
