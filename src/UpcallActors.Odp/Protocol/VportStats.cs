using System.Buffers.Binary;

namespace UpcallActors.Odp;

/// <summary>Counters of a vport: <c>struct ovs_vport_stats</c>, eight u64 in this order.</summary>
public readonly record struct VportStats(
    ulong RxPackets, ulong TxPackets, ulong RxBytes, ulong TxBytes, ulong RxErrors, ulong TxErrors, ulong RxDropped, ulong TxDropped)
{
    /// <summary>Bytes of the structure.</summary>
    public const int Length = 64;

    /// <summary>Reads the payload of <c>OVS_VPORT_ATTR_STATS</c>, which has <see cref="Length"/> bytes.</summary>
    public static VportStats Read(ReadOnlySpan<byte> stats) => new(
        At(stats, 0), At(stats, 1), At(stats, 2), At(stats, 3), At(stats, 4), At(stats, 5), At(stats, 6), At(stats, 7));

    /// <summary>Writes the structure into <see cref="Length"/> bytes.</summary>
    public void Write(Span<byte> target)
    {
        Span<ulong> values = [RxPackets, TxPackets, RxBytes, TxBytes, RxErrors, TxErrors, RxDropped, TxDropped];
        for (int index = 0; index < values.Length; index++)
            BinaryPrimitives.WriteUInt64LittleEndian(target[(8 * index)..], values[index]);
    }

    private static ulong At(ReadOnlySpan<byte> stats, int index) => BinaryPrimitives.ReadUInt64LittleEndian(stats[(8 * index)..]);
}
