using System.Buffers.Binary;
using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Kernel.Tests.Conntrack;

public sealed class ConntrackMessageTests
{
    [Fact]
    public void A_TCP_connection_reads_with_zone_mark_and_state()
    {
        ConntrackEntry tcp = Parse(RecordedConnections.Tcp);
        tcp.Original.ShouldBe(new ConntrackTuple(0x0a000001, 0x0a000002, 1, 2, 6, IsIpv6: false));
        tcp.Reply.ShouldBe(new ConntrackTuple(0x0a000002, 0x0a000001, 2, 1, 6, IsIpv6: false));
        tcp.Zone.ShouldBe((ushort)5);
        tcp.Mark.ShouldBe(6u);
        tcp.Status.ShouldBe(ConnectionStatus.SeenReply | ConnectionStatus.Assured | ConnectionStatus.Confirmed);
        tcp.Timeout.ShouldBe(99u);
        tcp.Id.ShouldNotBe(0u);
        ConntrackTcpFlags flags = ConntrackTcpFlags.SackPermitted | ConntrackTcpFlags.BeLiberal;
        tcp.Tcp.ShouldBe(new ConntrackTcp(TcpState.Established, 0, 0, flags, flags));
        (tcp.Sctp, tcp.Parent, tcp.Helper, tcp.Labels, tcp.Stopped).ShouldBe((null, null, null, UInt128.Zero, 0UL));
        DateTimeOffset.UnixEpoch.AddMilliseconds(tcp.Started / 1_000_000).Year.ShouldBeInRange(2026, 2027);
    }

    [Fact]
    public void A_ping_reads_with_id_type_and_code()
    {
        ConntrackEntry icmp = Parse(RecordedConnections.Icmp);
        icmp.Original.ShouldBe(new ConntrackTuple(0x0a000001, 0x0a000002, 77, 0x0800, 1, IsIpv6: false));
        icmp.Reply.ShouldBe(new ConntrackTuple(0x0a000002, 0x0a000001, 77, 0x0000, 1, IsIpv6: false));
        (icmp.Zone, icmp.Mark, icmp.Tcp).ShouldBe(((ushort)0, 0u, null));
    }

    [Fact]
    public void IPv6_reads_with_whole_addresses()
    {
        UInt128 network = (UInt128)0xfc00 << 112;
        ConntrackEntry udp = Parse(RecordedConnections.Udp6);
        udp.Original.ShouldBe(new ConntrackTuple(network + 1, network + 2, 5, 6, 17, IsIpv6: true));
        udp.Reply.ShouldBe(new ConntrackTuple(network + 2, network + 1, 6, 5, 17, IsIpv6: true));
        udp.Zone.ShouldBe((ushort)9);
    }

    [Fact]
    public void SCTP_reads_with_its_tags()
    {
        // The conntrack tool was told 5 and 9, and gave them to the kernel in its own order of bytes.
        Parse(RecordedConnections.Sctp).Sctp.ShouldBe(new ConntrackSctp(SctpState.Established, 5u << 24, 9u << 24));
    }

    [Fact]
    public void Counters_labels_helper_and_parent_are_read()
    {
        var writer = new NetlinkWriter(new byte[1024]);
        int start = writer.BeginMessage(0x100, NetlinkFlags.None, 1, 0);
        writer.PutRaw([2, 0, 0, 0]);
        var tuple = new ConntrackTuple(1, 2, 3, 4, 6, IsIpv6: false);
        PutTuple(ref writer, 1, tuple);
        PutTuple(ref writer, 2, tuple with { Source = 2, Destination = 1 });
        PutTuple(ref writer, 14, tuple with { SourcePort = 21 });
        PutCounters(ref writer, 9, 3, 252);
        PutCounters(ref writer, 10, 2, 168);
        writer.Put(22, [0xbc, 0x0a, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80]);
        int help = writer.BeginNest(5);
        writer.PutString(1, "ftp");
        writer.EndNest(help);
        writer.EndMessage(start);

        ConntrackEntry read = Parse(writer.Written.ToArray());

        read.Parent.ShouldBe(tuple with { SourcePort = 21 });
        read.OriginalCounters.ShouldBe(new ConntrackCounters(3, 252));
        read.ReplyCounters.ShouldBe(new ConntrackCounters(2, 168));
        read.Labels.ShouldBe(((UInt128)0x80 << 120) + 0xabc);
        read.Helper.ShouldBe("ftp");
    }

    [Fact]
    public void What_is_no_connection_is_refused()
    {
        Error(With(RecordedConnections.Tcp,
            message => BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(NetlinkMessage.TypeOffset), 0x102)))
            .ShouldBe(NetlinkParseError.UnexpectedType);
        Error(Cut(RecordedConnections.Tcp, 19)).ShouldBe(NetlinkParseError.FamilyHeaderTruncated);
        Error(Cut(RecordedConnections.Tcp, 20)).ShouldBe(NetlinkParseError.AttributeMissing);
        Error(Cut(RecordedConnections.Tcp, 22)).ShouldBe(NetlinkParseError.AttributeTruncated);
        Error(Cut(RecordedConnections.Tcp, 40)).ShouldBe(NetlinkParseError.AttributeLengthBeyondBuffer);
        Error(Cut(RecordedConnections.Tcp, 20 + 52)).ShouldBe(NetlinkParseError.AttributeMissing, "no reply");
    }

    [Theory]
    [InlineData(18, 1)]
    [InlineData(12, 3)]
    [InlineData(3, 2)]
    [InlineData(7, 0)]
    [InlineData(8, 3)]
    [InlineData(22, 15)]
    public void An_attribute_that_is_too_short_is_refused(ushort type, int length) =>
        Error(Appended(type, new byte[length])).ShouldBe(NetlinkParseError.AttributeSize);

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(9)]
    [InlineData(20)]
    public void A_malformed_list_inside_is_refused(ushort type)
    {
        // Length 2 of an attribute; help has no numbers, and is read as far as it goes.
        NetlinkParseError error = Error(Appended(type, [2, 0, 1, 0]));
        error.ShouldBe(type == 5 ? NetlinkParseError.None : NetlinkParseError.AttributeLengthBelowHeader);
    }

    private static void PutTuple(ref NetlinkWriter writer, ushort type, ConntrackTuple tuple)
    {
        int nest = writer.BeginNest(type);
        int ip = writer.BeginNest(1);
        writer.PutU32BigEndian(1, (uint)tuple.Source);
        writer.PutU32BigEndian(2, (uint)tuple.Destination);
        writer.EndNest(ip);
        int protocol = writer.BeginNest(2);
        writer.PutU8(1, tuple.Protocol);
        writer.PutU16BigEndian(2, tuple.SourcePort);
        writer.PutU16BigEndian(3, tuple.DestinationPort);
        writer.EndNest(protocol);
        writer.EndNest(nest);
    }

    private static void PutCounters(ref NetlinkWriter writer, ushort type, ulong packets, ulong bytes)
    {
        int nest = writer.BeginNest(type);
        writer.PutU64BigEndian(1, packets);
        writer.PutU64BigEndian(2, bytes);
        writer.EndNest(nest);
    }

    private static byte[] Appended(ushort type, byte[] payload)
    {
        byte[] recorded = RecordedConnections.Tcp;
        var writer = new NetlinkWriter(new byte[recorded.Length + 64]);
        writer.PutRaw(recorded);
        writer.Put(type, payload);
        byte[] bytes = writer.Written.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(bytes, bytes.Length);
        return bytes;
    }

    private static byte[] Cut(byte[] message, int length) =>
        With(message[..length], cut => BinaryPrimitives.WriteInt32LittleEndian(cut, length));

    private static byte[] With(byte[] message, Action<byte[]> change)
    {
        byte[] copy = [.. message];
        change(copy);
        return copy;
    }

    private static ConntrackEntry Parse(byte[] bytes)
    {
        NetlinkMessage.TryRead(bytes, out NetlinkMessage message, out _).ShouldBe(NetlinkParseError.None);
        ConntrackMessage.TryParse(message, out ConntrackEntry? entry).ShouldBe(NetlinkParseError.None);
        return entry!;
    }

    private static NetlinkParseError Error(byte[] bytes)
    {
        NetlinkMessage.TryRead(bytes, out NetlinkMessage message, out _).ShouldBe(NetlinkParseError.None);
        NetlinkParseError error = ConntrackMessage.TryParse(message, out ConntrackEntry? entry);
        (entry is null).ShouldBe(error != NetlinkParseError.None);
        return error;
    }
}
