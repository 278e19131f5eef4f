namespace UpcallActors.Odp.Captures;

/// <summary>A record of a capture file.</summary>
/// <param name="Nanoseconds">When, in nanoseconds since 1970 UTC.</param>
/// <param name="Data">The captured bytes; a piece of the file's memory.</param>
/// <param name="OriginalLength">How long the packet was on the wire; more than <paramref name="Data"/> has if the capture cut it.</param>
public readonly record struct PcapRecord(long Nanoseconds, ReadOnlyMemory<byte> Data, uint OriginalLength)
{
    /// <summary>The time to the precision of <see cref="DateTimeOffset"/> (100 ns).</summary>
    public DateTimeOffset Time => DateTimeOffset.UnixEpoch.AddTicks(Nanoseconds / 100);
}
