using System.Buffers.Binary;

namespace UpcallActors.Odp.Captures;

/// <summary>
/// Reads a pcap file held in memory: both byte orders, timestamps in microseconds or nanoseconds. A damaged file is an
/// error value, and the records before the damage can be read. Not thread-safe.
/// </summary>
public sealed class PcapReader
{
    internal const int FileHeaderLength = 24;
    internal const int RecordHeaderLength = 16;
    internal const uint MagicMicroseconds = 0xa1b2c3d4;
    internal const uint MagicNanoseconds = 0xa1b23c4d;

    /// <summary>Longest record accepted; as much as libpcap accepts of any link type (<c>MAXIMUM_SNAPLEN</c> for D-Bus, 128 MiB).</summary>
    public const int MaximumRecordLength = 128 * 1024 * 1024;

    private readonly ReadOnlyMemory<byte> _file;
    private readonly bool _bigEndian;
    private int _next = FileHeaderLength;

    private PcapReader(ReadOnlyMemory<byte> file, bool bigEndian, bool nanoseconds)
    {
        _file = file;
        _bigEndian = bigEndian;
        HasNanoseconds = nanoseconds;

        // The upper bits of the field tell the length of a frame check sequence, not the type.
        LinkType = (PcapLinkType)(U32(20) & 0x0fffffff);
    }

    /// <summary>What the records are; may be a number that <see cref="PcapLinkType"/> does not name.</summary>
    public PcapLinkType LinkType { get; }

    /// <summary>Whether timestamps are in nanoseconds, else in microseconds.</summary>
    public bool HasNanoseconds { get; }

    /// <summary>Opens a file. <paramref name="reader"/> is null unless the result is <see cref="PcapError.None"/>.</summary>
    public static PcapError TryOpen(ReadOnlyMemory<byte> file, out PcapReader? reader)
    {
        reader = null;
        if (file.Length < FileHeaderLength)
            return PcapError.HeaderTruncated;
        uint magic = BinaryPrimitives.ReadUInt32LittleEndian(file.Span);
        bool bigEndian = false;
        if (magic is not (MagicMicroseconds or MagicNanoseconds))
        {
            magic = BinaryPrimitives.ReverseEndianness(magic);
            bigEndian = true;
        }

        if (magic is not (MagicMicroseconds or MagicNanoseconds))
            return PcapError.UnknownMagic;
        reader = new PcapReader(file, bigEndian, magic == MagicNanoseconds);
        return PcapError.None;
    }

    /// <summary>Reads the next record. After anything but <see cref="PcapError.None"/> the result stays the same.</summary>
    public PcapError TryReadNext(out PcapRecord record)
    {
        record = default;
        int left = _file.Length - _next;
        if (left == 0)
            return PcapError.EndOfFile;
        if (left < RecordHeaderLength)
            return PcapError.RecordTruncated;
        uint length = U32(_next + 8);
        if (length > MaximumRecordLength)
            return PcapError.RecordTooLong;
        if (length > (uint)(left - RecordHeaderLength))
            return PcapError.RecordTruncated;
        long seconds = U32(_next);
        long fraction = U32(_next + 4);
        long nanoseconds = (seconds * 1_000_000_000) + (HasNanoseconds ? fraction : fraction * 1000);
        record = new PcapRecord(nanoseconds, _file.Slice(_next + RecordHeaderLength, (int)length), U32(_next + 12));
        _next += RecordHeaderLength + (int)length;
        return PcapError.None;
    }

    private uint U32(int offset)
    {
        ReadOnlySpan<byte> bytes = _file.Span[offset..];
        return _bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }
}
