using static UpcallActors.OpenFlow.OpenFlowError;
using static UpcallActors.OpenFlow.OpenFlowVersion;

namespace UpcallActors.OpenFlow;

/// <summary>The errors of Nicira's TLV table.</summary>
internal static class TlvTableModFailed
{
    public static OpenFlowError BadCommand { get; } = new("NXTTMFC_BAD_COMMAND", Nx(V10, V11, 1, 527), Nx(V12, V15, 16));
    public static OpenFlowError BadOptionLength { get; } = new("NXTTMFC_BAD_OPT_LEN", Nx(V10, V11, 1, 528), Nx(V12, V15, 17));
    public static OpenFlowError BadFieldIndex { get; } = new("NXTTMFC_BAD_FIELD_IDX", Nx(V10, V11, 1, 529), Nx(V12, V15, 18));
    public static OpenFlowError TableFull { get; } = new("NXTTMFC_TABLE_FULL", Nx(V10, V11, 1, 530), Nx(V12, V15, 19));
    public static OpenFlowError AlreadyMapped { get; } = new("NXTTMFC_ALREADY_MAPPED", Nx(V10, V11, 1, 531), Nx(V12, V15, 20));
    public static OpenFlowError DuplicateEntry { get; } = new("NXTTMFC_DUP_ENTRY", Nx(V10, V11, 1, 532), Nx(V12, V15, 21));
    public static OpenFlowError InvalidTlvDelete { get; } = new("NXTTMFC_INVALID_TLV_DEL", Nx(V10, V11, 1, 537), Nx(V12, V15, 38));

    /// <summary>All of them.</summary>
    public static IEnumerable<OpenFlowError> All =>
    [
        BadCommand, BadOptionLength, BadFieldIndex, TableFull, AlreadyMapped, DuplicateEntry, InvalidTlvDelete,
    ];
}
