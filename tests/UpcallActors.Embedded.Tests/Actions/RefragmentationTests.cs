using System.Buffers.Binary;
using UpcallActors.Embedded.Tests.Requests;
using UpcallActors.Packets;

namespace UpcallActors.Embedded.Tests.Actions;

/// <summary>
/// What becomes of a packet at output, by its length, its MRU and the port's MTU (<c>do_output</c>, <c>ovs_vport_send</c>).
/// </summary>
public sealed class RefragmentationTests
{
    [Theory]
    [InlineData(1500, 0, 1500, 1, DropReason.LastAction)]
    [InlineData(1501, 0, 1500, 0, DropReason.OverMtu)]
    [InlineData(1501, 1500, 1500, 2, DropReason.LastAction)]
    [InlineData(3000, 1500, 1500, 3, DropReason.LastAction)]
    [InlineData(3000, 600, 1500, 6, DropReason.LastAction)]
    [InlineData(3000, 1500, 1400, 0, DropReason.MruAboveMtu)]
    [InlineData(1450, 1500, 1400, 0, DropReason.OverMtu)]
    [InlineData(1500, 1500, 1500, 1, DropReason.LastAction)]
    public void A_packet_is_sent_fragmented_or_dropped_and_counted(int length, ushort mru, int mtu, int frames, DropReason reason)
    {
        using var datapath = new TestDatapath(mtu: mtu);
        byte[] frame = TestFrames.Icmp(payload: length - 28);
        datapath.Execute(frame, ActionBytes.Output(2), mru).ShouldBe(0);

        datapath.B.Frames.Count.ShouldBe(frames);
        datapath.B.Frames.ShouldAllBe(sent => sent.Length - TestFrames.EthernetLength <= mtu);
        if (frames == 0)
            datapath.Counters.Dropped(reason).ShouldBe(1);
        if (frames > 0)
            Reassemble(datapath.B.Frames).ShouldBe(frame[34..]);
    }

    [Fact]
    public void One_tag_does_not_count_against_the_MTU_and_two_count_once()
    {
        using var datapath = new TestDatapath();
        byte[] frame = TestFrames.Icmp(payload: 1472);
        datapath.Execute(frame, Attributes.Concat(ActionBytes.PushVlan(1), ActionBytes.Output(2))).ShouldBe(0);
        datapath.B.Frames.Single().Length.ShouldBe(1518);
        datapath.Execute(frame, Attributes.Concat(ActionBytes.PushVlan(1), ActionBytes.PushVlan(2), ActionBytes.Output(2))).ShouldBe(0);
        datapath.B.Frames.Count.ShouldBe(1);
        datapath.Counters.Dropped(DropReason.OverMtu).ShouldBe(1);
    }

    [Fact]
    public void Fragments_that_are_reassembled_pass_as_one_packet_and_leave_in_pieces()
    {
        using var sender = new TestDatapath();
        byte[] whole = TestFrames.Icmp(payload: 4000);
        sender.Execute(whole, ActionBytes.Output(2), mru: 1500).ShouldBe(0);
        using var datapath = new TestDatapath();
        foreach (byte[] fragment in sender.B.Frames)
            datapath.Execute(fragment,
                Attributes.Concat(ActionBytes.Ct(5, commit: true), ActionBytes.Userspace([1]), ActionBytes.Output(2))).ShouldBe(0);

        datapath.Upcalls().Count.ShouldBe(1);
        datapath.Counters.LargestMru.ShouldBe(1500);
        datapath.B.Frames.Select(Convert.ToHexString).ShouldBe(sender.B.Frames.Select(Convert.ToHexString));
        datapath.Datapath.ConnectionCount.ShouldBe(1);
        datapath.Datapath.Defragmented(DefragmentationOutcome.Queued).ShouldBe(2UL);
    }

    [Fact]
    public void A_fragment_that_contradicts_another_is_dropped_counted_and_answered_EINVAL()
    {
        using var sender = new TestDatapath();
        sender.Execute(TestFrames.Icmp(payload: 4000), ActionBytes.Output(2), mru: 1500).ShouldBe(0);
        byte[] second = sender.B.Frames[1];
        byte[] shifted = [.. second];
        BinaryPrimitives.WriteUInt16BigEndian(shifted.AsSpan(20), (ushort)(BinaryPrimitives.ReadUInt16BigEndian(second.AsSpan(20)) + 1));
        shifted.AsSpan(24, 2).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(shifted.AsSpan(24), InternetChecksum.Compute(shifted.AsSpan(14, 20)));

        using var datapath = new TestDatapath();
        byte[] actions = Attributes.Concat(ActionBytes.Ct(5, commit: false), ActionBytes.Output(2));
        datapath.Execute(second, actions).ShouldBe(0);
        datapath.Execute(shifted, actions).ShouldBe(22);
        datapath.Counters.Dropped(DropReason.Defragmentation).ShouldBe(1);
        datapath.B.Frames.ShouldBeEmpty();
    }

    [Fact]
    public void An_EXECUTE_whose_fragment_makes_the_datagram_too_long_is_answered_with_E2BIG()
    {
        const int E2Big = 7;
        using var datapath = new TestDatapath();
        byte[] first = TestFrames.Icmp(payload: 40_000 - 8);
        byte[] last = TestFrames.Icmp(payload: 25_600 - 8);
        BinaryPrimitives.WriteUInt16BigEndian(first.AsSpan(20), 0x2000);
        BinaryPrimitives.WriteUInt16BigEndian(last.AsSpan(20), 40_000 / 8);

        datapath.Execute(first, ActionBytes.Ct(1, commit: true)).ShouldBe(0);
        datapath.Execute(last, ActionBytes.Ct(1, commit: true)).ShouldBe(E2Big);
        datapath.Counters.Dropped(DropReason.Defragmentation).ShouldBe(1);
    }

    private static byte[] Reassemble(List<byte[]> frames)
    {
        byte[] payload = new byte[frames.Sum(frame => frame.Length - 34)];
        foreach (byte[] frame in frames)
        {
            int offset = (BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(20)) & 0x1fff) * 8;
            frame.AsSpan(34).CopyTo(payload.AsSpan(offset));
        }

        return payload;
    }
}
