using System.Globalization;
using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <summary>
/// Reads the Ethernet frames of a capture file: pcap or pcapng, compressed with gzip or not, as tcpdump, Wireshark and their kin write
/// them.
/// </summary>
public static class CaptureFile
{
    /// <summary>
    /// Reads all frames. What is no Ethernet frame is left out, with a warning; a file that ends within a record is read up to there, with
    /// a warning. Throws <see cref="CaptureException"/> when the file is damaged in another way, or has packets, and none of them from an
    /// Ethernet. <paramref name="name"/> is for the messages.
    /// </summary>
    public static CaptureContent Read(ReadOnlyMemory<byte> file, string name)
    {
        PcapError error = CaptureReader.TryOpen(file, out CaptureReader? reader);
        if (reader is null)
            throw new CaptureException($"{name}: not a pcap or pcapng file ({error}).");
        var frames = new List<CapturedFrame>();
        var left = new LeftOut();
        int number = 0;
        while ((error = reader.TryReadNext(out PcapRecord record)) == PcapError.None)
        {
            number++;
            if (record.Interface.LinkType != PcapLinkType.Ethernet)
                left.Add(number, $"of link type {Describe(record.Interface.LinkType)}");
            else if (record.Data.Length < EthernetHeader.Length)
                left.Add(number, "too short for an Ethernet frame");
            else
                frames.Add(Frame(record, number));
        }

        var warnings = left.Lines(name).ToList();
        if (frames.Count == 0 && warnings.Count > 0)
            throw new CaptureException($"{warnings[0]}. A port needs Ethernet frames (link type 1).");
        if (error == PcapError.RecordTruncated)
            warnings.Add(Line(name, number + 1, "the file ends within it, and is read up to there"));
        else if (error != PcapError.EndOfFile)
            throw new CaptureException(Line(name, number + 1, $"the file is damaged from here on ({error})."));
        return new CaptureContent(frames, warnings);
    }

    private static CapturedFrame Frame(in PcapRecord record, int number) => new(record.Nanoseconds / 1000, record.Data)
    {
        Record = number,
        Missing = (int)Math.Min(Math.Max((long)record.OriginalLength - record.Data.Length, 0), int.MaxValue),
    };

    private static string Describe(PcapLinkType type) =>
        Enum.IsDefined(type) ? string.Create(CultureInfo.InvariantCulture, $"{(uint)type} ({type})")
            : ((uint)type).ToString(CultureInfo.InvariantCulture);

    private static string Line(string name, int record, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{name}: record {record}: {what}");

    /// <summary>Records that are left out, by reason: a file may have a million of them.</summary>
    private sealed class LeftOut
    {
        private readonly Dictionary<string, (int First, int Count)> _byReason = new(StringComparer.Ordinal);

        public void Add(int record, string reason)
        {
            (int first, int count) = _byReason.GetValueOrDefault(reason, (record, 0));
            _byReason[reason] = (first, count + 1);
        }

        public IEnumerable<string> Lines(string name) => _byReason.OrderBy(reason => reason.Value.First).Select(reason => Line(
            name,
            reason.Value.First,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{reason.Key}{(reason.Value.Count == 1 ? "" : $", as {reason.Value.Count - 1} more")}: left out")));
    }
}
