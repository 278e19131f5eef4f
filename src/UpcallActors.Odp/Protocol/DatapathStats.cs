using System.Buffers.Binary;

namespace UpcallActors.Odp;

/// <summary>Counters of a datapath: <c>struct ovs_dp_stats</c> and <c>struct ovs_dp_megaflow_stats</c>.</summary>
internal readonly record struct DatapathStats
{
    /// <summary>Bytes of either structure.</summary>
    public const int Length = 32;

    /// <summary>Packets that matched a flow.</summary>
    public ulong Hit { get; init; }

    /// <summary>Packets that matched none.</summary>
    public ulong Missed { get; init; }

    /// <summary>Upcalls that could not be delivered.</summary>
    public ulong Lost { get; init; }

    /// <summary>Flows installed.</summary>
    public ulong Flows { get; init; }

    /// <summary>Masks looked at.</summary>
    public ulong MaskHit { get; init; }

    /// <summary>Masks in use.</summary>
    public uint Masks { get; init; }

    /// <summary>Lookups that the mask cache answered.</summary>
    public ulong CacheHit { get; init; }

    /// <summary>Reads the two payloads; either may be empty, and its counters are 0 then.</summary>
    public static DatapathStats Read(ReadOnlySpan<byte> stats, ReadOnlySpan<byte> megaflowStats)
    {
        DatapathStats result = default;
        if (stats.Length >= Length)
        {
            result = result with
            {
                Hit = BinaryPrimitives.ReadUInt64LittleEndian(stats),
                Missed = BinaryPrimitives.ReadUInt64LittleEndian(stats[8..]),
                Lost = BinaryPrimitives.ReadUInt64LittleEndian(stats[16..]),
                Flows = BinaryPrimitives.ReadUInt64LittleEndian(stats[24..]),
            };
        }

        if (megaflowStats.Length >= Length)
        {
            result = result with
            {
                MaskHit = BinaryPrimitives.ReadUInt64LittleEndian(megaflowStats),
                Masks = BinaryPrimitives.ReadUInt32LittleEndian(megaflowStats[8..]),
                CacheHit = BinaryPrimitives.ReadUInt64LittleEndian(megaflowStats[16..]),
            };
        }

        return result;
    }

    /// <summary>Writes <c>struct ovs_dp_stats</c> into 32 bytes.</summary>
    public void WriteStats(Span<byte> target)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(target, Hit);
        BinaryPrimitives.WriteUInt64LittleEndian(target[8..], Missed);
        BinaryPrimitives.WriteUInt64LittleEndian(target[16..], Lost);
        BinaryPrimitives.WriteUInt64LittleEndian(target[24..], Flows);
    }

    /// <summary>Writes <c>struct ovs_dp_megaflow_stats</c> into 32 bytes.</summary>
    public void WriteMegaflowStats(Span<byte> target)
    {
        target[..Length].Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(target, MaskHit);
        BinaryPrimitives.WriteUInt32LittleEndian(target[8..], Masks);
        BinaryPrimitives.WriteUInt64LittleEndian(target[16..], CacheHit);
    }
}
