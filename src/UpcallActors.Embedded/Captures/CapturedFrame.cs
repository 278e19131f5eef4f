namespace UpcallActors.Embedded;

/// <summary>A frame of a capture file.</summary>
/// <param name="Microseconds">When it was seen, since 1970 UTC.</param>
/// <param name="Data">The frame, 14 bytes or more; a piece of the file's memory.</param>
public readonly record struct CapturedFrame(long Microseconds, ReadOnlyMemory<byte> Data)
{
    /// <summary>The Ethernet source address, 48 bits.</summary>
    public ulong Source => KeyExtraction.ReadAddress(Data.Span[6..]);
}
