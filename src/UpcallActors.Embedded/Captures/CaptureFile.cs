using System.Globalization;
using UpcallActors.Odp.Captures;

namespace UpcallActors.Embedded;

/// <summary>Reads the Ethernet frames of a pcap file.</summary>
public static class CaptureFile
{
    /// <summary>
    /// Reads all frames. Throws <see cref="CaptureException"/> when the file is damaged, holds something else than
    /// Ethernet frames, or holds frames that were cut when they were captured. <paramref name="name"/> is for the message.
    /// </summary>
    public static IReadOnlyList<CapturedFrame> Read(ReadOnlyMemory<byte> file, string name)
    {
        PcapError error = PcapReader.TryOpen(file, out PcapReader? reader);
        if (reader is null)
            throw new CaptureException($"{name}: not a pcap file ({error}).");
        if (reader.LinkType != PcapLinkType.Ethernet)
            throw new CaptureException(string.Create(CultureInfo.InvariantCulture, $"{name}: link type {(uint)reader.LinkType}, expected 1 (Ethernet)."));
        var frames = new List<CapturedFrame>();
        while ((error = reader.TryReadNext(out PcapRecord record)) == PcapError.None)
        {
            if (record.Data.Length < PacketBuffer.EthernetHeaderLength)
                throw Broken(name, frames.Count, $"{record.Data.Length} bytes are no Ethernet frame");
            if (record.OriginalLength > (uint)record.Data.Length)
                throw Broken(name, frames.Count, $"cut to {record.Data.Length} of {record.OriginalLength} bytes when it was captured");
            frames.Add(new CapturedFrame(record.Nanoseconds / 1000, record.Data));
        }

        return error == PcapError.EndOfFile ? frames : throw Broken(name, frames.Count, $"the file is damaged from here on ({error})");
    }

    private static CaptureException Broken(string name, int frames, string what) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{name}: record {frames + 1}: {what}."));
}
