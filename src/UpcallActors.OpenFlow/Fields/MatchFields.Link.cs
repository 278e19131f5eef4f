using UpcallActors.Packets;

namespace UpcallActors.OpenFlow;

internal static partial class MatchFields
{
    private static IEnumerable<MatchField> LinkEntries() =>
    [
        new("dl_vlan", Part(FlowKeyFields.VlanTci, 0, 12))
        {
            Writable = true,
            Syntax = FieldSyntax.VlanId,
            Presence = Part(FlowKeyFields.VlanTci, 12, 1),
        },
        new("dl_vlan_pcp", Part(FlowKeyFields.VlanTci, 13, 3))
        {
            Writable = true,
            Syntax = FieldSyntax.Decimal,
            Presence = Part(FlowKeyFields.VlanTci, 12, 1),
        },
        new("vlan_tci", InKey(FlowKeyFields.VlanTci))
        {
            Maskable = true,
            Writable = true,
            Syntax = FieldSyntax.Hexadecimal,
            HexDigits = 4,
            Nxm = NxmOf("VLAN_TCI", 4, 2),
        },

        // OpenFlow 1.2 counts the presence bit into the vid: 0x1064 is vid 100.
        new("vlan_vid", Part(FlowKeyFields.VlanTci, 0, 13))
        {
            NumberedBits = 12,
            AlwaysWritten = 0x1000,
            Maskable = true,
            Writable = true,
            Syntax = FieldSyntax.Decimal,
            Oxm = OxmOf("VLAN_VID", 6, 2),
        },
        new("vlan_pcp", Part(FlowKeyFields.VlanTci, 13, 3))
        {
            Prerequisite = FieldPrerequisite.Vlan,
            Writable = true,
            Syntax = FieldSyntax.Decimal,
            Oxm = OxmOf("VLAN_PCP", 7, 1),
        },
        new("eth_src", InKey(FlowKeyFields.EthSrc))
        {
            MatchName = "dl_src",
            Maskable = true,
            Writable = true,
            Syntax = FieldSyntax.Ethernet,
            Nxm = NxmOf("ETH_SRC", 2, 6),
            Oxm = OxmOf("ETH_SRC", 4, 6),
        },
        new("eth_dst", InKey(FlowKeyFields.EthDst))
        {
            MatchName = "dl_dst",
            Maskable = true,
            Writable = true,
            Syntax = FieldSyntax.Ethernet,
            Nxm = NxmOf("ETH_DST", 1, 6),
            Oxm = OxmOf("ETH_DST", 3, 6),
        },
        new("eth_type", InKey(FlowKeyFields.EthType))
        {
            MatchName = "dl_type",
            Syntax = FieldSyntax.Hexadecimal,
            HexDigits = 4,
            Nxm = NxmOf("ETH_TYPE", 3, 2),
            Oxm = OxmOf("ETH_TYPE", 5, 2),
        },
    ];
}
