using static UpcallActors.OpenFlow.OpenFlowError;
using static UpcallActors.OpenFlow.OpenFlowVersion;

namespace UpcallActors.OpenFlow;

/// <summary>The errors of <c>OFPET_TABLE_FEATURES_FAILED</c>.</summary>
internal static class TableFeaturesFailed
{
    public static OpenFlowError BadTable { get; } = new("OFPTFFC_BAD_TABLE", Of(V13, V15, 13, 0));
    public static OpenFlowError BadMetadata { get; } = new("OFPTFFC_BAD_METADATA", Of(V13, V15, 13, 1));
    public static OpenFlowError NotPermitted { get; } = new("OFPTFFC_EPERM", Of(V13, V15, 13, 5));
    public static OpenFlowError BadCapabilities { get; } = new("OFPTFFC_BAD_CAPA", Of(V15, V15, 13, 6));
    public static OpenFlowError BadMaxEntries { get; } = new("OFPTFFC_BAD_MAX_ENT", Of(V15, V15, 13, 7));
    public static OpenFlowError BadFeatures { get; } = new("OFPTFFC_BAD_FEATURES", Of(V15, V15, 13, 8));
    public static OpenFlowError BadCommand { get; } = new("OFPTFFC_BAD_COMMAND", Of(V15, V15, 13, 9));
    public static OpenFlowError TooMany { get; } = new("OFPTFFC_TOO_MANY", Of(V15, V15, 13, 10));
    public static OpenFlowError DuplicateTable { get; } = new("NXTFFC_DUP_TABLE", Nx(V13, V15, 44));

    /// <summary>All of them.</summary>
    public static IEnumerable<OpenFlowError> All =>
    [
        BadTable, BadMetadata, NotPermitted, BadCapabilities, BadMaxEntries, BadFeatures, BadCommand, TooMany, DuplicateTable,
    ];
}
