using BenchmarkDotNet.Attributes;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Benchmarks;

/// <summary>A flow put with a recorded upcall's key as it came, a mask made from words, and one action.</summary>
[MemoryDiagnoser]
public class FlowPutWriting
{
    private readonly byte[] _put = new byte[2048];
    private readonly byte[] _actions = [8, 0, 1, 0, 2, 0, 0, 0];
    private byte[] _keyAttributes = [];
    private FlowKey _key;
    private FlowKey _mask;

    [GlobalSetup]
    public void Parse()
    {
        byte[] message = RecordedUpcallSet.Misses[0];
        if (PacketMessage.TryParse(message, out PacketMessage parsed) != OdpParseError.None
            || OvsFlowKeyReader.TryRead(parsed.Key.Of(message), out _key) != OdpParseError.None)
            throw new InvalidDataException("a recorded upcall does not parse");
        _keyAttributes = parsed.Key.Of(message).ToArray();
        _mask = new FlowKey
        {
            DatapathPort = uint.MaxValue,
            RecircId = uint.MaxValue,
            EthType = ushort.MaxValue,
            NwProto = byte.MaxValue,
            NwFrag = FlowKey.FragAny | FlowKey.FragLater,
        };
    }

    [Benchmark]
    public int WritePut()
    {
        var writer = new NetlinkWriter(_put);
        FlowMessageWriter.WritePut(ref writer, RecordedUpcallSet.Families.Flow, 1, 3, Ufid.OfHash(UInt128.One), _keyAttributes, _key,
            _mask, _actions);
        return writer.Length;
    }
}
