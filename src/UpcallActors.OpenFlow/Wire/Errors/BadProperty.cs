using static UpcallActors.OpenFlow.OpenFlowError;
using static UpcallActors.OpenFlow.OpenFlowVersion;

namespace UpcallActors.OpenFlow;

/// <summary>The errors of <c>OFPET_BAD_PROPERTY</c>.</summary>
internal static class BadProperty
{
    public static OpenFlowError BadType { get; } =
        new("OFPBPC_BAD_TYPE", Nx(V10, V11, 13, 2), Nx(V12, V12, 25), Of(V13, V13, 13, 2), Of(V14, V15, 14, 0));
    public static OpenFlowError BadLength { get; } =
        new("OFPBPC_BAD_LEN", Nx(V10, V11, 13, 3), Nx(V12, V12, 26), Of(V13, V13, 13, 3), Of(V14, V15, 14, 1));
    public static OpenFlowError BadValue { get; } =
        new("OFPBPC_BAD_VALUE", Nx(V10, V11, 13, 4), Nx(V12, V12, 27), Of(V13, V13, 13, 4), Of(V14, V15, 14, 2));
    public static OpenFlowError TooMany { get; } =
        new("OFPBPC_TOO_MANY", Nx(V10, V11, 14, 3), Nx(V12, V12, 28), Onf(V13, V13, 4443), Of(V14, V15, 14, 3));
    public static OpenFlowError DuplicateType { get; } =
        new("OFPBPC_DUP_TYPE", Nx(V10, V11, 14, 4), Nx(V12, V12, 29), Onf(V13, V13, 4444), Of(V14, V15, 14, 4));
    public static OpenFlowError BadExperimenter { get; } =
        new("OFPBPC_BAD_EXPERIMENTER", Nx(V10, V11, 14, 5), Nx(V12, V12, 30), Onf(V13, V13, 4445), Of(V14, V15, 14, 5));
    public static OpenFlowError BadExperimenterType { get; } =
        new("OFPBPC_BAD_EXP_TYPE", Nx(V10, V11, 14, 6), Nx(V12, V12, 31), Onf(V13, V13, 4446), Of(V14, V15, 14, 6));
    public static OpenFlowError BadExperimenterValue { get; } =
        new("OFPBPC_BAD_EXP_VALUE", Nx(V10, V11, 14, 7), Nx(V12, V12, 32), Onf(V13, V13, 4447), Of(V14, V15, 14, 7));
    public static OpenFlowError NotPermitted { get; } =
        new("OFPBPC_EPERM", Nx(V10, V11, 14, 8), Nx(V12, V12, 33), Onf(V13, V13, 4448), Of(V14, V15, 14, 8));

    /// <summary>All of them.</summary>
    public static IEnumerable<OpenFlowError> All =>
    [
        BadType, BadLength, BadValue, TooMany, DuplicateType, BadExperimenter, BadExperimenterType, BadExperimenterValue, NotPermitted,
    ];
}
