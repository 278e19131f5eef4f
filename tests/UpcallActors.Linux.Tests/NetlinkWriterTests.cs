using FsCheck.Xunit;

namespace UpcallActors.Linux.Tests;

public sealed class NetlinkWriterTests
{
    [Fact]
    public void Numbers_are_written_in_the_byte_order_that_the_method_says()
    {
        var writer = new NetlinkWriter(new byte[256]);
        writer.PutU8(1, 0x12);
        writer.PutU16(2, 0x1234);
        writer.PutU32(3, 0x12345678);
        writer.PutU64(4, 0x123456789abcdef0);
        writer.PutU16BigEndian(5, 0x1234);
        writer.PutU32BigEndian(6, 0x12345678);
        writer.PutU64BigEndian(7, 0x123456789abcdef0);
        Convert.ToHexString(writer.Written).ShouldBe(
            "0500010012000000" + "0600020034120000" + "0800030078563412" + "0C000400F0DEBC9A78563412" +
            "0600050012340000" + "0800060012345678" + "0C000700123456789ABCDEF0");
    }

    [Fact]
    public void A_string_ends_with_a_NUL_that_its_length_counts()
    {
        var writer = new NetlinkWriter(new byte[16]);
        writer.PutString(1, "ovs");
        Convert.ToHexString(writer.Written).ShouldBe("080001006F767300");
    }

    [Fact]
    public void Padding_is_zero_even_in_a_used_buffer()
    {
        byte[] buffer = new byte[16];
        buffer.AsSpan().Fill(0xee);
        var writer = new NetlinkWriter(buffer);
        writer.Put(1, [0xaa]);
        writer.PutFlag(2);
        Convert.ToHexString(writer.Written).ShouldBe("05000100AA000000" + "04000200");
    }

    [Fact]
    public void Nests_and_messages_get_their_length_at_their_end()
    {
        var writer = new NetlinkWriter(new byte[64]);
        int message = writer.BeginMessage(30, NetlinkFlags.Request, 5, 0);
        writer.PutGenericHeader(3, 1);
        int nest = writer.BeginNest(7);
        writer.PutU16(1, 9);
        writer.EndNest(nest);
        writer.EndMessage(message);
        NetlinkMessage.TryRead(writer.Written, out NetlinkMessage read, out _).ShouldBe(NetlinkParseError.None);
        read.Length.ShouldBe(32);
        new NetlinkAttributes(read.Payload[4..]).TryFindLast(7, out NetlinkAttribute outer).ShouldBeTrue();
        new NetlinkAttributes(outer.Payload).TryFindLast(1, out NetlinkAttribute inner).ShouldBeTrue();
        inner.U16.ShouldBe((ushort)9);
    }

    [Fact]
    public void What_does_not_fit_writes_nothing_and_is_remembered()
    {
        for (int size = 0; size < 28; size++)
        {
            byte[] buffer = new byte[size + 8];
            buffer.AsSpan(size).Fill(0x5a);
            var writer = new NetlinkWriter(buffer.AsSpan(0, size));
            int start = writer.BeginMessage(1, NetlinkFlags.None, 1, 1);
            writer.Put(1, [1, 2, 3, 4, 5, 6, 7, 8]);
            writer.EndMessage(start);
            writer.Overflowed.ShouldBeTrue();
            writer.PutReserved(1, 0).IsEmpty.ShouldBeTrue();
            buffer.AsSpan(size).IndexOfAnyExcept((byte)0x5a).ShouldBe(-1);
            writer.Length.ShouldBeLessThanOrEqualTo(size);
        }
    }

    [Fact]
    public void A_nest_longer_than_its_length_field_can_say_is_an_overflow()
    {
        var writer = new NetlinkWriter(new byte[80_000]);
        int nest = writer.BeginNest(1);
        writer.Put(2, new byte[40_000]);
        writer.Put(2, new byte[30_000]);
        writer.EndNest(nest);
        writer.Overflowed.ShouldBeTrue();
    }

    [Fact]
    public void A_payload_longer_than_its_length_field_can_say_is_an_overflow()
    {
        var writer = new NetlinkWriter(new byte[80_000]);
        writer.Put(1, new byte[65_532]);
        writer.Overflowed.ShouldBeTrue();
        writer.Length.ShouldBe(0);
    }

    [Fact]
    public void Truncating_forgets_what_was_written_later()
    {
        var writer = new NetlinkWriter(new byte[64]);
        writer.PutU32(1, 1);
        int before = writer.Length;
        writer.PutU32(2, 2);
        writer.Truncate(before);
        writer.Length.ShouldBe(8);
        writer.PutU32(3, 3);
        new NetlinkAttributes(writer.Written).TryFindLast(2, out _).ShouldBeFalse();
        new NetlinkAttributes(writer.Written).TryFindLast(3, out NetlinkAttribute third).ShouldBeTrue();
        third.U32.ShouldBe(3u);
    }

    [Property(MaxTest = 300)]
    public bool What_was_written_is_what_is_read((ushort Type, byte[] Payload)[] attributes)
    {
        var writer = new NetlinkWriter(new byte[64 * 1024]);
        foreach ((ushort type, byte[] payload) in attributes)
            writer.Put(type, payload);
        int index = 0;
        foreach (NetlinkAttribute read in new NetlinkAttributes(writer.Written))
        {
            if (read.RawType != attributes[index].Type || !read.Payload.SequenceEqual(attributes[index].Payload))
                return false;
            index++;
        }

        return !writer.Overflowed && index == attributes.Length && writer.Length % 4 == 0;
    }
}
