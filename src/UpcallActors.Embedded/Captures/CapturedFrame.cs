using System.Globalization;
using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <summary>A frame of a capture file.</summary>
/// <param name="Microseconds">When it was seen, since 1970 UTC.</param>
/// <param name="Data">The frame, 14 bytes or more; a piece of the file's memory.</param>
public readonly record struct CapturedFrame(long Microseconds, ReadOnlyMemory<byte> Data)
{
    /// <summary>Which record of the file it is, from 1 on.</summary>
    public int Record { get; init; }

    /// <summary>Bytes of the frame on the wire that the capture left out (<c>tcpdump -s</c>).</summary>
    public int Missing { get; init; }

    /// <summary>What is wrong with one of which bytes are missing.</summary>
    public string WhyIncomplete =>
        string.Create(CultureInfo.InvariantCulture, $"cut to {Data.Length} of {Data.Length + (long)Missing} bytes when it was captured");

    /// <summary>The Ethernet source address, 48 bits.</summary>
    public ulong Source => KeyExtraction.ReadAddress(Data.Span[6..]);

    /// <summary>Whether it is longer than an upcall carries, and nothing that a network device would have cut.</summary>
    public bool IsTooLong(int mtu) => Data.Length > BigTcp.LongestWhole && BigTcp.TryCut(Data.ToArray(), mtu, out _) != OffloadError.None;

    /// <summary>
    /// The frame as it goes on the wire: whole, or the pieces of one of more than 64 KiB that a host left to its device to cut.
    /// </summary>
    internal IReadOnlyList<ReadOnlyMemory<byte>> Pieces(int mtu)
    {
        if (Data.Length <= BigTcp.LongestWhole || BigTcp.TryCut(Data.ToArray(), mtu, out Segmentation segments) != OffloadError.None)
            return [Data];
        var pieces = new List<ReadOnlyMemory<byte>>();
        byte[] piece = new byte[segments.LongestSegment];
        while (segments.TryNext(piece, out int length))
        {
            pieces.Add(piece.AsMemory(0, length));
            piece = new byte[segments.LongestSegment];
        }

        return pieces;
    }
}
