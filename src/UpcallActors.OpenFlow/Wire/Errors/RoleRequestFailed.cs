using static UpcallActors.OpenFlow.OpenFlowError;
using static UpcallActors.OpenFlow.OpenFlowVersion;

namespace UpcallActors.OpenFlow;

/// <summary>The errors of <c>OFPET_ROLE_REQUEST_FAILED</c>.</summary>
internal static class RoleRequestFailed
{
    public static OpenFlowError Stale { get; } = new("OFPRRFC_STALE", Of(V12, V15, 11, 0));
    public static OpenFlowError Unsupported { get; } = new("OFPRRFC_UNSUP", Of(V12, V15, 11, 1));
    public static OpenFlowError BadRole { get; } = new("OFPRRFC_BAD_ROLE", Nx(V10, V11, 1, 513), Of(V12, V15, 11, 2));
    public static OpenFlowError IdUnsupported { get; } = new("OFPRRFC_ID_UNSUP", Of(V15, V15, 11, 3));
    public static OpenFlowError IdInUse { get; } = new("OFPRRFC_ID_IN_USE", Of(V15, V15, 11, 4));

    /// <summary>All of them.</summary>
    public static IEnumerable<OpenFlowError> All =>
    [
        Stale, Unsupported, BadRole, IdUnsupported, IdInUse,
    ];
}
