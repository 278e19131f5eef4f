using System.Buffers.Binary;

using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <content>Finding and following connections: <c>nf_conntrack_in</c>.</content>
internal sealed partial class ConnectionTracker
{
    private const long GenericTimeout = 600_000;
    private const long IcmpTimeout = 30_000;
    private const long UdpTimeout = 30_000;
    private const long UdpStreamTimeout = 120_000;
    private const long UdpStreamStart = 2_000;
    private const byte MaxIcmpType = 18;

    /// <summary>Finds, or makes, the packet's connection. True with none: the packet is invalid. False: it must be dropped.</summary>
    private bool TryTrack(ref TrackedPacket packet, ushort zone, long now)
    {
        // ICMP of the other family is not a known protocol.
        if (packet.Protocol == (packet.Tuple.IsIpv6 ? IpProtocols.Icmp : IpProtocols.Icmpv6))
            return true;
        if (_verifyChecksums && IsChecked(packet.Protocol) && !packet.HasValidChecksum())
            return true;
        if (packet.Tuple.IsIcmp && !IsOrdinaryIcmp(ref packet, zone, now))
            return true;
        while (TryResolve(ref packet, zone, now))
        {
            if (packet.Connection is not { } connection || Follow(ref packet, connection, now) != TcpTracker.Result.Reopen)
                return true;
            _table.Remove(connection);
        }

        TableFull++;
        return false;
    }

    private static bool IsChecked(byte protocol) =>
        protocol is IpProtocols.Tcp or IpProtocols.Udp or IpProtocols.Icmp or IpProtocols.Icmpv6;

    /// <summary>
    /// Looks the tuple up, or makes a connection that is not visible until it is committed (<c>resolve_normal_ct</c>).
    /// </summary>
    private bool TryResolve(ref TrackedPacket packet, ushort zone, long now)
    {
        if (_table.Find(in packet.Tuple, zone, now, out int direction) is { } connection)
        {
            packet.Connection = connection;
            packet.Relation = connection.RelationOf(direction);
            return true;
        }

        packet.Connection = null;
        if (!packet.Tuple.TryInvert(out ConntrackTuple reply))
            return true;
        if (!_table.HasRoom(now))
            return false;
        _unconfirmed.Reset();
        _unconfirmed.OriginalTuple = packet.Tuple;
        _unconfirmed.ReplyTuple = reply;
        _unconfirmed.Zone = zone;
        packet.Connection = _unconfirmed;
        packet.Relation = PacketRelation.New;
        return true;
    }

    /// <summary>Hands the packet to its protocol (<c>nf_conntrack_handle_packet</c>); an invalid one loses its connection.</summary>
    private TcpTracker.Result Follow(ref TrackedPacket packet, Connection connection, long now)
    {
        TcpTracker.Result result;
        switch (packet.Protocol)
        {
            case IpProtocols.Tcp:
                result = TcpTracker.Track(connection, packet.Transport, packet.Direction, now);
                break;
            case IpProtocols.Udp:
                result = FollowUdp(packet.Transport, connection, now) ? TcpTracker.Result.Accept : TcpTracker.Result.Invalid;
                break;
            case IpProtocols.Icmp or IpProtocols.Icmpv6:
                result = FollowIcmp(connection, now) ? TcpTracker.Result.Accept : TcpTracker.Result.Invalid;
                break;
            default:
                connection.Refresh(GenericTimeout, now);
                result = TcpTracker.Result.Accept;
                break;
        }

        if (result is TcpTracker.Result.Invalid or TcpTracker.Result.Reopen)
            packet.Connection = null;
        else if (packet.Relation == PacketRelation.EstablishedReply)
            connection.Status |= ConnectionStatus.SeenReply;
        if (result == TcpTracker.Result.AcceptAndRemove)
            _table.Remove(connection);
        return result;
    }

    private static bool FollowUdp(ReadOnlySpan<byte> datagram, Connection connection, long now)
    {
        if (datagram.Length < 8)
            return false;
        int length = BinaryPrimitives.ReadUInt16BigEndian(datagram[4..]);
        if (length < 8 || length > datagram.Length)
            return false;
        if (!connection.IsConfirmed)
            connection.StreamStart = now + UdpStreamStart;
        bool isStream = connection.Has(ConnectionStatus.SeenReply) && now > connection.StreamStart;
        if (isStream)
            connection.Status |= ConnectionStatus.Assured;
        connection.Refresh(isStream ? UdpStreamTimeout : UdpTimeout, now);
        return true;
    }

    /// <summary>Only requests that have an answer make a connection.</summary>
    private static bool FollowIcmp(Connection connection, long now)
    {
        int type = connection.OriginalTuple.DestinationPort >> 8;
        bool isRequest = connection.OriginalTuple.IsIpv6 ? type is 128 or 139 : type is 8 or 13 or 15 or 17;
        if (!isRequest)
            return false;
        connection.Refresh(IcmpTimeout, now);
        return true;
    }

    /// <summary>
    /// Sees to ICMP that is no request or answer (<c>nf_conntrack_icmpv4_error</c>, <c>nf_conntrack_icmpv6_error</c>). False if
    /// that is all there is to it: the packet is related to a connection, or invalid, or not tracked at all.
    /// </summary>
    private bool IsOrdinaryIcmp(ref TrackedPacket packet, ushort zone, long now)
    {
        byte type = packet.Transport[0];
        if (!packet.Tuple.IsIpv6)
        {
            if (type > MaxIcmpType)
                return false;
            if (type is not (3 or 4 or 5 or 11 or 12))
                return true;
            Relate(ref packet, packet.Transport[8..], zone, now);
            return false;
        }

        if (NeighbourDiscovery.IsUntracked(type))
            return false;
        if (type == NeighbourDiscovery.Redirect)
            return IsUnquotedRedirect(ref packet, zone, now);
        if (type >= 128)
            return true;
        Relate(ref packet, packet.Transport[8..], zone, now);
        return false;
    }

    /// <summary>
    /// An ICMPv6 redirect is an error about the packet that it quotes, if
    /// it is genuine and quotes one (<c>nf_conntrack_icmpv6_redirect</c>).
    /// </summary>
    private bool IsUnquotedRedirect(ref TrackedPacket packet, ushort zone, long now)
    {
        const int fixedLength = 40;
        const byte redirectedHeader = 4;
        Span<byte> message = packet.Transport;
        if (message.Length < fixedLength)
            return false;
        if (message[1] != 0)
            return true;
        bool isLinkLocal = packet.Ip[8] == 0xfe && (packet.Ip[9] & 0xc0) == 0x80;
        if (packet.Ip[7] != 255 || !isLinkLocal || message.Length < fixedLength + 2 || message[fixedLength + 1] == 0)
            return false;
        if (message[fixedLength] != redirectedHeader)
            return true;
        if (message.Length >= fixedLength + 8)
            Relate(ref packet, message[(fixedLength + 8)..], zone, now);
        return false;
    }

    /// <summary>
    /// Finds the connection of the packet that an error quotes (<c>nf_conntrack_inet_error</c>). The error must go where that packet came
    /// from; otherwise any host could send errors about the connections of others.
    /// </summary>
    private void Relate(ref TrackedPacket packet, Span<byte> quoted, ushort zone, long now)
    {
        if (!TrackedPacket.TryRead(quoted, packet.Tuple.IsIpv6, out TrackedPacket inner)
            || !inner.Tuple.TryInvert(out ConntrackTuple tuple))
            return;
        if (_table.Find(in tuple, zone, now, out int direction) is not { } connection
            || connection.Tuple(direction).Destination != packet.Tuple.Destination)
            return;
        packet.Connection = connection;
        packet.Relation = direction == Connection.Reply ? PacketRelation.RelatedReply : PacketRelation.Related;
    }

    /// <summary>
    /// Finds the connection of an ICMP error that was translated: what it quotes is again what its sender sent. The kernel
    /// needs no search, as long as the packet does not leave it.
    /// </summary>
    private bool TryFindTranslatedError(ref TrackedPacket packet, ushort zone, long now)
    {
        if (!packet.Tuple.IsIcmp || !TrackedPacket.TryRead(packet.Transport[8..], packet.Tuple.IsIpv6, out TrackedPacket inner))
            return false;
        if (_table.Find(in inner.Tuple, zone, now, out int direction) is not { } connection)
            return false;
        packet.Connection = connection;
        packet.Relation = direction == Connection.Original ? PacketRelation.RelatedReply : PacketRelation.Related;
        return true;
    }
}
