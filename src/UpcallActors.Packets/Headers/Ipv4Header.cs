using System.Buffers.Binary;

namespace UpcallActors.Packets;

/// <summary>IPv4 header facts (RFC 791).</summary>
internal static class Ipv4Header
{
    internal const int MinimumLength = 20;
    internal const ushort DontFragment = 0x4000;
    internal const ushort MoreFragments = 0x2000;
    internal const ushort OffsetMask = 0x1fff;

    /// <summary>The header's length, options included, if the whole header is there and says version 4.</summary>
    internal static bool TryGetLength(ReadOnlySpan<byte> ip, out int length)
    {
        length = 0;
        if (ip.Length < MinimumLength || ip[0] >> 4 != 4)
            return false;
        length = (ip[0] & 15) * 4;
        return length >= MinimumLength && length <= ip.Length;
    }

    /// <summary>Computes and writes the header checksum.</summary>
    internal static void WriteChecksum(Span<byte> header)
    {
        header.Slice(10, 2).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], InternetChecksum.Compute(header));
    }
}
