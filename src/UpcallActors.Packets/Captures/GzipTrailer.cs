using System.Buffers.Binary;

namespace UpcallActors.Packets;

/// <summary>
/// The end of a gzip file: checksum and length of what its last member holds (RFC 1952). .NET reads a file that is cut as if it ended
/// there.
/// </summary>
internal static class GzipTrailer
{
    private const int Length = 8;
    private const uint Polynomial = 0xedb8_8320;

    private static readonly uint[] _table = [.. Enumerable.Range(0, 256).Select(index => Shift((uint)index, 8))];

    /// <summary>Whether a file has the end that goes with what was in it.</summary>
    public static bool Fits(ReadOnlySpan<byte> file, ReadOnlySpan<byte> content)
    {
        if (file.Length < Length)
            return false;
        ReadOnlySpan<byte> trailer = file[^Length..];
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]);
        return length <= content.Length && BinaryPrimitives.ReadUInt32LittleEndian(trailer) == Checksum(content[^(int)length..]);
    }

    private static uint Checksum(ReadOnlySpan<byte> content)
    {
        uint checksum = uint.MaxValue;
        foreach (byte next in content)
            checksum = _table[(byte)(checksum ^ next)] ^ (checksum >> 8);
        return ~checksum;
    }

    private static uint Shift(uint value, int bits)
    {
        for (int bit = 0; bit < bits; bit++)
            value = (value & 1) != 0 ? (value >> 1) ^ Polynomial : value >> 1;
        return value;
    }
}
