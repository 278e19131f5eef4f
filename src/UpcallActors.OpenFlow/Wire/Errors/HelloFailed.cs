using static UpcallActors.OpenFlow.OpenFlowError;
using static UpcallActors.OpenFlow.OpenFlowVersion;

namespace UpcallActors.OpenFlow;

/// <summary>The errors of <c>OFPET_HELLO_FAILED</c>.</summary>
internal static class HelloFailed
{
    public static OpenFlowError Incompatible { get; } = new("OFPHFC_INCOMPATIBLE", Of(V10, V15, 0, 0));
    public static OpenFlowError NotPermitted { get; } = new("OFPHFC_EPERM", Of(V10, V15, 0, 1));

    /// <summary>All of them.</summary>
    public static IEnumerable<OpenFlowError> All =>
    [
        Incompatible, NotPermitted,
    ];
}
