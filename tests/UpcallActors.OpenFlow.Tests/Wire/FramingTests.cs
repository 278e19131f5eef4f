using System.Buffers;

namespace UpcallActors.OpenFlow.Tests;

/// <summary>Messages out of a stream, and what two sides agree on.</summary>
public sealed class FramingTests
{
    private static readonly byte[] _barrier = [4, 20, 0, 8, 0, 0, 0, 7];

    [Fact]
    public void A_message_is_taken_when_all_of_it_is_there()
    {
        byte[] stream = [.. _barrier, 4, 2, 0, 11, 0, 0, 0, 8, 1, 2];
        var bytes = new ReadOnlySequence<byte>(stream);

        OpenFlowHeader.TryTake(ref bytes, out ReadOnlySequence<byte> first).ShouldBe(FrameState.Message);
        first.ToArray().ShouldBe(_barrier);
        OpenFlowHeader.TryTake(ref bytes, out _).ShouldBe(FrameState.Partial);
        bytes.Length.ShouldBe(10, "the part of the next message stays");
    }

    [Fact]
    public void A_length_less_than_a_headers_breaks_the_stream()
    {
        var bytes = new ReadOnlySequence<byte>([4, 20, 0, 7, 0, 0, 0, 7]);

        OpenFlowHeader.TryTake(ref bytes, out _).ShouldBe(FrameState.Broken);
    }

    [Fact]
    public void A_length_that_is_broken_is_seen_before_the_rest_has_come()
    {
        var bytes = new ReadOnlySequence<byte>([4, 20, 0, 4]);

        OpenFlowHeader.TryTake(ref bytes, out _).ShouldBe(FrameState.Broken);
    }

    [Fact]
    public void A_hello_has_a_bitmap_only_where_its_version_does_not_say_it_all()
    {
        HelloMessage.Offer(OpenFlowVersions.All).ShouldBe(new HelloMessage(6, null));
        OpenFlowVersions some = OpenFlowVersions.Of(OpenFlowVersion.V10, OpenFlowVersion.V13);
        HelloMessage.Offer(some).ShouldBe(new HelloMessage(4, some));
    }

    [Theory]
    [InlineData(1, null, OpenFlowVersion.V10)]
    [InlineData(4, 0x10u, OpenFlowVersion.V13)]
    [InlineData(6, 0x12u, OpenFlowVersion.V13)]
    [InlineData(99, null, OpenFlowVersion.V15)]
    [InlineData(3, null, OpenFlowVersion.V12)]
    public void The_highest_version_in_common_is_agreed_on(byte version, uint? bitmap, object agreed)
    {
        var peer = new HelloMessage(version, bitmap is { } bits ? new OpenFlowVersions(bits) : null);

        OpenFlowVersions.All.AgreeWith(peer.Versions).ShouldBe((OpenFlowVersion)agreed);
    }

    [Fact]
    public void Without_a_version_in_common_nothing_is_agreed_on()
    {
        OpenFlowVersions.All.AgreeWith(new OpenFlowVersions(0x80)).ShouldBeNull();
        OpenFlowVersions.Of(OpenFlowVersion.V14).AgreeWith(OpenFlowVersions.UpTo(4)).ShouldBeNull();
    }

    [Fact]
    public void An_error_carries_the_whole_message_that_it_refuses()
    {
        byte[] refused = new byte[ushort.MaxValue];

        ErrorMessage.Refuse(OpenFlowVersion.V13, BadRequest.BadType, refused.AsSpan(0, 4000)).Data.Length.ShouldBe(4000);
        ErrorMessage.Refuse(OpenFlowVersion.V13, BadRequest.BadType, refused).Data.Length.ShouldBe(ushort.MaxValue - 12);
    }

    [Fact]
    public void An_error_that_a_version_has_no_code_for_is_said_to_be_one() =>
        ErrorMessage.Refuse(OpenFlowVersion.V10, BundleFailed.Timeout, []).Code.ShouldBe(new ErrorCode(Experimenters.Nicira, 1, 521));

    [Fact]
    public void An_error_of_nobody_is_written_as_it_was_read()
    {
        byte[] message = [4, 1, 0, 16, 0, 0, 0, 7, 0xff, 0xff, 0, 20, 0, 0, 0, 0];

        OpenFlowCodec.Decode(message, out DecodedMessage? decoded).ShouldBeNull();
        var writer = new WireWriter();
        OpenFlowCodec.Encode(writer, decoded!);
        writer.Written.ToArray().ShouldBe(message);
    }

    [Fact]
    public void Names_of_errors_and_numbers_of_messages_are_there_once()
    {
        OpenFlowErrors.All.Select(error => error.Name).ShouldBeUnique();
        OpenFlowErrors.All.Length.ShouldBe(198);
        MessageForms.All.Select(form => form.Name).ShouldBeUnique();
    }
}
