using System.Buffers.Binary;

namespace UpcallActors.Packets.Tests;

public sealed class PcapTests
{
    private const long Moment = 1_795_347_658_366_551_789;

    [Theory]
    [InlineData(false, 1_795_347_658_366_551_000)]
    [InlineData(true, Moment)]
    public void What_was_written_is_read_to_the_precision_of_the_file(bool nanoseconds, long expected)
    {
        PcapReader.TryOpen(SmallFile(nanoseconds), out PcapReader? reader).ShouldBe(PcapError.None);
        reader.ShouldNotBeNull().LinkType.ShouldBe(PcapLinkType.Ethernet);
        reader.HasNanoseconds.ShouldBe(nanoseconds);
        reader.TryReadNext(out PcapRecord first).ShouldBe(PcapError.None);
        first.Nanoseconds.ShouldBe(expected);
        first.Data.ToArray().ShouldBe([1, 2, 3]);
        first.OriginalLength.ShouldBe(3u);
        reader.TryReadNext(out PcapRecord second).ShouldBe(PcapError.None);
        second.Data.IsEmpty.ShouldBeTrue();
        reader.TryReadNext(out _).ShouldBe(PcapError.EndOfFile);
        reader.TryReadNext(out _).ShouldBe(PcapError.EndOfFile);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_other_byte_order_is_read_as_well(bool nanoseconds)
    {
        byte[] file = SmallFile(nanoseconds);
        byte[] swapped = [.. file];
        foreach ((int offset, int size) in new[]
        {
            (0, 4), (4, 2), (6, 2), (8, 4), (12, 4), (16, 4), (20, 4), (24, 4), (28, 4), (32, 4), (36, 4), (43, 4), (47, 4),
            (51, 4), (55, 4),
        })
            swapped.AsSpan(offset, size).Reverse();
        PcapReader.TryOpen(file, out PcapReader? ours).ShouldBe(PcapError.None);
        PcapReader.TryOpen(swapped, out PcapReader? other).ShouldBe(PcapError.None);
        other.ShouldNotBeNull().LinkType.ShouldBe(ours.ShouldNotBeNull().LinkType);
        for (int record = 0; record < 2; record++)
        {
            ours.TryReadNext(out PcapRecord expected).ShouldBe(PcapError.None);
            other.TryReadNext(out PcapRecord read).ShouldBe(PcapError.None);
            read.Nanoseconds.ShouldBe(expected.Nanoseconds);
            read.Data.ToArray().ShouldBe(expected.Data.ToArray());
        }
    }

    [Fact]
    public void A_file_cut_anywhere_is_an_error_value_and_its_whole_records_are_read()
    {
        byte[] file = SmallFile(nanoseconds: true);
        const int FirstRecordEnd = 24 + 16 + 3;
        for (int length = 0; length < file.Length; length++)
        {
            PcapError opened = PcapReader.TryOpen(file.AsMemory(0, length), out PcapReader? reader);
            if (length < 24)
            {
                opened.ShouldBe(PcapError.HeaderTruncated);
                continue;
            }

            if (length >= FirstRecordEnd)
                reader.ShouldNotBeNull().TryReadNext(out _).ShouldBe(PcapError.None);
            bool isWhole = length is 24 or FirstRecordEnd;
            reader.ShouldNotBeNull().TryReadNext(out _).ShouldBe(isWhole ? PcapError.EndOfFile : PcapError.RecordTruncated);
        }
    }

    /// <summary>The magic numbers are those of the format's specification, whatever the writer writes.</summary>
    [Theory]
    [InlineData(0xa1b2c3d4u, false)]
    [InlineData(0xa1b23c4du, true)]
    public void The_magic_number_tells_the_unit_of_time(uint magic, bool nanoseconds)
    {
        byte[] file = SmallFile(nanoseconds);
        BinaryPrimitives.ReadUInt32LittleEndian(file).ShouldBe(magic);
        PcapReader.TryOpen(file, out PcapReader? reader).ShouldBe(PcapError.None);
        reader.ShouldNotBeNull().HasNanoseconds.ShouldBe(nanoseconds);
    }

    [Fact]
    public void A_record_that_claims_too_much_is_an_error_value()
    {
        byte[] file = SmallFile(nanoseconds: false);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(32), uint.MaxValue);
        PcapReader.TryOpen(file, out PcapReader? reader).ShouldBe(PcapError.None);
        reader.ShouldNotBeNull().TryReadNext(out _).ShouldBe(PcapError.RecordTooLong);
    }

    [Fact]
    public void Another_format_is_not_taken_for_a_capture()
    {
        byte[] file = SmallFile(nanoseconds: false);
        file[0] ^= 1;
        PcapReader.TryOpen(file, out PcapReader? reader).ShouldBe(PcapError.UnknownMagic);
        reader.ShouldBeNull();
    }

    internal static byte[] SmallFile(bool nanoseconds)
    {
        using var stream = new MemoryStream();
        var writer = new PcapWriter(stream, PcapLinkType.Ethernet, nanoseconds);
        writer.Write(Moment, [1, 2, 3]);
        writer.Write(Moment + 1, []);
        return stream.ToArray();
    }
}
