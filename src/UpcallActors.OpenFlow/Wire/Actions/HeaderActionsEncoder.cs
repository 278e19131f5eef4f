using UpcallActors.Packets;

namespace UpcallActors.OpenFlow;

/// <summary>Actions of 1.0 and 1.1 that change one header field, to bytes: since 1.2 they are writes of a field.</summary>
internal static class HeaderActionsEncoder
{
    private const ushort VlanIdType = 1;
    private const ushort VlanPriorityType = 2;
    private const ushort StripVlanType10 = 3;
    private const ushort PushVlanType = 17;
    private const ushort PopVlanType = 18;
    private const ushort SetEcnType = 8;
    private const ushort SetTtlType = 23;
    private const ushort DecrementTtlType = 24;
    private const ushort VlanPresent = 0x1000;
    private const int DscpShift = 2;

    // The types of 1.0; those of 1.1 are one less, since stripping a VLAN went.
    private const ushort EthernetSourceType10 = 4;
    private const ushort EthernetDestinationType10 = 5;
    private const ushort IpSourceType10 = 6;
    private const ushort IpDestinationType10 = 7;
    private const ushort TosType10 = 8;
    private const ushort SourcePortType = 9;
    private const ushort DestinationPortType = 10;

    private static readonly MatchField _vlanId = MatchFields.Get("vlan_vid");
    private static readonly MatchField _vlanPriority = MatchFields.Get("vlan_pcp");
    private static readonly MatchField _dscp = MatchFields.Get("ip_dscp");

    public static void Modify(in ActionWriting writing, WireWriter writer, ModifyAction modify)
    {
        if (modify.Field.Name == "nw_ttl")
            SetTtl(writing, writer, modify.Field, (byte)modify.Value);
        else if (writing.Version >= OpenFlowVersion.V12)
            FieldActionsEncoder.PutSetField(
                writing.Version,
                writer,
                modify.Field.Name == "nw_tos" ? _dscp : modify.Field,
                modify.Field.Name == "nw_tos" ? modify.Value >> DscpShift : modify.Value);
        else
            SetLegacy(writing.Version, writer, modify.Field, modify.Value);
    }

    /// <summary>Writes a field in 1.0 or 1.1, which have an action for some; false for others.</summary>
    public static bool SetLegacy(OpenFlowVersion version, WireWriter writer, MatchField field, UInt128 value)
    {
        int less = version == OpenFlowVersion.V10 ? 0 : 1;
        switch (field.Name)
        {
            case "eth_src" or "eth_dst":
                int ethernet = ActionEncoder.Start(
                    writer, (ushort)((field.Name == "eth_src" ? EthernetSourceType10 : EthernetDestinationType10) - less));
                writer.U48((ulong)value);
                writer.Zero(6);
                ActionEncoder.End(writer, ethernet);
                return true;
            case "ip_src" or "ip_dst":
                int ip = ActionEncoder.Start(writer, (ushort)((field.Name == "ip_src" ? IpSourceType10 : IpDestinationType10) - less));
                writer.U32((uint)value);
                ActionEncoder.End(writer, ip);
                return true;
            case "nw_tos" or "ip_dscp":
                PutByte(writer, (ushort)(TosType10 - less), (byte)(field.Name == "nw_tos" ? value : value << DscpShift));
                return true;
            case "nw_ecn" when version == OpenFlowVersion.V11:
                PutByte(writer, SetEcnType, (byte)value);
                return true;
            case "nw_ecn":
                FieldActionsEncoder.PutLoad(writer, new SubField(field), (ulong)value);
                return true;
            case "vlan_vid":
                PutShort(writer, VlanIdType, (ushort)(value & (VlanPresent - 1)));
                return true;
            case "vlan_pcp":
                PutByte(writer, VlanPriorityType, (byte)value);
                return true;
            case "tcp_src" or "udp_src":
                PutShort(writer, SourcePortType, (ushort)value);
                return true;
            case "tcp_dst" or "udp_dst":
                PutShort(writer, DestinationPortType, (ushort)value);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Writes a tag's TCI in 1.0 or 1.1: number and priority, or none.</summary>
    public static void SetTci(in ActionWriting writing, WireWriter writer, ushort tci)
    {
        if ((tci & VlanPresent) == 0)
        {
            StripVlan(writing, writer);
            return;
        }

        if (writing is { Version: OpenFlowVersion.V11, HasVlan: false })
            PushVlan(writer, EtherTypes.Vlan);
        PutShort(writer, VlanIdType, (ushort)(tci & (VlanPresent - 1)));
        PutByte(writer, VlanPriorityType, (byte)(tci >> 13));
    }

    public static void ModifyPort(in ActionWriting writing, WireWriter writer, ModifyPortAction port)
    {
        string? protocol = writing.Protocol switch
        {
            FieldPrerequisites.ProtocolTcp => "tcp",
            FieldPrerequisites.ProtocolUdp => "udp",
            FieldPrerequisites.ProtocolSctp => "sctp",
            _ => null,
        };
        if (writing.Version >= OpenFlowVersion.V12 && protocol is not null)
            FieldActionsEncoder.PutSetField(
                writing.Version, writer, MatchFields.Get(protocol + (port.IsSource ? "_src" : "_dst")), port.Port);
        else
            PutShort(writer, port.IsSource ? SourcePortType : DestinationPortType, port.Port);
    }

    public static void ModifyVlan(in ActionWriting writing, WireWriter writer, ModifyVlanAction vlan)
    {
        if (writing.Version > OpenFlowVersion.V10 && vlan.AddsTag && !writing.HasVlan)
            PushVlan(writer, EtherTypes.Vlan);
        if (writing.Version >= OpenFlowVersion.V12)
            FieldActionsEncoder.PutSetField(
                writing.Version,
                writer,
                vlan.IsPriority ? _vlanPriority : _vlanId,
                vlan.IsPriority ? vlan.Value : (uint)vlan.Value | VlanPresent);
        else if (vlan.IsPriority)
            PutByte(writer, VlanPriorityType, (byte)vlan.Value);
        else
            PutShort(writer, VlanIdType, vlan.Value);
    }

    public static void PushVlan(WireWriter writer, ushort tpid) => PutShort(writer, PushVlanType, tpid);

    public static void StripVlan(in ActionWriting writing, WireWriter writer) => ActionEncoder.End(
        writer, ActionEncoder.Start(writer, writing.Version == OpenFlowVersion.V10 ? StripVlanType10 : PopVlanType));

    public static void DecrementTtl(in ActionWriting writing, WireWriter writer, DecrementTtlAction decrement)
    {
        if (decrement.Controllers is [0])
        {
            ActionEncoder.End(
                writer,
                writing.Version == OpenFlowVersion.V10
                    ? ActionEncoder.StartExperimenter(writer, "NXAST_DEC_TTL")
                    : ActionEncoder.Start(writer, DecrementTtlType));
            return;
        }

        int start = ActionEncoder.StartExperimenter(writer, "NXAST_DEC_TTL_CNT_IDS");
        writer.U16((ushort)decrement.Controllers.Length);
        writer.Zero(sizeof(uint));
        foreach (ushort controller in decrement.Controllers)
            writer.U16(controller);
        ActionEncoder.End(writer, start);
    }

    public static void SetTunnel(in ActionWriting writing, WireWriter writer, SetTunnelAction tunnel)
    {
        if (writing.Version >= OpenFlowVersion.V12)
        {
            FieldActionsEncoder.PutSetField(writing.Version, writer, SetTunnelAction.Field, tunnel.Key);
            return;
        }

        int start = ActionEncoder.StartExperimenter(writer, tunnel.IsWide ? "NXAST_SET_TUNNEL64" : "NXAST_SET_TUNNEL");
        writer.Zero(tunnel.IsWide ? 6 : sizeof(ushort));
        if (tunnel.IsWide)
            writer.U64(tunnel.Key);
        else
            writer.U32((uint)tunnel.Key);
        ActionEncoder.End(writer, start);
    }

    private static void SetTtl(in ActionWriting writing, WireWriter writer, MatchField field, byte ttl)
    {
        if (writing.Version == OpenFlowVersion.V10)
            FieldActionsEncoder.PutLoad(writer, new SubField(field), ttl);
        else
            PutByte(writer, SetTtlType, ttl);
    }

    private static void PutByte(WireWriter writer, ushort type, byte value)
    {
        int start = ActionEncoder.Start(writer, type);
        writer.U8(value);
        ActionEncoder.End(writer, start);
    }

    private static void PutShort(WireWriter writer, ushort type, ushort value)
    {
        int start = ActionEncoder.Start(writer, type);
        writer.U16(value);
        ActionEncoder.End(writer, start);
    }
}
