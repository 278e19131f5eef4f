using System.Buffers.Binary;

namespace UpcallActors.Linux.Tests;

public sealed class NetlinkMessageTests
{
    [Fact]
    public void A_message_says_what_its_header_says()
    {
        NetlinkMessage.TryRead(Message(family: 35, NetlinkFlags.Request | NetlinkFlags.Ack, sequence: 7, portId: 9, [1, 2, 3]),
            out NetlinkMessage message, out int consumed).ShouldBe(NetlinkParseError.None);
        message.Type.ShouldBe((ushort)35);
        message.Flags.ShouldBe(NetlinkFlags.Request | NetlinkFlags.Ack);
        message.Sequence.ShouldBe(7u);
        message.PortId.ShouldBe(9u);
        message.Payload.ToArray().ShouldBe([1, 2, 3]);
        consumed.ShouldBe(19);
    }

    [Fact]
    public void Messages_back_to_back_are_found_behind_their_padding()
    {
        byte[] first = Message(1, NetlinkFlags.None, 1, 0, [1, 2, 3]);
        byte[] both = [.. first, 0, .. Message(2, NetlinkFlags.None, 2, 0, [])];
        NetlinkMessage.TryRead(both, out NetlinkMessage one, out int consumed).ShouldBe(NetlinkParseError.None);
        one.Length.ShouldBe(19);
        NetlinkMessage.TryRead(both.AsSpan(consumed), out NetlinkMessage two, out consumed).ShouldBe(NetlinkParseError.None);
        two.Sequence.ShouldBe(2u);
        consumed.ShouldBe(16);
    }

    [Fact]
    public void Every_truncation_is_an_error_and_none_reads_outside()
    {
        byte[] whole = Message(1, NetlinkFlags.None, 1, 0, [1, 2, 3, 4, 5]);
        for (int length = 0; length < whole.Length; length++)
        {
            NetlinkParseError error = NetlinkMessage.TryRead(whole.AsSpan(0, length), out _, out int consumed);
            error.ShouldBe(length < NetlinkMessage.HeaderLength ? NetlinkParseError.HeaderTruncated : NetlinkParseError.LengthBeyondBuffer);
            consumed.ShouldBe(0);
        }
    }

    [Theory]
    [InlineData(0u, NetlinkParseError.LengthBelowHeader)]
    [InlineData(15u, NetlinkParseError.LengthBelowHeader)]
    [InlineData(17u, NetlinkParseError.LengthBeyondBuffer)]
    [InlineData(0x7fffffffu, NetlinkParseError.LengthBeyondBuffer)]
    [InlineData(0xffffffffu, NetlinkParseError.LengthBeyondBuffer)]
    public void A_lying_length_is_an_error(uint length, object expected)
    {
        byte[] bytes = Message(1, NetlinkFlags.None, 1, 0, []);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, length);
        NetlinkMessage.TryRead(bytes, out _, out _).ShouldBe((NetlinkParseError)expected);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void A_generic_header_needs_four_bytes(int length)
    {
        GenericNetlinkHeader.TryRead(new byte[length], out _, out _).ShouldBe(NetlinkParseError.GenericHeaderTruncated);
        GenericNetlinkHeader.TryRead([3, 1, 0, 0, 42], out GenericNetlinkHeader header, out ReadOnlySpan<byte> body)
            .ShouldBe(NetlinkParseError.None);
        header.ShouldBe(new GenericNetlinkHeader(3, 1));
        body.ToArray().ShouldBe([42]);
    }

    private static byte[] Message(ushort family, NetlinkFlags flags, uint sequence, uint portId, byte[] payload)
    {
        byte[] buffer = new byte[64];
        var writer = new NetlinkWriter(buffer);
        int start = writer.BeginMessage(family, flags, sequence, portId);
        writer.EndMessage(start);
        byte[] message = [.. writer.Written, .. payload];
        BinaryPrimitives.WriteUInt32LittleEndian(message, (uint)message.Length);
        return message;
    }
}
