namespace UpcallActors.Packets.Tests.Fuzz;

/// <summary>Reads captures of any bytes. The target accepts a file whose head is that of a capture.</summary>
public static class CaptureFuzz
{
    public static bool Run(ReadOnlySpan<byte> input)
    {
        if (PcapReader.TryOpen(input.ToArray(), out PcapReader? reader) != PcapError.None)
            return false;
        while (reader!.TryReadNext(out PcapRecord record) == PcapError.None)
            NlmonRecord.TryRead(record.Data.Span, out _);
        return true;
    }
}
