using static UpcallActors.OpenFlow.OpenFlowError;
using static UpcallActors.OpenFlow.OpenFlowVersion;

namespace UpcallActors.OpenFlow;

/// <summary>The errors of <c>OFPET_BAD_MATCH</c>.</summary>
internal static class BadMatch
{
    public static OpenFlowError BadType { get; } = new("OFPBMC_BAD_TYPE", Of(V11, V15, 4, 0));
    public static OpenFlowError BadLength { get; } = new("OFPBMC_BAD_LEN", Of(V11, V15, 4, 1));
    public static OpenFlowError BadTag { get; } = new("OFPBMC_BAD_TAG", Of(V11, V15, 4, 2));
    public static OpenFlowError BadLinkAddressMask { get; } = new("OFPBMC_BAD_DL_ADDR_MASK", Of(V11, V15, 4, 3));
    public static OpenFlowError BadNetworkAddressMask { get; } = new("OFPBMC_BAD_NW_ADDR_MASK", Of(V11, V15, 4, 4));
    public static OpenFlowError BadWildcards { get; } = new("OFPBMC_BAD_WILDCARDS", Nx(V10, V10, 1, 262), Of(V11, V15, 4, 5));
    public static OpenFlowError BadField { get; } = new("OFPBMC_BAD_FIELD", Nx(V10, V10, 0, 263), Of(V11, V15, 4, 6));
    public static OpenFlowError BadValue { get; } = new("OFPBMC_BAD_VALUE", Nx(V10, V10, 1, 258), Of(V11, V15, 4, 7));
    public static OpenFlowError BadMask { get; } = new("OFPBMC_BAD_MASK", Nx(V10, V11, 1, 259), Of(V12, V15, 4, 8));
    public static OpenFlowError BadPrerequisite { get; } = new("OFPBMC_BAD_PREREQ", Nx(V10, V11, 1, 260), Of(V12, V15, 4, 9));
    public static OpenFlowError DuplicateField { get; } = new("OFPBMC_DUP_FIELD", Nx(V10, V11, 1, 261), Of(V12, V15, 4, 10));
    public static OpenFlowError NotPermitted { get; } = new("OFPBMC_EPERM", Of(V12, V15, 4, 11));
    public static OpenFlowError ConntrackDatapathSupport { get; } =
        new("NXBMC_CT_DATAPATH_SUPPORT", Nx(V10, V11, 1, 264), Nx(V12, V15, 43));

    /// <summary>All of them.</summary>
    public static IEnumerable<OpenFlowError> All =>
    [
        BadType, BadLength, BadTag, BadLinkAddressMask, BadNetworkAddressMask, BadWildcards, BadField, BadValue, BadMask,
        BadPrerequisite, DuplicateField, NotPermitted, ConntrackDatapathSupport,
    ];
}
