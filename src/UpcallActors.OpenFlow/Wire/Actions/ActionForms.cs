using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using static UpcallActors.OpenFlow.OpenFlowVersion;

namespace UpcallActors.OpenFlow;

/// <summary>
/// Every layout of the actions of <see cref="ActionCatalogue"/>, a row for each. Numbers and lengths are those of the specifications and of
/// Open vSwitch's <c>ofp-actions.c</c>; an action that is not here is answered as an unknown one.
/// </summary>
internal static class ActionForms
{
    private const uint Nicira = Experimenters.Nicira;

    /// <summary>All rows.</summary>
    public static ImmutableArray<ActionForm> All { get; } =
    [
        new("OFPAT10_OUTPUT", 0, 0, V10, V10, 8, false, OutputActionsDecoder.Output),
        new("OFPAT11_OUTPUT", 0, 0, V11, V15, 16, false, OutputActionsDecoder.Output),
        new("OFPAT_SET_VLAN_VID", 0, 1, V10, V15, 8, false, HeaderActionsDecoder.SetVlanId),
        new("OFPAT_SET_VLAN_PCP", 0, 2, V10, V15, 8, false, HeaderActionsDecoder.SetVlanPriority),
        new("OFPAT10_STRIP_VLAN", 0, 3, V10, V10, 8, false, HeaderActionsDecoder.StripVlan),
        new("OFPAT10_SET_DL_SRC", 0, 4, V10, V10, 16, false, HeaderActionsDecoder.SetEthernetSource),
        new("OFPAT10_SET_DL_DST", 0, 5, V10, V10, 16, false, HeaderActionsDecoder.SetEthernetDestination),
        new("OFPAT10_SET_NW_SRC", 0, 6, V10, V10, 8, false, HeaderActionsDecoder.SetIpSource),
        new("OFPAT10_SET_NW_DST", 0, 7, V10, V10, 8, false, HeaderActionsDecoder.SetIpDestination),
        new("OFPAT10_SET_NW_TOS", 0, 8, V10, V10, 8, false, HeaderActionsDecoder.SetTos),
        new("OFPAT10_SET_TP_SRC", 0, 9, V10, V10, 8, false, HeaderActionsDecoder.SetSourcePort),
        new("OFPAT10_SET_TP_DST", 0, 10, V10, V10, 8, false, HeaderActionsDecoder.SetDestinationPort),
        new("OFPAT11_SET_DL_SRC", 0, 3, V11, V15, 16, false, HeaderActionsDecoder.SetEthernetSource),
        new("OFPAT11_SET_DL_DST", 0, 4, V11, V15, 16, false, HeaderActionsDecoder.SetEthernetDestination),
        new("OFPAT11_SET_NW_SRC", 0, 5, V11, V15, 8, false, HeaderActionsDecoder.SetIpSource),
        new("OFPAT11_SET_NW_DST", 0, 6, V11, V15, 8, false, HeaderActionsDecoder.SetIpDestination),
        new("OFPAT11_SET_NW_TOS", 0, 7, V11, V15, 8, false, HeaderActionsDecoder.SetTos),
        new("OFPAT11_SET_NW_ECN", 0, 8, V11, V15, 8, false, HeaderActionsDecoder.SetEcn),
        new("OFPAT11_SET_TP_SRC", 0, 9, V11, V15, 8, false, HeaderActionsDecoder.SetSourcePort),
        new("OFPAT11_SET_TP_DST", 0, 10, V11, V15, 8, false, HeaderActionsDecoder.SetDestinationPort),
        new("OFPAT11_PUSH_VLAN", 0, 17, V11, V15, 8, false, HeaderActionsDecoder.PushVlan),
        new("OFPAT11_POP_VLAN", 0, 18, V11, V15, 8, false, HeaderActionsDecoder.StripVlan),
        new("OFPAT11_GROUP", 0, 22, V11, V15, 8, false, OutputActionsDecoder.Group),
        new("OFPAT11_SET_NW_TTL", 0, 23, V11, V15, 8, false, HeaderActionsDecoder.SetTtl),
        new("OFPAT11_DEC_NW_TTL", 0, 24, V11, V15, 8, false, HeaderActionsDecoder.DecrementTtl),
        new("OFPAT12_SET_FIELD", 0, 25, V12, V15, 16, true, FieldActionsDecoder.SetField),
        new("OFPAT15_COPY_FIELD", 0, 28, V15, V15, 20, true, FieldActionsDecoder.CopyField),
        new("OFPAT15_METER", 0, 29, V15, V15, 8, false, OutputActionsDecoder.Meter),
        new("NXAST_RESUBMIT", Nicira, 1, V10, V15, 16, false, OutputActionsDecoder.Resubmit),
        new("NXAST_SET_TUNNEL", Nicira, 2, V10, V15, 16, false, HeaderActionsDecoder.SetTunnel),
        new("NXAST_REG_MOVE", Nicira, 6, V10, V14, 24, true, FieldActionsDecoder.Move),
        new("NXAST_REG_LOAD", Nicira, 7, V10, V14, 24, false, FieldActionsDecoder.Load),
        new("NXAST_SET_TUNNEL64", Nicira, 9, V10, V15, 24, false, HeaderActionsDecoder.SetTunnel64),
        new("NXAST_RESUBMIT_TABLE", Nicira, 14, V10, V15, 16, false, OutputActionsDecoder.ResubmitTable),
        new("NXAST_OUTPUT_REG", Nicira, 15, V10, V15, 24, false, OutputActionsDecoder.OutputField),
        new("NXAST_DEC_TTL", Nicira, 18, V10, V10, 16, false, HeaderActionsDecoder.DecrementTtl),
        new("NXAST_CONTROLLER", Nicira, 20, V10, V15, 16, false, OutputActionsDecoder.Controller),
        new("NXAST_DEC_TTL_CNT_IDS", Nicira, 21, V10, V15, 16, true, HeaderActionsDecoder.DecrementTtlFor),
        new("NXAST_OUTPUT_REG2", Nicira, 32, V10, V15, 24, false, OutputActionsDecoder.OutputField2),
        new("NXAST_REG_LOAD2", Nicira, 33, V10, V14, 16, true, FieldActionsDecoder.Load2),
        new("NXAST_CT", Nicira, 35, V10, V15, 24, true, ConntrackActionsDecoder.Conntrack),
        new("NXAST_CONTROLLER2", Nicira, 37, V10, V15, 16, true, OutputActionsDecoder.Controller2),
        new("NXAST_OUTPUT_TRUNC", Nicira, 39, V10, V15, 16, false, OutputActionsDecoder.OutputCut),
        new("NXAST_GROUP", Nicira, 40, V10, V10, 16, false, OutputActionsDecoder.Group10),
        new("NXAST_CLONE", Nicira, 42, V10, V15, 16, true, ConntrackActionsDecoder.Clone),
        new("NXAST_CT_CLEAR", Nicira, 43, V10, V15, 16, false, ConntrackActionsDecoder.Clear),
        new("NXAST_RESUBMIT_TABLE_CT", Nicira, 44, V10, V15, 16, false, OutputActionsDecoder.ResubmitTableConnection),
    ];

    private static FrozenDictionary<string, ushort> ByName { get; } =
        All.ToFrozenDictionary(form => form.Name, form => form.Type, StringComparer.Ordinal);

    private static FrozenDictionary<(OpenFlowVersion Version, uint Vendor, ushort Type), ActionForm> ByNumber { get; } = Index();

    /// <summary>Finds the row of a number.</summary>
    public static bool TryFind(OpenFlowVersion version, uint vendor, ushort type, [NotNullWhen(true)] out ActionForm? form) =>
        ByNumber.TryGetValue((version, vendor, type), out form);

    /// <summary>The number of a row.</summary>
    public static ushort NumberOf(string name) => ByName[name];

    private static FrozenDictionary<(OpenFlowVersion Version, uint Vendor, ushort Type), ActionForm> Index()
    {
        var rows = new Dictionary<(OpenFlowVersion Version, uint Vendor, ushort Type), ActionForm>();
        foreach (ActionForm form in All)
        {
            for (OpenFlowVersion version = form.First; version <= form.Last; version++)
                rows.Add((version, form.Vendor, form.Type), form);
        }

        return rows.ToFrozenDictionary();
    }
}
