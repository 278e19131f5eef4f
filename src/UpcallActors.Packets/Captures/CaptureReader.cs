using System.IO.Compression;

namespace UpcallActors.Packets;

/// <summary>
/// Reads a capture file held in memory, whichever of the formats it has that libpcap reads: pcap or pcapng, gzip around it or not. A
/// damaged file is an error value, and the records before the damage can be read. Not thread-safe.
/// </summary>
internal sealed class CaptureReader
{
    /// <summary>The most that a compressed file may have in it: a small one can have any amount of zeros.</summary>
    public const int MostInflated = 1 << 30;

    private const ushort GzipMagic = 0x8b1f;

    private readonly PcapReader? _pcap;
    private readonly PcapngReader? _pcapng;
    private readonly PcapError _end;

    private CaptureReader(PcapReader? pcap, PcapngReader? pcapng, PcapError end)
    {
        _pcap = pcap;
        _pcapng = pcapng;
        _end = end;
    }

    /// <summary>Opens a file. <paramref name="reader"/> is null unless the result is <see cref="PcapError.None"/>.</summary>
    public static PcapError TryOpen(ReadOnlyMemory<byte> file, out CaptureReader? reader)
    {
        reader = null;
        PcapError end = PcapError.EndOfFile;
        if (file.Length >= sizeof(ushort) && (file.Span[0] | (file.Span[1] << 8)) == GzipMagic)
            file = Inflate(file, out end);
        if (end == PcapError.InflatedTooLong)
            return end;
        PcapngReader? pcapng = null;
        PcapError error = PcapReader.TryOpen(file, out PcapReader? pcap);
        if (error == PcapError.UnknownMagic)
            error = PcapngReader.TryOpen(file, out pcapng);
        if (error == PcapError.None)
            reader = new CaptureReader(pcap, pcapng, end);
        return error;
    }

    /// <summary>Reads the next record. After anything but <see cref="PcapError.None"/> the result stays the same.</summary>
    public PcapError TryReadNext(out PcapRecord record)
    {
        PcapError error = _pcap?.TryReadNext(out record) ?? _pcapng!.TryReadNext(out record);
        // Compressed data may end between two records and still be incomplete.
        return error == PcapError.EndOfFile ? _end : error;
    }

    private static ReadOnlyMemory<byte> Inflate(ReadOnlyMemory<byte> file, out PcapError end)
    {
        end = PcapError.EndOfFile;
        using var inflated = new MemoryStream();
        using var gzip = new GZipStream(new MemoryStream(file.ToArray()), CompressionMode.Decompress);
        byte[] piece = new byte[64 << 10];
        try
        {
            int read;
            while ((read = gzip.Read(piece)) > 0)
            {
                if (inflated.Length + read > MostInflated)
                {
                    end = PcapError.InflatedTooLong;
                    break;
                }

                inflated.Write(piece, 0, read);
            }

            if (end == PcapError.EndOfFile && !GzipTrailer.Fits(file.Span, inflated.GetBuffer().AsSpan(0, (int)inflated.Length)))
                end = PcapError.RecordTruncated;
        }
        catch (InvalidDataException)
        {
            end = PcapError.RecordTruncated;
        }

        return inflated.ToArray();
    }
}
