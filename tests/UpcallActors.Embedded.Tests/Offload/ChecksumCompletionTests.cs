using UpcallActors.Embedded.Tests.Conntrack;
using UpcallActors.Linux;

namespace UpcallActors.Embedded.Tests.Offload;

public sealed class ChecksumCompletionTests
{
    [Theory]
    [InlineData("10.0.0.1", "10.0.0.2")]
    [InlineData("fc00::1", "fc00::2")]
    public void A_checksum_left_to_the_device_comes_out_as_the_sender_would_have_made_it(string source, string destination)
    {
        foreach ((byte[] finished, int offset) in ((byte[], int)[])
        [
            (Frames.Tcp(source, 1, destination, 2, Frames.Ack, payload: 33), OffloadedFrames.TcpChecksum),
            (Frames.Udp(source, 1, destination, 2, payload: 100), OffloadedFrames.UdpChecksum),
        ])
        {
            byte[] frame = [.. finished];
            VirtioNetHeader offload = OffloadedFrames.LeaveChecksum(frame, offset);
            frame.ShouldNotBe(finished);
            ChecksumCompletion.Complete(frame, offload).ShouldBe(OffloadError.None);
            frame.ShouldBe(finished);
        }
    }

    [Fact]
    public void A_UDP_checksum_that_comes_out_as_0_is_written_as_its_other_form()
    {
        byte[] frame = Frames.Udp("10.0.0.1", 1, "10.0.0.2", 2, payload: 2);
        frame.AsSpan(^2).Clear();
        byte[] complete = [.. frame];
        ChecksumCompletion.Complete(complete, OffloadedFrames.LeaveChecksum(complete, OffloadedFrames.UdpChecksum));

        // What the payload adds makes the sum all ones, and the checksum 0.
        complete.AsSpan(Frames.NetworkOffset + 26, 2).CopyTo(frame.AsSpan(^2));
        ChecksumCompletion.Complete(frame, OffloadedFrames.LeaveChecksum(frame, OffloadedFrames.UdpChecksum)).ShouldBe(OffloadError.None);
        frame.AsSpan(Frames.NetworkOffset + 26, 2).ToArray().ShouldBe([0xff, 0xff]);
    }

    [Fact]
    public void SCTP_gets_its_own_kind_of_checksum()
    {
        byte[] frame = Frames.Ip("10.0.0.1", "10.0.0.2", 132, [0, 7, 0, 9, 0, 0, 0, 1, 0, 0, 0, 0, 6, 0, 0, 4]);
        ChecksumCompletion.Complete(frame, new VirtioNetHeader(VirtioNetHeader.NeedsChecksum, 0, 0, 34, 8)).ShouldBe(OffloadError.None);
        uint crc = uint.MaxValue;
        for (int index = 34; index < frame.Length; index++)
            crc = System.Numerics.BitOperations.Crc32C(crc, index is >= 42 and < 46 ? (byte)0 : frame[index]);
        BitConverter.ToUInt32(frame, 42).ShouldBe(~crc);
    }

    [Fact]
    public void A_frame_whose_sender_did_it_all_stays_as_it_is()
    {
        byte[] finished = Frames.Udp("10.0.0.1", 1, "10.0.0.2", 2);
        byte[] frame = [.. finished];
        ChecksumCompletion.Complete(frame, default).ShouldBe(OffloadError.None);
        ChecksumCompletion.Complete(frame, new VirtioNetHeader(2, 0, 0, 34, 6)).ShouldBe(OffloadError.None);
        frame.ShouldBe(finished);
    }

    [Theory]
    [InlineData(34, 5000)]
    [InlineData(60000, 6)]
    [InlineData(65535, 65535)]
    [InlineData(49, 0)]
    public void A_checksum_outside_of_the_frame_is_an_error(int start, int offset)
    {
        byte[] frame = Frames.Udp("10.0.0.1", 1, "10.0.0.2", 2, payload: 8);
        frame.Length.ShouldBe(50);
        ChecksumCompletion.Complete(frame, new VirtioNetHeader(1, 0, 0, (ushort)start, (ushort)offset))
            .ShouldBe(OffloadError.ChecksumOutside);
    }
}
