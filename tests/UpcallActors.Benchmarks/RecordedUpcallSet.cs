using System.Buffers.Binary;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Ofproto;
using UpcallActors.Packets;
using UpcallActors.OpenFlow;

namespace UpcallActors.Benchmarks;

/// <summary>The upcalls of the recorded IPv4 scenario that come fresh from a port, and the flows they were translated with.</summary>
internal static class RecordedUpcallSet
{
    private const ushort PacketFamily = 35;
    private const ushort FlowFamily = 34;

    private static readonly string _scenario = Path.Combine(AppContext.BaseDirectory, "captures", "linux-6.1", "ipv4-fragmentation");

    /// <summary>The miss upcalls without a recirculation id: ARP, ICMP, and fragments of it.</summary>
    public static byte[][] Misses { get; } = [.. Load().Where(IsFreshMiss)];

    public static OvsFamilies Families => new(32, 33, FlowFamily, PacketFamily, 36, 37);

    /// <summary>The five flows on a bridge with datapath ports 2 and 3, as recorded.</summary>
    public static Bridge Bridge()
    {
        var tables = new FlowTables();
        tables.Apply([.. FlowSyntax.ParseFile(File.ReadAllText(_scenario + ".flows.of"), "flows.of").Changes]);
        return new Bridge("br0", FailMode.Standalone, tables,
            [new BridgePort(OpenFlowPorts.Local, 1, "br0"), new BridgePort(1, 2, "ovs-p0"), new BridgePort(2, 3, "ovs-p1")]);
    }

    /// <summary>ICMP misses, each from an address of its own.</summary>
    public static byte[][] DistinctMisses(int count)
    {
        byte[] icmp = Misses.First(message => Ipv4Offset(message) is int offset && message[offset + 8] == 1);
        var distinct = new byte[count][];
        for (int i = 0; i < count; i++)
        {
            distinct[i] = [.. icmp];
            BinaryPrimitives.WriteInt32BigEndian(distinct[i].AsSpan(Ipv4Offset(icmp)!.Value), 0x0a000000 + i);
        }

        return distinct;
    }

    private static int? Ipv4Offset(byte[] message)
    {
        _ = PacketMessage.TryParse(message, out PacketMessage packet);
        return new NetlinkAttributes(packet.Key.Of(message)).TryFindLast(OvsKeyAttribute.Ipv4, out NetlinkAttribute ipv4)
            ? packet.Key.Offset + ipv4.PayloadOffset
            : null;
    }

    private static bool IsFreshMiss(byte[] message) =>
        BinaryPrimitives.ReadUInt16LittleEndian(message.AsSpan(NetlinkMessage.TypeOffset)) == PacketFamily
        && PacketMessage.TryParse(message, out PacketMessage packet) == OdpParseError.None
        && packet.Command == PacketCommand.Miss
        && OvsFlowKeyReader.TryRead(packet.Key.Of(message), out FlowKey key) == OdpParseError.None
        && key.RecircId == 0;

    private static List<byte[]> Load()
    {
        List<byte[]> messages = [];
        if (PcapReader.TryOpen(File.ReadAllBytes(_scenario + ".netlink.pcap"), out PcapReader? reader) != PcapError.None)
            throw new InvalidDataException(_scenario);
        while (reader!.TryReadNext(out PcapRecord record) == PcapError.None)
        {
            if (!NlmonRecord.TryRead(record.Data.Span, out NlmonRecord nlmon) || nlmon.Protocol != NlmonRecord.GenericNetlink)
                continue;
            ReadOnlySpan<byte> rest = nlmon.Messages;
            while (NetlinkMessage.TryRead(rest, out NetlinkMessage message, out int consumed) == NetlinkParseError.None)
            {
                messages.Add(message.Bytes.ToArray());
                rest = rest[consumed..];
            }
        }

        return messages;
    }
}
