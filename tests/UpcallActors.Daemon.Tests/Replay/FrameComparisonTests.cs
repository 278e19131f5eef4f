using System.Buffers.Binary;
using UpcallActors.Daemon.Replay;
using UpcallActors.Packets;

namespace UpcallActors.Daemon.Tests.Replay;

/// <summary>What counts as identical.</summary>
public sealed class FrameComparisonTests
{
    /// <summary>Frames recorded at a host, fragments of IPv6 among them, tagged.</summary>
    private static readonly byte[][] Recorded = Read("linux-6.1/ipv6-fragmentation-vlan.p0.pcap");

    private const int EndOfTaggedHeader = 18;

    [Fact]
    public void Frames_are_identical_to_themselves() => Compare(Recorded, Recorded).ShouldBeNull();

    [Fact]
    public void A_byte_that_differs_is_found_wherever_it_is()
    {
        byte[] frame = Recorded.First(frame => frame.Length > 1000);
        int identification = IdentificationOf(frame);
        for (int at = 0; at < frame.Length; at++)
        {
            if (at >= identification && at < identification + 4)
                continue;
            byte[] changed = [.. frame];
            changed[at] ^= 0x40;
            string difference = Compare([frame], [changed]).ShouldNotBeNull();
            if (at >= EndOfTaggedHeader)
                difference.ShouldEndWith($"differs from byte {at} on");
        }
    }

    [Fact]
    public void Another_identification_of_IPv6_fragments_is_allowed_if_it_is_the_same_for_the_whole_packet() =>
        Compare(Recorded, [.. Recorded.Select(frame => WithIdentification(frame, id => ~id))]).ShouldBeNull();

    [Fact]
    public void Fragments_of_one_packet_must_not_become_fragments_of_two()
    {
        uint next = 0;
        Compare(Recorded, [.. Recorded.Select(frame => WithIdentification(frame, _ => ++next))]).ShouldNotBeNull()
            .ShouldContain("belongs to another packet");
    }

    [Fact]
    public void Fragments_of_two_packets_must_not_become_fragments_of_one() =>
        Compare(Recorded, [.. Recorded.Select(frame => WithIdentification(frame, _ => 7u))]).ShouldNotBeNull()
            .ShouldContain("belongs to another packet");

    [Fact]
    public void A_missing_frame_and_one_too_many_are_found()
    {
        for (int frame = 0; frame < Recorded.Length; frame++)
        {
            byte[][] others = [.. Recorded[..frame], .. Recorded[(frame + 1)..]];
            Compare(Recorded, others).ShouldNotBeNull();
            Compare(others, Recorded).ShouldNotBeNull();
        }

        Compare([], []).ShouldBeNull();
    }

    [Fact]
    public void Two_frames_of_one_header_in_the_other_order_are_found()
    {
        byte[][] fragments =
            [.. Recorded.Where(frame => frame.AsSpan(0, EndOfTaggedHeader).SequenceEqual(Recorded[^1].AsSpan(0, EndOfTaggedHeader)))];
        fragments.Length.ShouldBeGreaterThan(3);
        Compare(fragments, [.. fragments.Reverse()]).ShouldNotBeNull();
        Compare(fragments, [fragments[1], fragments[0], .. fragments[2..]]).ShouldNotBeNull();
    }

    [Fact]
    public void Frames_of_different_headers_may_overtake_each_other()
    {
        byte[] one = Recorded[^1];
        byte[] other = [.. one];
        other[0] ^= 2;
        Compare([one, other], [other, one]).ShouldBeNull();
    }

    [Fact]
    public void A_frame_cut_short_anywhere_is_compared_without_failing()
    {
        foreach (byte[] frame in Recorded)
        {
            for (int length = 0; length < Math.Min(frame.Length, 90); length++)
            {
                byte[] changed = frame[..length];
                Compare([frame[..length]], [changed]).ShouldBeNull();
                if (length == 0)
                    continue;
                changed[^1] ^= 1;
                Compare([frame[..length]], [changed]);
            }
        }
    }

    private static string? Compare(byte[][] recorded, byte[][] ours) =>
        new FrameComparison("p0").Compare([.. recorded.Select(frame => (ReadOnlyMemory<byte>)frame)],
            [.. ours.Select(frame => (ReadOnlyMemory<byte>)frame)]);

    private static byte[] WithIdentification(byte[] frame, Func<uint, uint> change)
    {
        int at = IdentificationOf(frame);
        if (at < 0)
            return frame;
        byte[] changed = [.. frame];
        BinaryPrimitives.WriteUInt32BigEndian(changed.AsSpan(at), change(BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(at))));
        return changed;
    }

    /// <summary>All fragments of the recording have one tag and the fragment header right behind the IPv6 header.</summary>
    private static int IdentificationOf(byte[] frame) =>
        frame.Length > 66 && frame[12] == 0x81 && frame[16] == 0x86 && frame[24] == 44 ? 62 : -1;

    private static byte[][] Read(string capture)
    {
        PcapReader.TryOpen(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "recordings", capture)), out PcapReader? reader)
            .ShouldBe(PcapError.None);
        var frames = new List<byte[]>();
        while (reader!.TryReadNext(out PcapRecord record) == PcapError.None)
            frames.Add(record.Data.ToArray());
        return [.. frames];
    }
}
