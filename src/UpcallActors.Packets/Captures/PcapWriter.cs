using System.Buffers.Binary;

namespace UpcallActors.Packets;

/// <summary>
/// Writes a pcap file to a stream, little-endian, with timestamps in nanoseconds or microseconds. Borrows the stream:
/// flushing and disposing are the caller's. Not thread-safe.
/// </summary>
internal sealed class PcapWriter
{
    private readonly Stream _stream;
    private readonly bool _nanoseconds;

    /// <summary>Writes the file header at once.</summary>
    public PcapWriter(Stream stream, PcapLinkType linkType, bool nanoseconds = false)
    {
        const ushort MajorVersion = 2;
        const ushort MinorVersion = 4;
        const uint SnapshotLength = 256 * 1024;
        _stream = stream;
        _nanoseconds = nanoseconds;
        Span<byte> header = stackalloc byte[PcapReader.FileHeaderLength];
        header.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header, nanoseconds ? PcapReader.MagicNanoseconds : PcapReader.MagicMicroseconds);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], MajorVersion);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], MinorVersion);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], SnapshotLength);
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], (uint)linkType);
        stream.Write(header);
    }

    /// <summary>
    /// Appends a packet. <paramref name="timestampNanoseconds"/> counts from 1970 UTC and is cut to the file's precision.
    /// </summary>
    public void Write(long timestampNanoseconds, ReadOnlySpan<byte> packet)
    {
        Span<byte> header = stackalloc byte[PcapReader.RecordHeaderLength];
        long fraction = timestampNanoseconds % 1_000_000_000;
        BinaryPrimitives.WriteUInt32LittleEndian(header, (uint)(timestampNanoseconds / 1_000_000_000));
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], (uint)(_nanoseconds ? fraction : fraction / 1000));
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], (uint)packet.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], (uint)packet.Length);
        _stream.Write(header);
        _stream.Write(packet);
    }
}
