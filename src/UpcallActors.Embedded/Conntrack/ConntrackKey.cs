using System.Buffers.Binary;
using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <summary>What tracking writes into a packet's flow key (<c>ovs_ct_update_key</c>, <c>ovs_nat_update_key</c>).</summary>
internal static class ConntrackKey
{
    internal const CtState NatMask = CtState.SourceNat | CtState.DestinationNat;

    /// <summary>Puts the outcome of a pass through the tracker into the key.</summary>
    internal static void Update(ref FlowKey key, in TrackedPacket packet, ushort zone)
    {
        Clear(ref key);
        key.CtZone = zone;
        if (packet.Connection is not { } connection)
        {
            key.CtState = CtState.Tracked | CtState.Invalid;
            return;
        }

        key.CtState = StateOf(packet.Relation);
        if (!connection.IsConfirmed)
            key.CtState |= CtState.New;
        key.CtMark = connection.Mark;
        key.CtLabels = connection.Labels;
        bool isNeighbourDiscovery = packet.Tuple is { IsIpv6: true, Protocol: IpProtocols.Icmpv6, DestinationPort: 135 << 8 or 136 << 8 };
        if (connection.OriginalTuple.IsIpv6 == packet.Tuple.IsIpv6 && !isNeighbourDiscovery)
            connection.OriginalTuple.WriteOrigTo(ref key);
    }

    /// <summary>Forgets that the packet was tracked (<c>ovs_ct_clear</c>).</summary>
    internal static void Clear(ref FlowKey key)
    {
        key.CtState = CtState.None;
        key.CtZone = 0;
        key.CtMark = 0;
        key.CtLabels = 0;
        key.CtOrigProto = 0;
        key.CtOrigTpSrc = key.CtOrigTpDst = 0;
        key.CtOrigIpv4Src = key.CtOrigIpv4Dst = 0;
        key.CtOrigIpv6Src = key.CtOrigIpv6Dst = 0;
    }

    /// <summary>
    /// Puts the translated addresses and ports into the key. The NAT bit says that translation was done with, even where
    /// it had nothing to change: that is how the kernel sees to it that a packet is translated once a zone.
    /// </summary>
    internal static void UpdateTranslated(ref FlowKey key, in TrackedPacket packet, bool source)
    {
        key.CtState |= source ? CtState.SourceNat : CtState.DestinationNat;
        ReadOnlySpan<byte> ip = packet.Ip;
        if (packet.Tuple.IsIpv6)
        {
            if (source)
                key.Ipv6Src = BinaryPrimitives.ReadUInt128BigEndian(ip[8..]);
            else
                key.Ipv6Dst = BinaryPrimitives.ReadUInt128BigEndian(ip[24..]);
        }
        else if (source)
        {
            key.Ipv4Src = BinaryPrimitives.ReadUInt32BigEndian(ip[12..]);
        }
        else
        {
            key.Ipv4Dst = BinaryPrimitives.ReadUInt32BigEndian(ip[16..]);
        }

        if (packet.Protocol is not (IpProtocols.Tcp or IpProtocols.Udp or IpProtocols.Sctp))
            return;
        if (source)
            key.TpSrc = BinaryPrimitives.ReadUInt16BigEndian(packet.Transport);
        else
            key.TpDst = BinaryPrimitives.ReadUInt16BigEndian(packet.Transport[2..]);
    }

    private static CtState StateOf(PacketRelation relation) => CtState.Tracked | relation switch
    {
        PacketRelation.Established => CtState.Established,
        PacketRelation.EstablishedReply => CtState.Established | CtState.Reply,
        PacketRelation.Related => CtState.Related,
        PacketRelation.RelatedReply => CtState.Related | CtState.Reply,
        _ => CtState.New,
    };
}
