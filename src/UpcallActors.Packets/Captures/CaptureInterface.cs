namespace UpcallActors.Packets;

/// <summary>An interface that packets of a capture file were seen on. A pcap file has one, which it does not name.</summary>
/// <param name="Number">Its number in its section of the file, from 0 on.</param>
/// <param name="LinkType">What its packets are; may be a number that <see cref="PcapLinkType"/> does not name.</param>
internal sealed record CaptureInterface(int Number, PcapLinkType LinkType)
{
    /// <summary>Its name, if the file has it.</summary>
    public string? Name { get; init; }

    /// <summary>Bytes of frame check sequence at the end of each packet, which readers leave out.</summary>
    public int FrameCheckLength { get; init; }

    /// <summary>How times are counted: the exponent of <c>if_tsresol</c>.</summary>
    internal int ResolutionExponent { get; init; } = 6;

    /// <summary>Whether that is one of 2, not of 10.</summary>
    internal bool IsBinaryResolution { get; init; }

    /// <summary>Seconds to add to each time (<c>if_tsoffset</c>).</summary>
    internal long OffsetSeconds { get; init; }

    /// <summary>A time in nanoseconds since 1970; one that no number of 64 bits holds is the nearest that does.</summary>
    internal long Nanoseconds(ulong units)
    {
        const int Nano = 9;
        Int128 time = units;
        if (IsBinaryResolution)
            time = ResolutionExponent > 63 ? 0 : (time * 1_000_000_000) >> ResolutionExponent;
        else if (ResolutionExponent <= Nano)
            time *= PowerOfTen(Nano - ResolutionExponent);
        else
            time /= PowerOfTen(Math.Min(ResolutionExponent - Nano, 30));
        time += (Int128)OffsetSeconds * 1_000_000_000;
        return (long)Int128.Clamp(time, long.MinValue, long.MaxValue);
    }

    private static Int128 PowerOfTen(int exponent)
    {
        Int128 power = 1;
        for (int i = 0; i < exponent; i++)
            power *= 10;
        return power;
    }
}
