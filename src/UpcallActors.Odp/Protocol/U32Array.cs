using System.Buffers.Binary;
using UpcallActors.Linux;

namespace UpcallActors.Odp;

/// <summary>Attributes that hold an array of host-order u32.</summary>
internal static class U32Array
{
    /// <summary>Reads as many whole numbers as the payload has.</summary>
    internal static uint[] Read(ReadOnlySpan<byte> payload)
    {
        uint[] values = new uint[payload.Length / sizeof(uint)];
        for (int index = 0; index < values.Length; index++)
            values[index] = BinaryPrimitives.ReadUInt32LittleEndian(payload[(sizeof(uint) * index)..]);
        return values;
    }

    internal static void Write(ushort type, IReadOnlyList<uint> values, ref NetlinkWriter writer)
    {
        Span<byte> payload = writer.PutReserved(type, sizeof(uint) * values.Count);
        if (payload.IsEmpty)
            return;
        for (int index = 0; index < values.Count; index++)
            BinaryPrimitives.WriteUInt32LittleEndian(payload[(sizeof(uint) * index)..], values[index]);
    }
}
