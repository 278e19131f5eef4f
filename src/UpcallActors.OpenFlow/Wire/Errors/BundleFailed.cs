using static UpcallActors.OpenFlow.OpenFlowError;
using static UpcallActors.OpenFlow.OpenFlowVersion;

namespace UpcallActors.OpenFlow;

/// <summary>The errors of <c>OFPET_BUNDLE_FAILED</c>.</summary>
internal static class BundleFailed
{
    public static OpenFlowError Unknown { get; } = new("OFPBFC_UNKNOWN", Onf(V13, V13, 2300), Of(V14, V15, 17, 0));
    public static OpenFlowError NotPermitted { get; } = new("OFPBFC_EPERM", Onf(V13, V13, 2301), Of(V14, V15, 17, 1));
    public static OpenFlowError BadId { get; } = new("OFPBFC_BAD_ID", Onf(V13, V13, 2302), Of(V14, V15, 17, 2));
    public static OpenFlowError BundleExist { get; } = new("OFPBFC_BUNDLE_EXIST", Onf(V13, V13, 2303), Of(V14, V15, 17, 3));
    public static OpenFlowError BundleClosed { get; } = new("OFPBFC_BUNDLE_CLOSED", Onf(V13, V13, 2304), Of(V14, V15, 17, 4));
    public static OpenFlowError OutOfBundles { get; } = new("OFPBFC_OUT_OF_BUNDLES", Onf(V13, V13, 2305), Of(V14, V15, 17, 5));
    public static OpenFlowError BadType { get; } = new("OFPBFC_BAD_TYPE", Onf(V13, V13, 2306), Of(V14, V15, 17, 6));
    public static OpenFlowError BadFlags { get; } = new("OFPBFC_BAD_FLAGS", Onf(V13, V13, 2307), Of(V14, V15, 17, 7));
    public static OpenFlowError MessageBadLength { get; } = new("OFPBFC_MSG_BAD_LEN", Onf(V13, V13, 2308), Of(V14, V15, 17, 8));
    public static OpenFlowError MessageBadXid { get; } = new("OFPBFC_MSG_BAD_XID", Onf(V13, V13, 2309), Of(V14, V15, 17, 9));
    public static OpenFlowError MessageUnsupported { get; } = new("OFPBFC_MSG_UNSUP", Onf(V13, V13, 2310), Of(V14, V15, 17, 10));
    public static OpenFlowError MessageConflict { get; } = new("OFPBFC_MSG_CONFLICT", Onf(V13, V13, 2311), Of(V14, V15, 17, 11));
    public static OpenFlowError MessageTooMany { get; } = new("OFPBFC_MSG_TOO_MANY", Onf(V13, V13, 2312), Of(V14, V15, 17, 12));
    public static OpenFlowError MessageFailed { get; } = new("OFPBFC_MSG_FAILED", Onf(V13, V13, 2313), Of(V14, V15, 17, 13));
    public static OpenFlowError Timeout { get; } = new("OFPBFC_TIMEOUT", Onf(V13, V13, 2314), Of(V14, V15, 17, 14));
    public static OpenFlowError BundleInProgress { get; } = new("OFPBFC_BUNDLE_IN_PROGRESS", Onf(V13, V13, 2315), Of(V14, V15, 17, 15));
    public static OpenFlowError ScheduleNotSupported { get; } = new("OFPBFC_SCHED_NOT_SUPPORTED", Of(V15, V15, 17, 16));
    public static OpenFlowError ScheduleFuture { get; } = new("OFPBFC_SCHED_FUTURE", Of(V15, V15, 17, 17));
    public static OpenFlowError SchedulePast { get; } = new("OFPBFC_SCHED_PAST", Of(V15, V15, 17, 18));
    public static OpenFlowError BadVersion { get; } = new("OFPBFC_BAD_VERSION", Nx(V14, V15, 22));

    /// <summary>All of them.</summary>
    public static IEnumerable<OpenFlowError> All =>
    [
        Unknown, NotPermitted, BadId, BundleExist, BundleClosed, OutOfBundles, BadType, BadFlags, MessageBadLength, MessageBadXid,
        MessageUnsupported, MessageConflict, MessageTooMany, MessageFailed, Timeout, BundleInProgress, ScheduleNotSupported,
        ScheduleFuture, SchedulePast, BadVersion,
    ];
}
