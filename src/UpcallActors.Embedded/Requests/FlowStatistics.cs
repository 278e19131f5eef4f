using System.Buffers.Binary;
using UpcallActors.Linux;

namespace UpcallActors.Embedded;

/// <summary><c>struct ovs_flow_stats</c>: packets and bytes, u64 each.</summary>
internal static class FlowStatistics
{
    private const int Length = 16;

    public static void Put(ref NetlinkWriter writer, ushort type, ulong packets, ulong bytes)
    {
        Span<byte> stats = writer.PutReserved(type, Length);
        if (stats.IsEmpty)
            return;
        BinaryPrimitives.WriteUInt64LittleEndian(stats, packets);
        BinaryPrimitives.WriteUInt64LittleEndian(stats[8..], bytes);
    }
}
