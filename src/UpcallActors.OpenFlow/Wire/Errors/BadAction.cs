using static UpcallActors.OpenFlow.OpenFlowError;
using static UpcallActors.OpenFlow.OpenFlowVersion;

namespace UpcallActors.OpenFlow;

/// <summary>The errors of <c>OFPET_BAD_ACTION</c>.</summary>
internal static class BadAction
{
    public static OpenFlowError BadType { get; } = new("OFPBAC_BAD_TYPE", Of(V10, V15, 2, 0));
    public static OpenFlowError BadLength { get; } = new("OFPBAC_BAD_LEN", Of(V10, V15, 2, 1));
    public static OpenFlowError BadVendor { get; } = new("OFPBAC_BAD_VENDOR", Of(V10, V15, 2, 2));
    public static OpenFlowError BadVendorType { get; } = new("OFPBAC_BAD_VENDOR_TYPE", Of(V10, V15, 2, 3));
    public static OpenFlowError BadOutPort { get; } = new("OFPBAC_BAD_OUT_PORT", Of(V10, V15, 2, 4));
    public static OpenFlowError BadArgument { get; } = new("OFPBAC_BAD_ARGUMENT", Of(V10, V15, 2, 5));
    public static OpenFlowError NotPermitted { get; } = new("OFPBAC_EPERM", Of(V10, V15, 2, 6));
    public static OpenFlowError TooMany { get; } = new("OFPBAC_TOO_MANY", Of(V10, V15, 2, 7));
    public static OpenFlowError BadQueue { get; } = new("OFPBAC_BAD_QUEUE", Of(V10, V15, 2, 8));
    public static OpenFlowError BadOutGroup { get; } = new("OFPBAC_BAD_OUT_GROUP", Nx(V10, V10, 2, 9), Of(V11, V15, 2, 9));
    public static OpenFlowError MatchInconsistent { get; } = new("OFPBAC_MATCH_INCONSISTENT", Nx(V10, V10, 1, 522), Of(V11, V15, 2, 10));
    public static OpenFlowError UnsupportedOrder { get; } = new("OFPBAC_UNSUPPORTED_ORDER", Of(V11, V15, 2, 11));
    public static OpenFlowError BadTag { get; } = new("OFPBAC_BAD_TAG", Of(V11, V15, 2, 12));
    public static OpenFlowError BadSetType { get; } = new("OFPBAC_BAD_SET_TYPE", Nx(V10, V11, 1, 523), Of(V12, V15, 2, 13));
    public static OpenFlowError BadSetLength { get; } = new("OFPBAC_BAD_SET_LEN", Nx(V10, V11, 1, 524), Of(V12, V15, 2, 14));
    public static OpenFlowError BadSetArgument { get; } = new("OFPBAC_BAD_SET_ARGUMENT", Nx(V10, V11, 1, 525), Of(V12, V15, 2, 15));
    public static OpenFlowError BadSetMask { get; } = new("OFPBAC_BAD_SET_MASK", Onf(V13, V14, 4250), Of(V15, V15, 2, 16));
    public static OpenFlowError BadMeter { get; } = new("OFPBAC_BAD_METER", Of(V15, V15, 2, 17));
    public static OpenFlowError MustBeZero { get; } = new("NXBAC_MUST_BE_ZERO", Nx(V10, V11, 2, 256), Nx(V12, V15, 11));
    public static OpenFlowError BadConjunction { get; } = new("NXBAC_BAD_CONJUNCTION", Nx(V10, V11, 2, 526), Nx(V12, V15, 15));
    public static OpenFlowError BadHeaderType { get; } = new("NXBAC_BAD_HEADER_TYPE", Nx(V13, V15, 39));
    public static OpenFlowError UnknownEncapProperty { get; } = new("NXBAC_UNKNOWN_ED_PROP", Nx(V13, V15, 40));
    public static OpenFlowError BadEncapProperty { get; } = new("NXBAC_BAD_ED_PROP", Nx(V13, V15, 41));
    public static OpenFlowError ConntrackDatapathSupport { get; } =
        new("NXBAC_CT_DATAPATH_SUPPORT", Nx(V10, V11, 1, 265), Nx(V12, V15, 42));

    /// <summary>All of them.</summary>
    public static IEnumerable<OpenFlowError> All =>
    [
        BadType, BadLength, BadVendor, BadVendorType, BadOutPort, BadArgument, NotPermitted, TooMany, BadQueue, BadOutGroup,
        MatchInconsistent, UnsupportedOrder, BadTag, BadSetType, BadSetLength, BadSetArgument, BadSetMask, BadMeter, MustBeZero,
        BadConjunction, BadHeaderType, UnknownEncapProperty, BadEncapProperty, ConntrackDatapathSupport,
    ];
}
