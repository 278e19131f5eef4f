using System.Buffers.Binary;
using System.Numerics;

namespace UpcallActors.Packets;

/// <summary>SCTP's checksum: CRC-32C over the packet with its checksum field as zero (RFC 9260, section 6.8).</summary>
internal static class SctpChecksum
{
    private const int Offset = 8;

    public static uint Read(ReadOnlySpan<byte> sctp) => BinaryPrimitives.ReadUInt32LittleEndian(sctp[Offset..]);

    public static void Write(Span<byte> sctp, uint checksum) => BinaryPrimitives.WriteUInt32LittleEndian(sctp[Offset..], checksum);

    public static uint Compute(ReadOnlySpan<byte> sctp)
    {
        uint crc = uint.MaxValue;
        for (int index = 0; index < sctp.Length; index++)
            crc = BitOperations.Crc32C(crc, index is >= Offset and < Offset + 4 ? (byte)0 : sctp[index]);
        return ~crc;
    }
}
