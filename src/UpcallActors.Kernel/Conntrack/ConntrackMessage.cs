using System.Buffers.Binary;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Packets;
using Attribute = UpcallActors.Kernel.ConntrackAttribute;

namespace UpcallActors.Kernel;

/// <summary>Reads and writes messages of connection tracking (<c>nf_conntrack_netlink</c>).</summary>
internal static class ConntrackMessage
{
    private const int Ipv6Length = 16;
    private const int LabelsLength = 16;
    private const ushort Nested = NetlinkAttribute.NestedFlag;

    /// <summary>
    /// Reads a connection from a message that tells of one (<c>IPCTNL_MSG_CT_NEW</c>); <paramref name="entry"/> is null
    /// unless the result is <see cref="NetlinkParseError.None"/>. Attributes that this does not know are passed over.
    /// </summary>
    public static NetlinkParseError TryParse(NetlinkMessage message, out ConntrackEntry? entry)
    {
        entry = null;
        if (message.Type != Attribute.NewMessage)
            return NetlinkParseError.UnexpectedType;
        if (message.Payload.Length < Attribute.HeaderLength)
            return NetlinkParseError.FamilyHeaderTruncated;
        var fields = new AttributeFields(message.Payload[Attribute.HeaderLength..]);
        if (fields.Error == NetlinkParseError.None && !(fields.Has(Attribute.Original) && fields.Has(Attribute.Reply)))
            return NetlinkParseError.AttributeMissing;
        var read = new ConntrackEntry(Tuple(ref fields, Attribute.Original), Tuple(ref fields, Attribute.Reply))
        {
            Parent = fields.Has(Attribute.Master) ? Tuple(ref fields, Attribute.Master) : null,
            Id = fields.U32(Attribute.Id),
            Zone = fields.U16(Attribute.Zone),
            Status = (ConnectionStatus)fields.U32(Attribute.Status),
            Timeout = fields.U32(Attribute.Timeout),
            Mark = fields.U32(Attribute.Mark),
            Labels = Labels(ref fields),
            Tcp = Tcp(ref fields),
            Sctp = Sctp(ref fields),
            Helper = fields.Nest(Attribute.Help).Text(Attribute.HelpName),
            OriginalCounters = Counters(ref fields, Attribute.OriginalCounters),
            ReplyCounters = Counters(ref fields, Attribute.ReplyCounters),
            Started = Time(ref fields, Attribute.TimestampStart),
            Stopped = Time(ref fields, Attribute.TimestampStop),
        };
        entry = fields.Error == NetlinkParseError.None ? read : null;
        return fields.Error;
    }

    /// <summary>Begins a request about all connections of both IP versions; close it with <see cref="NetlinkWriter.EndMessage"/>.</summary>
    internal static int Begin(ref NetlinkWriter writer, ushort type, NetlinkFlags flags, byte family)
    {
        int start = writer.BeginMessage(type, flags, sequence: 0, portId: 0);
        writer.PutRaw([family, 0, 0, 0]);
        return start;
    }

    /// <summary>The family of a tuple, for <see cref="Begin"/>.</summary>
    internal static byte FamilyOf(in ConntrackTuple tuple) => tuple.IsIpv6 ? Attribute.FamilyIpv6 : Attribute.FamilyIpv4;

    /// <summary>Writes a tuple as one attribute.</summary>
    internal static void PutTuple(ref NetlinkWriter writer, ushort type, in ConntrackTuple tuple)
    {
        int nest = writer.BeginNest((ushort)(type | Nested));
        int ip = writer.BeginNest(Attribute.TupleIp | Nested);
        PutAddress(ref writer, tuple.IsIpv6 ? Attribute.Ipv6Source : Attribute.Ipv4Source, tuple.Source, tuple.IsIpv6);
        PutAddress(ref writer, tuple.IsIpv6 ? Attribute.Ipv6Destination : Attribute.Ipv4Destination, tuple.Destination, tuple.IsIpv6);
        writer.EndNest(ip);
        int protocol = writer.BeginNest(Attribute.TupleProtocol | Nested);
        writer.PutU8(Attribute.ProtocolNumber, tuple.Protocol);
        if (tuple.IsIcmp)
        {
            (ushort id, ushort icmpType, ushort code) = IcmpAttributes(tuple.Protocol);
            writer.PutU16BigEndian(id, tuple.SourcePort);
            writer.PutU8(icmpType, (byte)(tuple.DestinationPort >> 8));
            writer.PutU8(code, (byte)tuple.DestinationPort);
        }
        else
        {
            // Protocols without ports pass over them (ctnetlink_parse_tuple_proto).
            writer.PutU16BigEndian(Attribute.SourcePort, tuple.SourcePort);
            writer.PutU16BigEndian(Attribute.DestinationPort, tuple.DestinationPort);
        }

        writer.EndNest(protocol);
        writer.EndNest(nest);
    }

    private static (ushort Id, ushort Type, ushort Code) IcmpAttributes(byte protocol) => protocol == IpProtocols.Icmp
        ? (Attribute.IcmpId, Attribute.IcmpType, Attribute.IcmpCode)
        : (Attribute.Icmpv6Id, Attribute.Icmpv6Type, Attribute.Icmpv6Code);

    private static void PutAddress(ref NetlinkWriter writer, ushort type, UInt128 address, bool isIpv6)
    {
        if (!isIpv6)
        {
            writer.PutU32BigEndian(type, (uint)address);
            return;
        }

        Span<byte> payload = writer.PutReserved(type, Ipv6Length);
        if (!payload.IsEmpty)
            BinaryPrimitives.WriteUInt128BigEndian(payload, address);
    }

    private static ConntrackTuple Tuple(ref AttributeFields fields, ushort type)
    {
        AttributeFields tuple = fields.Nest(type);
        AttributeFields ip = tuple.Nest(Attribute.TupleIp);
        AttributeFields protocol = tuple.Nest(Attribute.TupleProtocol);
        bool isIpv6 = ip.Has(Attribute.Ipv6Source);
        byte number = protocol.U8(Attribute.ProtocolNumber);
        var read = new ConntrackTuple(
            Address(ref ip, isIpv6 ? Attribute.Ipv6Source : Attribute.Ipv4Source, isIpv6),
            Address(ref ip, isIpv6 ? Attribute.Ipv6Destination : Attribute.Ipv4Destination, isIpv6),
            SourcePort: 0,
            DestinationPort: 0,
            number,
            isIpv6);
        if (read.IsIcmp)
        {
            (ushort id, ushort icmpType, ushort code) = IcmpAttributes(number);
            read = read with
            {
                SourcePort = protocol.U16(id),
                DestinationPort = (ushort)((protocol.U8(icmpType) << 8) | protocol.U8(code)),
            };
        }
        else
        {
            read = read with { SourcePort = protocol.U16(Attribute.SourcePort), DestinationPort = protocol.U16(Attribute.DestinationPort) };
        }

        fields.Note(tuple.Error);
        fields.Note(ip.Error);
        fields.Note(protocol.Error);
        return read;
    }

    private static UInt128 Address(ref AttributeFields ip, ushort type, bool isIpv6)
    {
        if (!isIpv6)
            return ip.U32(type);
        ReadOnlySpan<byte> bytes = ip.Bytes(type, Ipv6Length);
        return bytes.IsEmpty ? UInt128.Zero : BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    private static UInt128 Labels(ref AttributeFields fields)
    {
        ReadOnlySpan<byte> bytes = fields.Bytes(Attribute.Labels, LabelsLength);
        return bytes.IsEmpty ? UInt128.Zero : BinaryPrimitives.ReadUInt128LittleEndian(bytes);
    }

    private static ConntrackTcp? Tcp(ref AttributeFields fields)
    {
        AttributeFields info = fields.Nest(Attribute.ProtocolInfo);
        AttributeFields tcp = info.Nest(Attribute.InfoTcp);
        ConntrackTcp? read = info.Has(Attribute.InfoTcp)
            ? new ConntrackTcp(
                (TcpState)tcp.U8(Attribute.TcpState),
                tcp.U8(Attribute.TcpOriginalScale),
                tcp.U8(Attribute.TcpReplyScale),
                (ConntrackTcpFlags)tcp.U8(Attribute.TcpOriginalFlags),
                (ConntrackTcpFlags)tcp.U8(Attribute.TcpReplyFlags))
            : null;
        fields.Note(info.Error);
        fields.Note(tcp.Error);
        return read;
    }

    private static ConntrackSctp? Sctp(ref AttributeFields fields)
    {
        AttributeFields info = fields.Nest(Attribute.ProtocolInfo);
        AttributeFields sctp = info.Nest(Attribute.InfoSctp);
        ConntrackSctp? read = info.Has(Attribute.InfoSctp)
            ? new ConntrackSctp((SctpState)sctp.U8(Attribute.SctpState), sctp.U32(Attribute.SctpOriginalTag),
                sctp.U32(Attribute.SctpReplyTag))
            : null;
        fields.Note(sctp.Error);
        return read;
    }

    private static ConntrackCounters Counters(ref AttributeFields fields, ushort type)
    {
        AttributeFields counters = fields.Nest(type);
        var read = new ConntrackCounters(counters.U64(Attribute.CountersPackets), counters.U64(Attribute.CountersBytes));
        fields.Note(counters.Error);
        return read;
    }

    private static ulong Time(ref AttributeFields fields, ushort type)
    {
        AttributeFields times = fields.Nest(Attribute.Timestamp);
        ulong time = times.U64(type);
        fields.Note(times.Error);
        return time;
    }
}
