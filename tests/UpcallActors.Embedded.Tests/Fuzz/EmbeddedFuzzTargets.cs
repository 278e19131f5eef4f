using UpcallActors.Embedded.Tests.Requests;
using UpcallActors.Linux;
using UpcallActors.Packets;

namespace UpcallActors.Embedded.Tests.Fuzz;

/// <summary>
/// Entry points for hostile bytes: each takes anything and must neither throw nor give an answer that contradicts itself.
/// </summary>
public static class EmbeddedFuzzTargets
{
    /// <summary>A frame from the wire: its key is whole, and written and read back is the same.</summary>
    public static void Frame(ReadOnlySpan<byte> frame)
    {
        var key = default(FlowKey);
        if (!KeyExtraction.TryExtract(frame, ref key, out PacketLayout layout))
        {
            if (key.EthType != 0x894f)
                frame.Length.ShouldBeLessThan(14);
            return;
        }

        layout.NetworkOffset.ShouldBeInRange(14, frame.Length);
        layout.TransportOffset.ShouldBeInRange(layout.NetworkOffset, frame.Length);
        var again = default(FlowKey);
        KeyExtraction.TryExtract(frame, ref again, out _);
        again.ShouldBe(key);
    }

    /// <summary>Bytes sent to a datapath as requests: every answer is a well-formed message.</summary>
    public static void Requests(ReadOnlySpan<byte> requests)
    {
        using var datapath = new TestDatapath(new EmbeddedDatapathOptions
        {
            Clock = DatapathClock.Settable(),
            RandomSeed = 1,
            UpcallQueueBytes = 128 << 10,
        });
        foreach (byte[] answer in datapath.Requests.Send(requests))
            NetlinkMessage.TryRead(answer, out _, out _).ShouldBe(NetlinkParseError.None);
        datapath.Datapath.Receive(TestDatapath.PortA, TestFrames.Udp());
        (datapath.Counters.Hits + datapath.Counters.Misses).ShouldBeGreaterThan(0);
    }
}
