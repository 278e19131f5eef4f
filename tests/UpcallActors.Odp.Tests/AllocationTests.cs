using UpcallActors.Linux;
using UpcallActors.Odp.Tests.Recordings;
using UpcallActors.Packets;

namespace UpcallActors.Odp.Tests;

/// <summary>What runs once for each upcall allocates nothing.</summary>
public sealed class AllocationTests
{
    [Fact]
    public void Reading_an_upcall_and_writing_its_flow_put_allocates_nothing()
    {
        Recording recording = Recording.Of("linux-7.2/ipv6-fragmentation-vlan");
        byte[][] upcalls = [.. recording.OfFamily(recording.Families.Packet).Where(message => !message.IsRequest)
            .Select(message => message.Bytes)];
        byte[] buffer = new byte[4096];
        int length = Handle(upcalls, buffer);
        long before = GC.GetAllocatedBytesForCurrentThread();
        int again = Handle(upcalls, buffer);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        again.ShouldBe(length);
        allocated.ShouldBe(0);
    }

    private static int Handle(byte[][] upcalls, byte[] buffer)
    {
        int total = 0;
        foreach (byte[] upcall in upcalls)
        {
            if (PacketMessage.TryParse(upcall, out PacketMessage parsed) != OdpParseError.None
                || OvsFlowKeyReader.TryRead(parsed.Key.Of(upcall), out FlowKey key) != OdpParseError.None)
                return -1;
            var writer = new NetlinkWriter(buffer);
            FlowMessageWriter.WritePut(ref writer, 27, 1, parsed.DatapathIfIndex, Ufid.OfHash(key.EthSrc), parsed.Key.Of(upcall), key, key,
                [8, 0, 1, 0, 1, 0, 0, 0]);
            total += writer.Overflowed ? 0 : writer.Length;
        }

        return total;
    }
}
