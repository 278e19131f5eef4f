namespace UpcallActors.Packets;

/// <summary>A record of a capture file.</summary>
/// <param name="Nanoseconds">When, in nanoseconds since 1970 UTC.</param>
/// <param name="Data">The captured bytes; a piece of the file's memory.</param>
/// <param name="OriginalLength">How long the packet was on the wire; more than <paramref name="Data"/> has if the capture cut it.</param>
/// <param name="Interface">The interface that it was seen on.</param>
internal readonly record struct PcapRecord(long Nanoseconds, ReadOnlyMemory<byte> Data, uint OriginalLength, CaptureInterface Interface)
{
    /// <summary>Which way it went, if the file says.</summary>
    public CaptureDirection Direction { get; init; }

    /// <summary>A note about it; null for none.</summary>
    public string? Comment { get; init; }

    /// <summary>
    /// The record without the frame check sequence that its interface has at the end of each packet; a packet that was cut before it has
    /// none.
    /// </summary>
    internal PcapRecord WithoutFrameCheck(int? length = null)
    {
        int check = length ?? Interface.FrameCheckLength;
        if (check <= 0 || OriginalLength < (uint)check)
            return this;
        uint original = OriginalLength - (uint)check;
        return this with { OriginalLength = original, Data = Data.Length > original ? Data[..(int)original] : Data };
    }

    /// <summary>The time to the precision of <see cref="DateTimeOffset"/> (100 ns).</summary>
    public DateTimeOffset Time => DateTimeOffset.UnixEpoch.AddTicks(Nanoseconds / 100);
}
