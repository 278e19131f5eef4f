using BenchmarkDotNet.Attributes;
using UpcallActors.Netlink;
using UpcallActors.Odp;

namespace UpcallActors.Benchmarks;

/// <summary>The bytes' side of one upcall of an ICMP packet of 98 bytes: what reading it costs, and what writing its flow put costs.</summary>
[MemoryDiagnoser]
public class UpcallCodec
{
    private const ushort FlowFamily = 34;
    private const ushort PacketFamily = 35;
    private readonly byte[] _upcall;
    private readonly byte[] _put = new byte[2048];
    private readonly byte[] _actions = [8, 0, 1, 0, 2, 0, 0, 0];
    private FlowKey _key;
    private FlowKey _mask;

    /// <summary>Makes the upcall as the kernel would.</summary>
    public UpcallCodec()
    {
        _key = new FlowKey { InPort = 1, EthSrc = 0x020000000001, EthDst = 0x020000000002, EthType = EtherTypes.Ipv4, Ipv4Src = 0x0a010101, Ipv4Dst = 0x0a010102, NwProto = IpProtocols.Icmp, NwTtl = 64, TpSrc = 8 };
        _mask = new FlowKey { InPort = uint.MaxValue, RecircId = uint.MaxValue, EthType = ushort.MaxValue, NwProto = byte.MaxValue, NwFrag = FlowKey.FragAny | FlowKey.FragLater };
        var writer = new NetlinkWriter(new byte[2048]);
        int start = OvsHeader.Begin(ref writer, PacketFamily, NetlinkFlags.None, 0, (byte)PacketCommand.Miss, OvsFamilyVersion.Packet, 3);
        int nest = writer.BeginNest(OvsPacketAttribute.Key);
        OvsFlowKeyWriter.WriteKey(_key, ref writer);
        writer.EndNest(nest);
        writer.PutU16(OvsPacketAttribute.Mru, 1500);
        writer.PutU64(OvsPacketAttribute.Hash, 0x1_2345_6789);
        writer.PutReserved(OvsPacketAttribute.Packet, 98);
        writer.EndMessage(start);
        _upcall = writer.Written.ToArray();
    }

    /// <summary>From the message to its parts and its key in words.</summary>
    [Benchmark]
    public OdpParseError ParseUpcall()
    {
        OdpParseError error = PacketMessage.TryParse(_upcall, out PacketMessage parsed);
        return error == OdpParseError.None ? OvsFlowKeyReader.TryRead(parsed.Key.Of(_upcall), out _key) : error;
    }

    /// <summary>A flow put with the upcall's key as it came, a mask made from words, and one action.</summary>
    [Benchmark]
    public int WriteFlowPut()
    {
        PacketMessage.TryParse(_upcall, out PacketMessage parsed);
        var writer = new NetlinkWriter(_put);
        FlowMessageWriter.WritePut(ref writer, FlowFamily, 1, parsed.DatapathIfIndex, Ufid.OfHash(UInt128.One), parsed.Key.Of(_upcall), _key, _mask, _actions);
        return writer.Length;
    }
}
