using System.Buffers.Binary;
using System.Text;

namespace UpcallActors.Packets;

/// <summary>
/// Reads a pcapng file held in memory (draft-ietf-opsawg-pcapng): sections of either byte order, any number of interfaces of any kind and
/// resolution, packets in enhanced, simple and the older packet blocks. Blocks of other kinds are passed over. A damaged file is an error
/// value, and the records before the damage can be read. Not thread-safe.
/// </summary>
internal sealed class PcapngReader
{
    internal const uint SectionHeader = 0x0a0d_0d0a;
    internal const uint InterfaceDescription = 1;
    internal const uint EnhancedPacket = 6;
    internal const uint ByteOrderMagic = 0x1a2b_3c4d;
    private const uint ObsoletePacket = 2;
    private const uint SimplePacket = 3;
    private const int BlockOverhead = 12;
    private const int SectionHeaderLength = 28;

    private readonly ReadOnlyMemory<byte> _file;
    private readonly List<CaptureInterface> _interfaces = [];
    private readonly List<uint> _snapshotLengths = [];
    private bool _bigEndian;
    private int _next;
    private long _lastTime;
    private PcapError _failure;

    private PcapngReader(ReadOnlyMemory<byte> file) => _file = file;

    /// <summary>Opens a file. <paramref name="reader"/> is null unless the result is <see cref="PcapError.None"/>.</summary>
    public static PcapError TryOpen(ReadOnlyMemory<byte> file, out PcapngReader? reader)
    {
        reader = null;
        if (file.Length < sizeof(uint))
            return PcapError.HeaderTruncated;
        if (BinaryPrimitives.ReadUInt32LittleEndian(file.Span) != SectionHeader)
            return PcapError.UnknownMagic;
        if (file.Length < SectionHeaderLength)
            return PcapError.HeaderTruncated;
        var opened = new PcapngReader(file);
        PcapError error = opened.BeginSection();
        if (error == PcapError.None)
            reader = opened;
        return error;
    }

    /// <summary>Reads the next packet. After anything but <see cref="PcapError.None"/> the result stays the same.</summary>
    public PcapError TryReadNext(out PcapRecord record)
    {
        record = default;
        while (_failure == PcapError.None)
        {
            if (_next == _file.Length)
                return PcapError.EndOfFile;
            _failure = NextBlock(out uint type, out Range body);
            if (_failure == PcapError.None && TryReadPacket(type, _file[body], out record))
                return PcapError.None;
        }

        return _failure;
    }

    /// <summary>Takes the block that comes next; of a section header it takes note.</summary>
    private PcapError NextBlock(out uint type, out Range body)
    {
        type = 0;
        body = default;
        int left = _file.Length - _next;
        if (left < BlockOverhead)
            return PcapError.RecordTruncated;
        type = U32(_next);
        if (type == SectionHeader)
        {
            PcapError error = left < SectionHeaderLength ? PcapError.RecordTruncated : BeginSection();
            if (error != PcapError.None)
                return error;
        }

        uint length = U32(_next + 4);
        if (length > PcapReader.MaximumRecordLength)
            return PcapError.RecordTooLong;
        if (length < BlockOverhead || (length & 3) != 0)
            return PcapError.BlockMalformed;
        if (length > (uint)left)
            return PcapError.RecordTruncated;
        if (U32(_next + (int)length - sizeof(uint)) != length)
            return PcapError.BlockMalformed;
        body = (_next + 8)..(_next + (int)length - sizeof(uint));
        _next += (int)length;
        return PcapError.None;
    }

    /// <summary>Interfaces and byte order are a section's own.</summary>
    private PcapError BeginSection()
    {
        uint magic = BinaryPrimitives.ReadUInt32LittleEndian(_file.Span[(_next + 8)..]);
        if (magic != ByteOrderMagic && BinaryPrimitives.ReverseEndianness(magic) != ByteOrderMagic)
            return PcapError.UnknownMagic;
        _bigEndian = magic != ByteOrderMagic;
        _interfaces.Clear();
        _snapshotLengths.Clear();
        return U16(_next + 12) == 1 ? PcapError.None : PcapError.UnknownVersion;
    }

    private bool TryReadPacket(uint type, ReadOnlyMemory<byte> body, out PcapRecord record)
    {
        record = default;
        switch (type)
        {
            case InterfaceDescription:
                _failure = AddInterface(body);
                return false;
            case EnhancedPacket:
                return TryReadPacket(body, U32In(body, 0), 4, 20, out record);
            case ObsoletePacket:
                return TryReadPacket(body, U32In(body, 0) is { } first ? InterfaceOf(first) : null, 4, 20, out record);
            case SimplePacket:
                return TryReadSimple(body, out record);
            default:
                return false;
        }
    }

    /// <summary>The older block has the interface in the first two bytes, and how many packets were dropped in the next two.</summary>
    private uint InterfaceOf(uint first) => _bigEndian ? first >> 16 : first & 0xffff;

    /// <summary>A block of time, two lengths and data: where the time begins and where the data does.</summary>
    private bool TryReadPacket(ReadOnlyMemory<byte> body, uint? number, int time, int data, out PcapRecord record)
    {
        record = default;
        if (number is not { } at || at >= _interfaces.Count || U32In(body, data - sizeof(uint)) is not { } original)
            return Fails();
        uint captured = U32In(body, data - (2 * sizeof(uint)))!.Value;
        if (captured > body.Length - data)
            return Fails();
        CaptureInterface seenOn = _interfaces[(int)at];
        ulong units = ((ulong)U32In(body, time)!.Value << 32) | U32In(body, time + sizeof(uint))!.Value;
        _lastTime = seenOn.Nanoseconds(units);
        record = new PcapRecord(_lastTime, body.Slice(data, (int)captured), Math.Max(original, captured), seenOn);
        record = ReadOptions(record, body[Math.Min(body.Length, data + Padded((int)captured))..]);
        return true;
    }

    /// <summary>
    /// A block of the original length and data: of the first interface, and without a time, for which the one before stands.
    /// </summary>
    private bool TryReadSimple(ReadOnlyMemory<byte> body, out PcapRecord record)
    {
        record = default;
        if (_interfaces.Count == 0 || U32In(body, 0) is not { } original)
            return Fails();
        uint limit = _snapshotLengths[0] == 0 ? uint.MaxValue : _snapshotLengths[0];
        int captured = (int)Math.Min(Math.Min(original, limit), (uint)(body.Length - sizeof(uint)));
        record = new PcapRecord(_lastTime, body.Slice(sizeof(uint), captured), original, _interfaces[0]).WithoutFrameCheck();
        return true;
    }

    private PcapRecord ReadOptions(PcapRecord record, ReadOnlyMemory<byte> options)
    {
        const int Comment = 1;
        const int Flags = 2;
        int? frameCheck = null;
        foreach ((int code, ReadOnlyMemory<byte> value) in Options(options))
        {
            if (code == Comment)
                record = record with { Comment = Encoding.UTF8.GetString(value.Span) };
            if (code != Flags || U32In(value, 0) is not { } flags)
                continue;
            record =
                record with
                {
                    Direction =
                (flags & 3) switch { 1 => CaptureDirection.Inbound, 2 => CaptureDirection.Outbound, _ => CaptureDirection.Unknown }
                };
            int length = (int)(flags >> 5) & 0xf;
            frameCheck = length == 0 ? null : length;
        }

        return record.WithoutFrameCheck(frameCheck);
    }

    private PcapError AddInterface(ReadOnlyMemory<byte> body)
    {
        const int Name = 2;
        const int Resolution = 9;
        const int FrameCheck = 13;
        const int Offset = 14;
        if (body.Length < 8)
            return PcapError.BlockMalformed;
        var added = new CaptureInterface(_interfaces.Count, (PcapLinkType)U16In(body, 0));
        foreach ((int code, ReadOnlyMemory<byte> value) in Options(body[8..]))
        {
            added = code switch
            {
                Name => added with { Name = Encoding.UTF8.GetString(value.Span) },
                Resolution when value.Length == 1 =>
                    added with { ResolutionExponent = value.Span[0] & 0x7f, IsBinaryResolution = value.Span[0] >= 0x80 },
                FrameCheck when value.Length == 1 => added with { FrameCheckLength = value.Span[0] },
                Offset when value.Length == sizeof(long) => added with { OffsetSeconds = S64In(value) },
                _ => added,
            };
        }

        _interfaces.Add(added);
        _snapshotLengths.Add(U32In(body, 4)!.Value);
        return PcapError.None;
    }

    /// <summary>The options of a block, up to its end, or to one that does not fit: the rest is not needed.</summary>
    private IEnumerable<(int Code, ReadOnlyMemory<byte> Value)> Options(ReadOnlyMemory<byte> options)
    {
        while (options.Length >= 4)
        {
            int code = U16In(options, 0);
            int length = U16In(options, 2);
            if (code == 0 || length > options.Length - 4)
                yield break;
            yield return (code, options.Slice(4, length));
            options = options[Math.Min(options.Length, 4 + Padded(length))..];
        }
    }

    private bool Fails()
    {
        _failure = PcapError.BlockMalformed;
        return false;
    }

    private static int Padded(int length) => (length + 3) & ~3;

    private ushort U16(int offset) => U16In(_file, offset);

    private uint U32(int offset) => U32In(_file, offset)!.Value;

    private ushort U16In(ReadOnlyMemory<byte> bytes, int offset) => _bigEndian
        ? BinaryPrimitives.ReadUInt16BigEndian(bytes.Span[offset..])
        : BinaryPrimitives.ReadUInt16LittleEndian(bytes.Span[offset..]);

    private uint? U32In(ReadOnlyMemory<byte> bytes, int offset) => bytes.Length - offset < sizeof(uint) ? null
        : _bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes.Span[offset..])
        : BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span[offset..]);

    private long S64In(ReadOnlyMemory<byte> bytes) =>
        _bigEndian ? BinaryPrimitives.ReadInt64BigEndian(bytes.Span) : BinaryPrimitives.ReadInt64LittleEndian(bytes.Span);
}
