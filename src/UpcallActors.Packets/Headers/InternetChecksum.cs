using System.Buffers.Binary;

namespace UpcallActors.Packets;

/// <summary>The Internet checksum (RFC 1071) and its incremental update (RFC 1624).</summary>
internal static class InternetChecksum
{
    /// <summary>Adds bytes as big-endian 16-bit words (an odd last byte is padded with 0) to a running sum.</summary>
    public static ulong Sum(ReadOnlySpan<byte> bytes, ulong sum = 0)
    {
        while (bytes.Length >= 4)
        {
            sum += BinaryPrimitives.ReadUInt32BigEndian(bytes);
            bytes = bytes[4..];
        }

        if (bytes.Length >= 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes);
            bytes = bytes[2..];
        }

        return bytes.IsEmpty ? sum : sum + ((ulong)bytes[0] << 8);
    }

    /// <summary>Folds a running sum to 16 bits, carries added back; not inverted.</summary>
    public static ushort Fold(ulong sum)
    {
        sum = (sum & uint.MaxValue) + (sum >> 32);
        sum = (sum & uint.MaxValue) + (sum >> 32);
        sum = (sum & ushort.MaxValue) + (sum >> 16);
        sum = (sum & ushort.MaxValue) + (sum >> 16);
        return (ushort)((sum & ushort.MaxValue) + (sum >> 16));
    }

    /// <summary>The checksum to write into a header whose own checksum field is 0.</summary>
    public static ushort Compute(ReadOnlySpan<byte> bytes, ulong sum = 0) => (ushort)~Fold(Sum(bytes, sum));

    /// <summary>The sum over the IPv4 or IPv6 pseudo header; addresses as in the header (4 or 16 bytes each).</summary>
    public static ulong PseudoHeader(ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination, byte protocol, int length) =>
        Sum(source, Sum(destination)) + protocol + (ulong)length;

    /// <summary>A checksum after 16 bits under it changed.</summary>
    public static ushort Update(ushort checksum, ushort before, ushort after) =>
        (ushort)~Fold((ulong)(ushort)~checksum + (ushort)~before + after);

    /// <summary>A checksum after bytes under it changed; both spans have the same even length and alignment.</summary>
    public static ushort Update(ushort checksum, ReadOnlySpan<byte> before, ReadOnlySpan<byte> after) =>
        (ushort)~Fold((ulong)(ushort)~checksum + (ushort)~Fold(Sum(before)) + Sum(after));
}
