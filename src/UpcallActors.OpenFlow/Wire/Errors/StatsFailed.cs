using static UpcallActors.OpenFlow.OpenFlowError;
using static UpcallActors.OpenFlow.OpenFlowVersion;

namespace UpcallActors.OpenFlow;

/// <summary>The errors of Nicira's statistics.</summary>
internal static class StatsFailed
{
    public static OpenFlowError NotConfigured { get; } = new("NXST_NOT_CONFIGURED", Nx(V10, V11, 1, 535), Nx(V12, V15, 36));

    /// <summary>All of them.</summary>
    public static IEnumerable<OpenFlowError> All =>
    [
        NotConfigured,
    ];
}
