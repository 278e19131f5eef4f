using System.Buffers.Binary;

namespace UpcallActors.Packets;

/// <summary>
/// Reads a pcap file held in memory: both byte orders, timestamps in microseconds or nanoseconds, and the older forms that libpcap reads.
/// A damaged file is an error value, and the records before the damage can be read. Not thread-safe.
/// </summary>
internal sealed class PcapReader
{
    internal const int FileHeaderLength = 24;
    internal const int RecordHeaderLength = 16;
    internal const uint MagicMicroseconds = 0xa1b2c3d4;
    internal const uint MagicNanoseconds = 0xa1b23c4d;

    /// <summary>Alexey Kuznetzov's libpcap, whose records have interface, protocol and packet type, too.</summary>
    private const uint MagicKuznetzov = 0xa1b2cd34;

    /// <summary>Longest record accepted; as much as libpcap accepts of any link type (<c>MAXIMUM_SNAPLEN</c> for D-Bus, 128 MiB).</summary>
    public const int MaximumRecordLength = 128 * 1024 * 1024;

    private const int MajorVersion = 2;

    private readonly ReadOnlyMemory<byte> _file;
    private readonly bool _bigEndian;
    private readonly int _recordHeaderLength = RecordHeaderLength;
    private readonly int _minorVersion;
    private readonly CaptureInterface _interface;
    private int _next = FileHeaderLength;

    private PcapReader(ReadOnlyMemory<byte> file, bool bigEndian, uint magic)
    {
        _file = file;
        _bigEndian = bigEndian;
        HasNanoseconds = magic == MagicNanoseconds;
        if (magic == MagicKuznetzov)
            _recordHeaderLength += 8;
        _minorVersion = U16(6);

        // The upper bits of the field tell the length of a frame check sequence in words of 16 bits, if bit 26 is set.
        uint type = U32(20);
        bool hasFrameCheck = (type & 0x0400_0000) != 0;
        _interface =
            new CaptureInterface(0, (PcapLinkType)(type & 0x03ff_ffff)) { FrameCheckLength = hasFrameCheck ? (int)(type >> 28) * 2 : 0 };
    }

    /// <summary>What the records are; may be a number that <see cref="PcapLinkType"/> does not name.</summary>
    public PcapLinkType LinkType => _interface.LinkType;

    /// <summary>Whether timestamps are in nanoseconds, else in microseconds.</summary>
    public bool HasNanoseconds { get; }

    /// <summary>Opens a file. <paramref name="reader"/> is null unless the result is <see cref="PcapError.None"/>.</summary>
    public static PcapError TryOpen(ReadOnlyMemory<byte> file, out PcapReader? reader)
    {
        reader = null;
        if (file.Length < sizeof(uint))
            return PcapError.HeaderTruncated;
        uint magic = BinaryPrimitives.ReadUInt32LittleEndian(file.Span);
        bool bigEndian = !IsMagic(magic);
        if (bigEndian)
            magic = BinaryPrimitives.ReverseEndianness(magic);
        if (!IsMagic(magic))
            return PcapError.UnknownMagic;
        if (file.Length < FileHeaderLength)
            return PcapError.HeaderTruncated;
        var opened = new PcapReader(file, bigEndian, magic);
        if (opened.U16(4) != MajorVersion)
            return PcapError.UnknownVersion;
        reader = opened;
        return PcapError.None;
    }

    /// <summary>Reads the next record. After anything but <see cref="PcapError.None"/> the result stays the same.</summary>
    public PcapError TryReadNext(out PcapRecord record)
    {
        record = default;
        int left = _file.Length - _next;
        if (left == 0)
            return PcapError.EndOfFile;
        if (left < _recordHeaderLength)
            return PcapError.RecordTruncated;
        uint length = U32(_next + 8);
        uint original = U32(_next + 12);

        // Before version 2.3 the two stood the other way round, and in 2.3 either way (libpcap's pcap_check_header).
        if (_minorVersion < 3 || (_minorVersion == 3 && length > original))
            (length, original) = (original, length);
        if (length > MaximumRecordLength)
            return PcapError.RecordTooLong;
        if (length > (uint)(left - _recordHeaderLength))
            return PcapError.RecordTruncated;
        long seconds = U32(_next);
        long fraction = U32(_next + 4);
        long nanoseconds = (seconds * 1_000_000_000) + (HasNanoseconds ? fraction : fraction * 1000);
        record = new PcapRecord(nanoseconds, _file.Slice(_next + _recordHeaderLength, (int)length), original, _interface)
            .WithoutFrameCheck();
        _next += _recordHeaderLength + (int)length;
        return PcapError.None;
    }

    private static bool IsMagic(uint magic) => magic is MagicMicroseconds or MagicNanoseconds or MagicKuznetzov;

    private ushort U16(int offset)
    {
        ReadOnlySpan<byte> bytes = _file.Span[offset..];
        return _bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);
    }

    private uint U32(int offset)
    {
        ReadOnlySpan<byte> bytes = _file.Span[offset..];
        return _bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }
}
