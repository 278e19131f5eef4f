using System.Buffers.Binary;
using System.IO.Compression;

namespace UpcallActors.Packets.Tests;

/// <summary>The pcapng format, by files that are made byte by byte as its specification says.</summary>
public sealed class PcapngTests
{
    private const long Moment = 1_795_347_658_366_551_789;

    [Fact]
    public void What_was_written_is_read()
    {
        using var stream = new MemoryStream();
        var writer = new PcapngWriter(stream, "test");
        uint one = writer.AddInterface("p1", PcapLinkType.Ethernet);
        writer.Write(one, Moment, [1, 2, 3], 3, CaptureDirection.Inbound, "class=miss mru=1400");
        uint other = writer.AddInterface("p2-ö", PcapLinkType.RawIp);
        writer.Write(other, Moment + 1, [1, 2, 3, 4, 5], 1500, CaptureDirection.Outbound, "");
        writer.Write(one, Moment + 2, [], 0, CaptureDirection.Unknown, new string('x', 100_000));

        List<PcapRecord> records = ReadAll(stream.ToArray());
        records.Select(
            record =>
            (record.Nanoseconds - Moment, record.Interface.Name, record.Interface.LinkType, record.OriginalLength, record.Direction))
            .ShouldBe([
            (0L, "p1", PcapLinkType.Ethernet, 3u, CaptureDirection.Inbound),
            (1L, "p2-ö", PcapLinkType.RawIp, 1500u, CaptureDirection.Outbound),
            (2L, "p1", PcapLinkType.Ethernet, 0u, CaptureDirection.Unknown),
        ]);
        records.Select(record => record.Data.ToArray()).ShouldBe([[1, 2, 3], [1, 2, 3, 4, 5], []]);
        records[0].Comment.ShouldBe("class=miss mru=1400");
        records[1].Comment.ShouldBeNull();
        records[2].Comment!.Length.ShouldBe(ushort.MaxValue);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Both_byte_orders_every_packet_block_and_any_number_of_sections_are_read(bool bigEndian)
    {
        var file = new FileOf(bigEndian);
        file.Section();
        file.Interface(1, 96, (2, "eth0"u8.ToArray()));
        file.Block(6, [.. file.U32(0), .. file.Time(1_000_000), .. file.U32(5), .. file.U32(60), 1, 2, 3, 4, 5, 0, 0, 0]);
        file.Block(0xbad, [1, 2, 3, 4]);
        file.Block(3, [.. file.U32(3), 7, 8, 9, 0]);
        file.Block(2, [.. file.U16(0), .. file.U16(9), .. file.Time(2_000_000), .. file.U32(1), .. file.U32(1), 6, 0, 0, 0]);
        byte[] other = new FileOf(!bigEndian).Section().Interface(113, 0).Block(
            6, [.. new FileOf(!bigEndian).U32(0), .. new FileOf(!bigEndian).Time(3_000_000), .. new FileOf(!bigEndian).U32(0),
                .. new FileOf(!bigEndian).U32(0)]).Bytes;
        List<PcapRecord> records = ReadAll([.. file.Bytes, .. other]);
        records.Select(record => (record.Nanoseconds, (uint)record.Interface.LinkType, record.OriginalLength)).ShouldBe([
            (1_000_000_000L, 1u, 60u), (1_000_000_000L, 1u, 3u), (2_000_000_000L, 1u, 1u), (3_000_000_000L, 113u, 0u),
        ]);
        records.Select(record => record.Data.ToArray()).ShouldBe([[1, 2, 3, 4, 5], [7, 8, 9], [6], []]);
        records[0].Interface.Name.ShouldBe("eth0");
    }

    [Theory]
    [InlineData(0x00, 5UL, 5_000_000_000)]
    [InlineData(0x03, 5_001UL, 5_001_000_000)]
    [InlineData(0x06, 5_000_001UL, 5_000_001_000)]
    [InlineData(0x09, 5_000_000_001UL, 5_000_000_001)]
    [InlineData(0x0c, 5_000_000_001_999UL, 5_000_000_001)]
    [InlineData(0x8a, 5UL << 10, 5_000_000_000)]
    [InlineData(0xa0, 5UL << 32, 5_000_000_000)]
    [InlineData(0xff, ulong.MaxValue, 0)]
    [InlineData(0x7f, ulong.MaxValue, 0)]
    [InlineData(0x00, ulong.MaxValue, long.MaxValue)]
    public void Times_are_in_the_units_that_the_interface_says(int resolution, ulong time, long nanoseconds)
    {
        var file = new FileOf(false);
        file.Section().Interface(1, 0, (9, [(byte)resolution]));
        file.Block(6, [.. file.U32(0), .. file.Time(time), .. file.U32(0), .. file.U32(0)]);
        ReadAll(file.Bytes).Single().Nanoseconds.ShouldBe(nanoseconds);
    }

    [Fact]
    public void An_interfaces_offset_is_added_to_its_times()
    {
        var file = new FileOf(false);
        file.Section().Interface(1, 0, (14, BitConverter.GetBytes(-3L)));
        file.Block(6, [.. file.U32(0), .. file.Time(5_000_000), .. file.U32(0), .. file.U32(0)]);
        ReadAll(file.Bytes).Single().Nanoseconds.ShouldBe(2_000_000_000);
    }

    [Fact]
    public void A_frame_check_sequence_is_no_part_of_the_frame()
    {
        var file = new FileOf(false);
        file.Section().Interface(1, 0, (13, [4]));
        byte[] data = [1, 2, 3, 4, 5, 6, 7, 8];
        file.Block(6, [.. file.U32(0), .. file.Time(0), .. file.U32(8), .. file.U32(8), .. data]);
        file.Block(6, [.. file.U32(0), .. file.Time(0), .. file.U32(8), .. file.U32(20), .. data]);
        file.Block(
            6, [.. file.U32(0), .. file.Time(0), .. file.U32(8), .. file.U32(8), .. data, .. file.U16(2), .. file.U16(4),
            .. file.U32(2 << 5)]);
        ReadAll(file.Bytes).Select(record => (record.Data.Length, record.OriginalLength)).ShouldBe([(4, 4u), (8, 16u), (6, 6u)]);

        byte[] pcap = PcapTests.SmallFile(nanoseconds: false);
        BinaryPrimitives.WriteUInt32LittleEndian(pcap.AsSpan(20), (1u << 28) | 0x0400_0000 | 1);
        PcapRecord first = ReadAll(pcap)[0];
        first.Interface.LinkType.ShouldBe(PcapLinkType.Ethernet);
        first.Data.ToArray().ShouldBe([1]);
    }

    [Fact]
    public void A_file_cut_anywhere_is_read_up_to_there()
    {
        var file = new FileOf(false);
        file.Section().Interface(1, 0);
        int first = file.Bytes.Length;
        for (int i = 0; i < 3; i++)
            file.Block(6, [.. file.U32(0), .. file.Time(0), .. file.U32(2), .. file.U32(2), 1, 2, 0, 0]);
        int block = (file.Bytes.Length - first) / 3;
        for (int length = 0; length < file.Bytes.Length; length++)
        {
            if (CaptureReader.TryOpen(file.Bytes.AsMemory(0, length), out CaptureReader? reader) != PcapError.None)
            {
                length.ShouldBeLessThan(28);
                continue;
            }

            int read = 0;
            PcapError error;
            while ((error = reader!.TryReadNext(out _)) == PcapError.None)
                read++;
            read.ShouldBe(Math.Max(0, (length - first) / block));
            bool isWhole = length == 28 || (length >= first && (length - first) % block == 0);
            error.ShouldBe(isWhole ? PcapError.EndOfFile : PcapError.RecordTruncated);
            reader.TryReadNext(out _).ShouldBe(error);
        }
    }

    [Fact]
    public void Gzip_around_any_format_is_read_in_one_member_or_several_and_cut_ones_up_to_there()
    {
        byte[] plain = PcapTests.SmallFile(nanoseconds: true);
        byte[] whole = Gzip(plain);
        ReadAll(whole).Count.ShouldBe(2);
        ReadAll([.. Gzip(plain[..30]), .. Gzip(plain[30..])]).Count.ShouldBe(2);
        for (int cut = 1; cut < 12; cut++)
        {
            CaptureReader.TryOpen(whole.AsMemory(0, whole.Length - cut), out CaptureReader? reader).ShouldBe(PcapError.None);
            PcapError error;
            do
                error = reader!.TryReadNext(out _);
            while (error == PcapError.None);
            error.ShouldBe(PcapError.RecordTruncated, $"{cut} bytes missing");
        }
    }

    [Theory]
    [InlineData(4, 11u, PcapError.BlockMalformed)]
    [InlineData(4, 8u, PcapError.BlockMalformed)]
    [InlineData(4, 0x7fff_fffcu, PcapError.RecordTooLong)]
    [InlineData(4, 64u, PcapError.RecordTruncated)]
    [InlineData(8, 7u, PcapError.BlockMalformed)]
    [InlineData(20, 100u, PcapError.BlockMalformed)]
    [InlineData(32, 100u, PcapError.BlockMalformed)]
    public void A_block_that_contradicts_itself_is_an_error_value_that_stays(int offset, uint value, object expected)
    {
        var file = new FileOf(false);
        file.Section().Interface(1, 0);
        int start = file.Bytes.Length;
        file.Block(6, [.. file.U32(0), .. file.Time(0), .. file.U32(2), .. file.U32(2), 1, 2, 0, 0]);
        byte[] bytes = file.Bytes;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(start + offset), value);
        PcapngReader.TryOpen(bytes, out PcapngReader? reader).ShouldBe(PcapError.None);
        reader!.TryReadNext(out _).ShouldBe((PcapError)expected);
        reader.TryReadNext(out _).ShouldBe((PcapError)expected);
    }

    [Fact]
    public void Older_pcap_files_are_read()
    {
        byte[] swapped = PcapTests.SmallFile(nanoseconds: false);
        BinaryPrimitives.WriteUInt16LittleEndian(swapped.AsSpan(6), 2);
        BinaryPrimitives.WriteUInt32LittleEndian(swapped.AsSpan(24 + 8), 9);
        BinaryPrimitives.WriteUInt32LittleEndian(swapped.AsSpan(24 + 12), 3);
        (ReadAll(swapped)[0].Data.Length, ReadAll(swapped)[0].OriginalLength).ShouldBe((3, 9u));

        byte[] plain = PcapTests.SmallFile(nanoseconds: false);
        byte[] modified = [.. plain[..40], .. new byte[8], .. plain[40..59], .. new byte[8]];
        BinaryPrimitives.WriteUInt32LittleEndian(modified, 0xa1b2cd34);
        ReadAll(modified).Select(record => record.Data.Length).ShouldBe([3, 0]);
    }

    [Fact]
    public void Mutated_files_are_read_to_an_end_or_an_error()
    {
        var file = new FileOf(false);
        file.Section().Interface(1, 0, (2, "eth0"u8.ToArray()), (9, [9])).Interface(113, 64);
        for (uint i = 0; i < 4; i++)
            file.Block(
                6, [.. file.U32(i & 1), .. file.Time(i), .. file.U32(2), .. file.U32(2), 1, 2, 0, 0, .. file.U16(2), .. file.U16(4),
                .. file.U32(1)]);
        file.Block(3, [.. file.U32(3), 7, 8, 9, 0]);
        byte[][] seeds = [file.Bytes, PcapTests.SmallFile(true), Gzip(file.Bytes)];
        var random = new Random(7);
        for (int iteration = 0; iteration < 20_000; iteration++)
        {
            byte[] bytes = [.. seeds[random.Next(seeds.Length)]];
            for (int change = random.Next(1, 6); change > 0; change--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (CaptureReader.TryOpen(bytes.AsMemory(0, random.Next(bytes.Length + 1)), out CaptureReader? reader) != PcapError.None)
                continue;
            int records = 0;
            while (reader!.TryReadNext(out PcapRecord record) == PcapError.None && records++ < 1000)
                record.Interface.ShouldNotBeNull();
            records.ShouldBeLessThan(1000);
        }
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Optimal, leaveOpen: true))
            gzip.Write(bytes);
        return stream.ToArray();
    }

    private static List<PcapRecord> ReadAll(byte[] file)
    {
        CaptureReader.TryOpen(file, out CaptureReader? reader).ShouldBe(PcapError.None);
        var records = new List<PcapRecord>();
        PcapError error;
        while ((error = reader!.TryReadNext(out PcapRecord record)) == PcapError.None)
            records.Add(record);
        error.ShouldBe(PcapError.EndOfFile);
        return records;
    }

    /// <summary>A file that is made block by block.</summary>
    private sealed class FileOf(bool bigEndian)
    {
        private readonly List<byte> _bytes = [];

        public byte[] Bytes => [.. _bytes];

        public byte[] U16(ushort value) => Ordered(BitConverter.GetBytes(value));

        public byte[] U32(uint value) => Ordered(BitConverter.GetBytes(value));

        public byte[] Time(ulong units) => [.. U32((uint)(units >> 32)), .. U32((uint)units)];

        public FileOf Section() =>
            Block(0x0a0d0d0a, [.. U32(0x1a2b3c4d), .. U16(1), .. U16(0), .. U32(uint.MaxValue), .. U32(uint.MaxValue)]);

        public FileOf Interface(ushort linkType, uint snapshotLength, params (ushort Code, byte[] Value)[] options)
        {
            List<byte> body = [.. U16(linkType), .. U16(0), .. U32(snapshotLength)];
            foreach ((ushort code, byte[] value) in options)
                body.AddRange([.. U16(code), .. U16((ushort)value.Length), .. value, .. new byte[-value.Length & 3]]);
            return Block(1, [.. body, .. U32(0)]);
        }

        public FileOf Block(uint type, byte[] body)
        {
            uint length = (uint)body.Length + 12;
            _bytes.AddRange([.. U32(type), .. U32(length), .. body, .. U32(length)]);
            return this;
        }

        private byte[] Ordered(byte[] bytes)
        {
            if (bigEndian)
                Array.Reverse(bytes);
            return bytes;
        }
    }
}
