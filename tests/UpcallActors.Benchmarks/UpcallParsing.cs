using BenchmarkDotNet.Attributes;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Benchmarks;

/// <summary>One upcall parsed as the router does: the message's parts found and checked, the key read into its words.</summary>
[MemoryDiagnoser]
public class UpcallParsing
{
    private int _next;

    [Benchmark]
    public ulong ParseUpcall()
    {
        byte[] message = RecordedUpcallSet.Misses[_next];
        _next = (_next + 1) % RecordedUpcallSet.Misses.Length;
        if (PacketMessage.TryParse(message, out PacketMessage packet) != OdpParseError.None
            || OvsFlowKeyReader.TryRead(packet.Key.Of(message), out FlowKey key) != OdpParseError.None)
            throw new InvalidDataException("a recorded upcall does not parse");
        return key.ReadOnlyWords[FlowKey.L2Start];
    }
}
