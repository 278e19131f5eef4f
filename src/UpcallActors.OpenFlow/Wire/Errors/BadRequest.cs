using static UpcallActors.OpenFlow.OpenFlowError;
using static UpcallActors.OpenFlow.OpenFlowVersion;

namespace UpcallActors.OpenFlow;

/// <summary>The errors of <c>OFPET_BAD_REQUEST</c>.</summary>
internal static class BadRequest
{
    public static OpenFlowError BadVersion { get; } = new("OFPBRC_BAD_VERSION", Of(V10, V15, 1, 0));
    public static OpenFlowError BadType { get; } = new("OFPBRC_BAD_TYPE", Of(V10, V15, 1, 1));
    public static OpenFlowError BadStat { get; } = new("OFPBRC_BAD_STAT", Of(V10, V15, 1, 2));
    public static OpenFlowError BadVendor { get; } = new("OFPBRC_BAD_VENDOR", Of(V10, V15, 1, 3));
    public static OpenFlowError BadSubtype { get; } = new("OFPBRC_BAD_SUBTYPE", Of(V10, V15, 1, 4));
    public static OpenFlowError NotPermitted { get; } = new("OFPBRC_EPERM", Of(V10, V15, 1, 5));
    public static OpenFlowError BadLength { get; } = new("OFPBRC_BAD_LEN", Of(V10, V15, 1, 6));
    public static OpenFlowError BufferEmpty { get; } = new("OFPBRC_BUFFER_EMPTY", Of(V10, V15, 1, 7));
    public static OpenFlowError BufferUnknown { get; } = new("OFPBRC_BUFFER_UNKNOWN", Of(V10, V15, 1, 8));
    public static OpenFlowError BadTableId { get; } = new("OFPBRC_BAD_TABLE_ID", Nx(V10, V10, 1, 512), Of(V11, V15, 1, 9));
    public static OpenFlowError IsSecondary { get; } = new("OFPBRC_IS_SECONDARY", Of(V10, V11, 1, 5), Of(V12, V15, 1, 10));
    public static OpenFlowError BadPort { get; } = new("OFPBRC_BAD_PORT", Nx(V10, V11, 1, 514), Of(V12, V15, 1, 11));
    public static OpenFlowError BadPacket { get; } = new("OFPBRC_BAD_PACKET", Of(V12, V15, 1, 12));
    public static OpenFlowError MultipartBufferOverflow { get; } = new("OFPBRC_MULTIPART_BUFFER_OVERFLOW", Of(V13, V15, 1, 13));
    public static OpenFlowError MultipartRequestTimeout { get; } =
        new("OFPBRC_MULTIPART_REQUEST_TIMEOUT", Onf(V13, V13, 2640), Of(V14, V15, 1, 14));
    public static OpenFlowError MultipartReplyTimeout { get; } =
        new("OFPBRC_MULTIPART_REPLY_TIMEOUT", Onf(V13, V13, 2641), Of(V14, V15, 1, 15));
    public static OpenFlowError MultipartBadSchedule { get; } = new("OFPBRC_MULTIPART_BAD_SCHED", Of(V15, V15, 1, 16));
    public static OpenFlowError PipelineFieldsOnly { get; } = new("OFPBRC_PIPELINE_FIELDS_ONLY", Of(V15, V15, 1, 17));
    public static OpenFlowError Unknown { get; } = new("OFPBRC_UNKNOWN", Of(V15, V15, 1, 18));
    public static OpenFlowError NxmInvalid { get; } = new("NXBRC_NXM_INVALID", Nx(V10, V11, 1, 256), Nx(V12, V15, 2));
    public static OpenFlowError NxmBadType { get; } = new("NXBRC_NXM_BAD_TYPE", Nx(V10, V11, 1, 257), Nx(V12, V15, 3));
    public static OpenFlowError MustBeZero { get; } = new("NXBRC_MUST_BE_ZERO", Nx(V10, V11, 1, 515), Nx(V12, V15, 4));
    public static OpenFlowError BadReason { get; } = new("NXBRC_BAD_REASON", Nx(V10, V11, 1, 516), Nx(V12, V15, 5));
    public static OpenFlowError MonitorBadEvent { get; } = new("NXBRC_FM_BAD_EVENT", Nx(V10, V11, 1, 520), Nx(V12, V15, 9));
    public static OpenFlowError UnencodableError { get; } = new("NXBRC_UNENCODABLE_ERROR", Nx(V10, V11, 1, 521), Nx(V12, V15, 10));

    /// <summary>All of them.</summary>
    public static IEnumerable<OpenFlowError> All =>
    [
        BadVersion, BadType, BadStat, BadVendor, BadSubtype, NotPermitted, BadLength, BufferEmpty, BufferUnknown, BadTableId,
        IsSecondary, BadPort, BadPacket, MultipartBufferOverflow, MultipartRequestTimeout, MultipartReplyTimeout, MultipartBadSchedule,
        PipelineFieldsOnly, Unknown, NxmInvalid, NxmBadType, MustBeZero, BadReason, MonitorBadEvent, UnencodableError,
    ];
}
