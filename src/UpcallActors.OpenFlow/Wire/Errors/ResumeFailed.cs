using static UpcallActors.OpenFlow.OpenFlowError;
using static UpcallActors.OpenFlow.OpenFlowVersion;

namespace UpcallActors.OpenFlow;

/// <summary>The errors of Nicira's NXT_RESUME.</summary>
internal static class ResumeFailed
{
    public static OpenFlowError NotSupported { get; } = new("NXR_NOT_SUPPORTED", Nx(V10, V11, 1, 533), Nx(V12, V15, 34));
    public static OpenFlowError Stale { get; } = new("NXR_STALE", Nx(V10, V11, 1, 534), Nx(V12, V15, 35));

    /// <summary>All of them.</summary>
    public static IEnumerable<OpenFlowError> All =>
    [
        NotSupported, Stale,
    ];
}
