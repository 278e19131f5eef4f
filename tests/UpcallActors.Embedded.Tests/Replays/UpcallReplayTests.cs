using UpcallActors.Embedded.Tests.Recordings;
using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Embedded.Tests.Replays;

/// <summary>The upcalls that the embedded datapath makes of recorded packets, against those the kernel made.</summary>
public sealed class UpcallReplayTests
{
    /// <summary>
    /// Not every recorded one is made: while the kernel's first upcall of a flow was up, more packets of the flow came up
    /// behind it, which here meet the flow. Before the first purge the kernel had flows that the recording does not know.
    /// </summary>
    [Theory]
    [MemberData(nameof(KernelRecording.Bridged), MemberType = typeof(KernelRecording))]
    public async Task Every_upcall_is_one_that_the_kernel_made_byte_for_byte(string name)
    {
        var recording = new KernelRecording(name);
        HashSet<string> recorded = [.. recording.Upcalls.Select(upcall => Comparable(upcall.Bytes))];
        using var scenario = new BridgedScenario(name);
        var tap = new UpcallTap(scenario.Datapath);
        using RecordedSlowPath slowPath = await scenario.PlayAsync(tap);

        string[] made = [.. tap.Upcalls.Where(upcall => upcall.Microseconds > recording.PurgeTimes[0])
            .Select(upcall => Comparable(upcall.Message))];
        made.Length.ShouldBeGreaterThan(12);
        made.ShouldAllBe(upcall => recorded.Contains(upcall));
    }

    /// <summary>Without the ids of family and datapath, and without the hash: the kernel's has a secret of its own.</summary>
    private static string Comparable(byte[] upcall)
    {
        byte[] copy = [.. upcall];
        copy.AsSpan(NetlinkMessage.TypeOffset, sizeof(ushort)).Clear();
        copy.AsSpan(OvsHeader.AttributesOffset - OvsHeader.Length, OvsHeader.Length).Clear();
        if (new NetlinkAttributes(upcall.AsSpan(OvsHeader.AttributesOffset))
            .TryFindLast(OvsPacketAttribute.Hash, out NetlinkAttribute hash))
            copy.AsSpan(OvsHeader.AttributesOffset + hash.PayloadOffset, hash.Payload.Length).Clear();
        return Convert.ToHexString(copy);
    }
}
