using static UpcallActors.OpenFlow.OpenFlowError;
using static UpcallActors.OpenFlow.OpenFlowVersion;

namespace UpcallActors.OpenFlow;

/// <summary>The errors of <c>OFPET_GROUP_MOD_FAILED</c>.</summary>
internal static class GroupModFailed
{
    public static OpenFlowError GroupExists { get; } = new("OFPGMFC_GROUP_EXISTS", Nx(V10, V10, 6, 0), Of(V11, V15, 6, 0));
    public static OpenFlowError InvalidGroup { get; } = new("OFPGMFC_INVALID_GROUP", Nx(V10, V10, 6, 1), Of(V11, V15, 6, 1));
    public static OpenFlowError WeightUnsupported { get; } = new("OFPGMFC_WEIGHT_UNSUPPORTED", Nx(V10, V10, 6, 2), Of(V11, V15, 6, 2));
    public static OpenFlowError OutOfGroups { get; } = new("OFPGMFC_OUT_OF_GROUPS", Nx(V10, V10, 6, 3), Of(V11, V15, 6, 3));
    public static OpenFlowError OutOfBuckets { get; } = new("OFPGMFC_OUT_OF_BUCKETS", Nx(V10, V10, 6, 4), Of(V11, V15, 6, 4));
    public static OpenFlowError ChainingUnsupported { get; } = new("OFPGMFC_CHAINING_UNSUPPORTED", Nx(V10, V10, 6, 5), Of(V11, V15, 6, 5));
    public static OpenFlowError WatchUnsupported { get; } = new("OFPGMFC_WATCH_UNSUPPORTED", Nx(V10, V10, 6, 6), Of(V11, V15, 6, 6));
    public static OpenFlowError Loop { get; } = new("OFPGMFC_LOOP", Nx(V10, V10, 6, 7), Of(V11, V15, 6, 7));
    public static OpenFlowError UnknownGroup { get; } = new("OFPGMFC_UNKNOWN_GROUP", Nx(V10, V10, 6, 8), Of(V11, V15, 6, 8));
    public static OpenFlowError ChainedGroup { get; } = new("OFPGMFC_CHAINED_GROUP", Nx(V10, V10, 6, 9), Of(V12, V15, 6, 9));
    public static OpenFlowError BadType { get; } = new("OFPGMFC_BAD_TYPE", Nx(V10, V10, 6, 10), Of(V12, V15, 6, 10));
    public static OpenFlowError BadCommand { get; } = new("OFPGMFC_BAD_COMMAND", Nx(V10, V10, 6, 11), Of(V12, V15, 6, 11));
    public static OpenFlowError BadBucket { get; } = new("OFPGMFC_BAD_BUCKET", Nx(V10, V10, 6, 12), Of(V12, V15, 6, 12));
    public static OpenFlowError BadWatch { get; } = new("OFPGMFC_BAD_WATCH", Nx(V10, V10, 6, 13), Of(V12, V15, 6, 13));
    public static OpenFlowError NotPermitted { get; } = new("OFPGMFC_EPERM", Nx(V10, V10, 6, 14), Of(V12, V15, 6, 14));
    public static OpenFlowError UnknownBucket { get; } = new("OFPGMFC_UNKNOWN_BUCKET", Nx(V10, V10, 6, 15), Of(V15, V15, 6, 15));
    public static OpenFlowError BucketExists { get; } = new("OFPGMFC_BUCKET_EXISTS", Nx(V10, V10, 6, 16), Of(V15, V15, 6, 16));

    /// <summary>All of them.</summary>
    public static IEnumerable<OpenFlowError> All =>
    [
        GroupExists, InvalidGroup, WeightUnsupported, OutOfGroups, OutOfBuckets, ChainingUnsupported, WatchUnsupported, Loop,
        UnknownGroup, ChainedGroup, BadType, BadCommand, BadBucket, BadWatch, NotPermitted, UnknownBucket, BucketExists,
    ];
}
