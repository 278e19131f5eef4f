using UpcallActors.Packets;

namespace UpcallActors.OpenFlow;

internal static partial class MatchFields
{
    private const int ExtendedRegisterCount = Flow.RegisterCount / 2;
    private const int DoubleExtendedRegisterCount = Flow.RegisterCount / 4;
    private const byte FirstDoubleExtendedNumber = 111;

    // The same bits under three names: only the 32-bit registers are printed, so the wider ones stand behind them.
    private static IEnumerable<MatchField> RegisterEntries() =>
    [
        .. Enumerable.Range(0, Flow.RegisterCount).Select(Register),
        .. Enumerable.Range(0, ExtendedRegisterCount).Select(ExtendedRegister),
        .. Enumerable.Range(0, DoubleExtendedRegisterCount).Select(DoubleExtendedRegister),
        new("tun_id", InKey(FlowKeyFields.TunId))
        {
            Aliases = ["tunnel_id"],
            Maskable = true,
            Writable = true,
            Syntax = FieldSyntax.Hexadecimal,
            Nxm = NxmNx("TUN_ID", 16, 8),
            Oxm = OxmOf("TUNNEL_ID", 38, 8),
            OxmSince = OpenFlowVersion.V13,
        },
        new("tun_src", InKey(FlowKeyFields.TunIpv4Src))
        {
            Maskable = true,
            Writable = true,
            Syntax = FieldSyntax.Ipv4,
            Nxm = NxmNx("TUN_IPV4_SRC", 31, 4),
        },
        new("tun_dst", InKey(FlowKeyFields.TunIpv4Dst))
        {
            Maskable = true,
            Writable = true,
            Syntax = FieldSyntax.Ipv4,
            Nxm = NxmNx("TUN_IPV4_DST", 32, 4),
        },
        new("tun_ipv6_src", InKey(FlowKeyFields.TunIpv6Src))
        {
            Maskable = true,
            Writable = true,
            Syntax = FieldSyntax.Ipv6,
            Nxm = NxmNx("TUN_IPV6_SRC", 109, 16),
        },
        new("tun_ipv6_dst", InKey(FlowKeyFields.TunIpv6Dst))
        {
            Maskable = true,
            Writable = true,
            Syntax = FieldSyntax.Ipv6,
            Nxm = NxmNx("TUN_IPV6_DST", 110, 16),
        },
        new("metadata", new FieldLocation(0, 0, 64))
        {
            Maskable = true,
            Writable = true,
            Syntax = FieldSyntax.Hexadecimal,
            Oxm = OxmOf("METADATA", 2, 8),
        },

        // 16 bits: OpenFlow 1.0 numbers. To write OXM_OF_IN_PORT, add OpenFlowPorts.WideOffset to reserved ones.
        new("in_port", Flow.InPortLocation)
        {
            Aliases = ["in_port_oxm"],
            Writable = true,
            Syntax = FieldSyntax.Port,
            Nxm = NxmOf("IN_PORT", 0, 2),
            Oxm = OxmOf("IN_PORT", 0, 4),
            OxmSince = OpenFlowVersion.V10,
        },
    ];

    private static MatchField Register(int index) => new($"reg{index}",
        new FieldLocation((byte)Flow.RegisterWord(index), (byte)Flow.RegisterShift(index), 32))
    {
        Maskable = true,
        Writable = true,
        Syntax = FieldSyntax.Hexadecimal,
        Nxm = NxmNx($"REG{index}", (byte)index, 4),
    };

    private static MatchField ExtendedRegister(int index) => new($"xreg{index}",
        new FieldLocation((byte)Flow.RegisterWord(2 * index), 0, 64))
    {
        Maskable = true,
        Writable = true,
        Syntax = FieldSyntax.Hexadecimal,
        Oxm = new FieldHeader($"OXM_OF_PKT_REG{index}", FieldHeader.PacketRegisters, (byte)index, 8),
        OxmSince = OpenFlowVersion.V13,
    };

    private static MatchField DoubleExtendedRegister(int index) => new($"xxreg{index}",
        new FieldLocation((byte)Flow.RegisterWord(4 * index), 0, 128))
    {
        Maskable = true,
        Writable = true,
        Syntax = FieldSyntax.Hexadecimal,
        Nxm = NxmNx($"XXREG{index}", (byte)(FirstDoubleExtendedNumber + index), 16),
    };
}
