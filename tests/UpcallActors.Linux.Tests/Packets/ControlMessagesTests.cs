namespace UpcallActors.Linux.Tests.Packets;

public sealed class ControlMessagesTests
{
    private static readonly byte[] s_two =
    [
        20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 64, 0, 0, 0, 0, 0, 0, 0,
        17, 0, 0, 0, 0, 0, 0, 0, 7, 1, 0, 0, 1, 0, 0, 0, 0xb8,
    ];

    [Fact]
    public void Messages_are_read_one_behind_the_other_the_last_one_unpadded() =>
        Read(s_two).ShouldBe([(0, 2, "40000000"), (263, 1, "B8")]);

    [Theory]
    [InlineData(0, 15)]
    [InlineData(0, 0)]
    [InlineData(0, 255)]
    [InlineData(7, 255)]
    public void A_message_with_a_length_that_cannot_be_ends_the_list(int at, byte value)
    {
        byte[] bytes = [.. s_two];
        bytes[at] = value;
        Read(bytes).ShouldBeEmpty();
        bytes = [.. s_two];
        bytes[24 + at] = value;
        Read(bytes).ShouldBe([(0, 2, "40000000")]);
    }

    [Fact]
    public void What_is_cut_off_is_not_read()
    {
        for (int length = 0; length <= s_two.Length; length++)
            Read(s_two[..length]).Count.ShouldBe(length < 20 ? 0 : length < s_two.Length ? 1 : 2);
    }

    [Fact]
    public void What_a_sender_left_to_its_device_is_read_and_moves_with_a_tag()
    {
        VirtioNetHeader header = VirtioNetHeader.Read([1, 4, 66, 0, 0xa8, 5, 34, 0, 16, 0]);
        header.ShouldBe(new VirtioNetHeader(VirtioNetHeader.NeedsChecksum, VirtioNetHeader.TcpIpv6, 1448, 34, 16));
        header.MovedBy(4).ShouldBe(header with { ChecksumStart = 38 });
        default(VirtioNetHeader).MovedBy(4).ShouldBe(default);
    }

    private static List<(int Level, int Type, string Payload)> Read(byte[] bytes)
    {
        var read = new List<(int, int, string)>();
        foreach (ControlMessage message in new ControlMessages(bytes))
            read.Add((message.Level, message.Type, Convert.ToHexString(message.Payload)));
        return read;
    }
}
