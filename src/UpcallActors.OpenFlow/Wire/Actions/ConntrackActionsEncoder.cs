using static UpcallActors.OpenFlow.ConntrackActionsDecoder;

namespace UpcallActors.OpenFlow;

/// <summary>Connection tracking, and actions on a copy of the packet, to bytes.</summary>
internal static class ConntrackActionsEncoder
{
    public static void Conntrack(in ActionWriting writing, WireWriter writer, ConntrackAction conntrack)
    {
        int start = ActionEncoder.StartExperimenter(writer, "NXAST_CT");
        writer.U16((ushort)((conntrack.Commit ? CommitFlag : 0) | (conntrack.Force ? ForceFlag : 0)));
        if (conntrack.ZoneField is { } zone)
        {
            FieldEntry.PutHeader(writer, zone.Field, version: null);
            writer.U16(OutputActionsDecoder.EncodeBits(zone));
        }
        else
        {
            writer.U32(0);
            writer.U16(conntrack.Zone);
        }

        writer.U8(conntrack.Table ?? NoTable);
        writer.Zero(3);
        writer.U16(conntrack.Helper switch { "ftp" => FtpPort, "tftp" => TftpPort, _ => (ushort)0 });
        if (conntrack.Nat is { } nat)
            PutNat(writer, nat);
        ActionListCodec.Encode(writing, writer, conntrack.Exec);
        ActionEncoder.End(writer, start);
    }

    public static void Clone(in ActionWriting writing, WireWriter writer, CloneAction clone)
    {
        int start = ActionEncoder.StartExperimenter(writer, "NXAST_CLONE");
        writer.Zero(6);
        ActionListCodec.Encode(writing, writer, clone.Actions);
        ActionEncoder.End(writer, start);
    }

    private static void PutNat(WireWriter writer, NatAction nat)
    {
        int start = ActionEncoder.StartExperimenter(writer, NatType);
        NatFlags flags = nat.Target switch
        {
            NatTarget.Source => NatFlags.Source,
            NatTarget.Destination => NatFlags.Destination,
            _ => NatFlags.None,
        };
        flags |= nat.Persistent ? NatFlags.Persistent : NatFlags.None;
        flags |= nat.Ports switch { NatPorts.Hash => NatFlags.Hash, NatPorts.Random => NatFlags.Random, _ => NatFlags.None };
        bool isIpv4 = nat.AddressBytes == sizeof(uint);
        NatParts parts = NatParts.None;
        if (nat.AddressBytes != 0)
            parts |= isIpv4 ? NatParts.Ipv4First : NatParts.Ipv6First;
        if (nat.Last != nat.First)
            parts |= isIpv4 ? NatParts.Ipv4Last : NatParts.Ipv6Last;
        if (nat.FirstPort != 0)
            parts |= NatParts.PortFirst;
        if (nat.LastPort != nat.FirstPort)
            parts |= NatParts.PortLast;
        writer.Zero(sizeof(ushort));
        writer.U16((ushort)flags);
        writer.U16((ushort)parts);
        writer.Number(nat.First, nat.AddressBytes);
        if (nat.Last != nat.First)
            writer.Number(nat.Last, nat.AddressBytes);
        if (nat.FirstPort != 0)
            writer.U16(nat.FirstPort);
        if (nat.LastPort != nat.FirstPort)
            writer.U16(nat.LastPort);
        ActionEncoder.End(writer, start);
    }
}
