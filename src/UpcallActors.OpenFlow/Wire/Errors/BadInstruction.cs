using static UpcallActors.OpenFlow.OpenFlowError;
using static UpcallActors.OpenFlow.OpenFlowVersion;

namespace UpcallActors.OpenFlow;

/// <summary>The errors of <c>OFPET_BAD_INSTRUCTION</c>.</summary>
internal static class BadInstruction
{
    public static OpenFlowError UnknownInstruction { get; } = new("OFPBIC_UNKNOWN_INST", Of(V11, V15, 3, 0));
    public static OpenFlowError UnsupportedInstruction { get; } = new("OFPBIC_UNSUP_INST", Nx(V10, V10, 2, 257), Of(V11, V15, 3, 1));
    public static OpenFlowError BadTableId { get; } = new("OFPBIC_BAD_TABLE_ID", Of(V11, V15, 3, 2));
    public static OpenFlowError UnsupportedMetadata { get; } = new("OFPBIC_UNSUP_METADATA", Of(V11, V15, 3, 3));
    public static OpenFlowError UnsupportedMetadataMask { get; } = new("OFPBIC_UNSUP_METADATA_MASK", Of(V11, V15, 3, 4));
    public static OpenFlowError BadExperimenter { get; } = new("OFPBIC_BAD_EXPERIMENTER", Of(V11, V15, 3, 5));
    public static OpenFlowError BadExperimenterType { get; } = new("OFPBIC_BAD_EXP_TYPE", Of(V11, V11, 3, 5), Of(V12, V15, 3, 6));
    public static OpenFlowError BadLength { get; } = new("OFPBIC_BAD_LEN", Of(V12, V15, 3, 7));
    public static OpenFlowError NotPermitted { get; } = new("OFPBIC_EPERM", Of(V12, V15, 3, 8));
    public static OpenFlowError DuplicateInstruction { get; } =
        new("OFPBIC_DUP_INST", Nx(V11, V11, 3, 256), Onf(V12, V13, 2600), Of(V14, V15, 3, 9));

    /// <summary>All of them.</summary>
    public static IEnumerable<OpenFlowError> All =>
    [
        UnknownInstruction, UnsupportedInstruction, BadTableId, UnsupportedMetadata, UnsupportedMetadataMask, BadExperimenter,
        BadExperimenterType, BadLength, NotPermitted, DuplicateInstruction,
    ];
}
