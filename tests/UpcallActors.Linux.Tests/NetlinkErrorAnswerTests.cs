using System.Buffers.Binary;

namespace UpcallActors.Linux.Tests;

public sealed class NetlinkErrorAnswerTests
{
    private const ushort CappedWithText = 0x300;
    private const ushort WithText = 0x200;

    [Fact]
    public void The_kernels_words_stand_behind_the_header_of_the_request()
    {
        byte[] bytes = Answer(NetlinkControlType.Error, CappedWithText, -22, Request(4000), Text("bad key"));
        Read(bytes, out Errno error, out string text).ShouldBeTrue();
        error.ShouldBe(Errno.Invalid);
        text.ShouldBe("bad key");
    }

    [Fact]
    public void They_stand_behind_the_whole_request_when_that_comes_back()
    {
        byte[] bytes = Answer(NetlinkControlType.Error, WithText, -22, [.. Request(22), 1, 2, 3, 4, 5, 6, 0, 0], Text("bad key"));
        Read(bytes, out _, out string text).ShouldBeTrue();
        text.ShouldBe("bad key");
    }

    [Fact]
    public void The_end_of_a_dump_has_them_right_behind_the_error()
    {
        Read(Answer(NetlinkControlType.Done, WithText, -16, [], Text("busy")), out Errno error, out string text).ShouldBeTrue();
        error.ShouldBe(Errno.Busy);
        text.ShouldBe("busy");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(5000)]
    [InlineData(-1)]
    public void A_request_of_impossible_length_in_the_answer_costs_the_words_alone(int length)
    {
        Read(Answer(NetlinkControlType.Error, WithText, -22, Request(length), Text("x")), out Errno error, out string text).ShouldBeTrue();
        error.ShouldBe(Errno.Invalid);
        text.ShouldBeEmpty();
    }

    [Fact]
    public void An_acknowledgement_has_no_error_and_no_words()
    {
        Read(Answer(NetlinkControlType.Error, 0x100, 0, Request(36), []), out Errno error, out string text).ShouldBeTrue();
        error.ShouldBe(Errno.None);
        text.ShouldBeEmpty();
    }

    [Fact]
    public void The_lowest_number_is_no_crash()
    {
        Read(Answer(NetlinkControlType.Error, 0, int.MinValue, [], []), out Errno error, out _).ShouldBeTrue();
        error.ShouldBe((Errno)int.MinValue);
    }

    [Fact]
    public void An_error_without_number_and_any_other_message_are_no_error_answer()
    {
        byte[] bytes = Answer(NetlinkControlType.Error, 0, 0, [], []);
        BinaryPrimitives.WriteInt32LittleEndian(bytes, NetlinkMessage.HeaderLength + 3);
        Read(bytes, out _, out _).ShouldBeFalse();
        Read(Answer(NetlinkControlType.Noop, 0, 0, [], []), out _, out _).ShouldBeFalse();
    }

    private static bool Read(byte[] bytes, out Errno error, out string text)
    {
        NetlinkMessage.TryRead(bytes, out NetlinkMessage message, out _).ShouldBe(NetlinkParseError.None);
        bool read = NetlinkErrorAnswer.TryRead(message, out NetlinkErrorAnswer answer);
        error = answer.Error;
        text = answer.Text;
        return read;
    }

    private static byte[] Request(int length)
    {
        byte[] header = new byte[NetlinkMessage.HeaderLength];
        BinaryPrimitives.WriteInt32LittleEndian(header, length);
        return header;
    }

    private static byte[] Text(string text)
    {
        var writer = new NetlinkWriter(stackalloc byte[100]);
        writer.PutString(1, text);
        return writer.Written.ToArray();
    }

    private static byte[] Answer(ushort type, ushort flags, int error, byte[] request, byte[] attributes)
    {
        var writer = new NetlinkWriter(stackalloc byte[200]);
        int start = writer.BeginMessage(type, (NetlinkFlags)flags, 1, 0);
        writer.PutRaw(BitConverter.GetBytes(error));
        writer.PutRaw(request);
        writer.PutRaw(attributes);
        writer.EndMessage(start);
        return writer.Written.ToArray();
    }
}
