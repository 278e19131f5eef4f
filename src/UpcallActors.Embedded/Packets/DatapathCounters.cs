using System.Runtime.CompilerServices;

namespace UpcallActors.Embedded;

/// <summary>
/// What a datapath has counted since it was made; grows only. Written under the datapath's lock, read by anyone: each
/// value is current on its own.
/// </summary>
public sealed class DatapathCounters
{
    private ReasonCounts _drops;
    private long _hits;
    private long _misses;
    private long _upcallsQueued;
    private long _actionUpcalls;
    private long _upcallsWithMru;
    private long _largestMru;
    private long _maskHits;
    private long _executes;
    private long _flowPuts;

    /// <summary>Packets that matched a flow.</summary>
    public long Hits => Volatile.Read(ref _hits);

    /// <summary>Packets that matched none.</summary>
    public long Misses => Volatile.Read(ref _misses);

    /// <summary>
    /// Upcalls that could not be queued: <see cref="DropReason.UpcallQueueFull"/> and <see cref="DropReason.UpcallTooLong"/>.
    /// </summary>
    public long Lost => Dropped(DropReason.UpcallQueueFull) + Dropped(DropReason.UpcallTooLong);

    /// <summary>Upcalls queued, both kinds.</summary>
    public long UpcallsQueued => Volatile.Read(ref _upcallsQueued);

    /// <summary>ACTION upcalls among <see cref="UpcallsQueued"/>.</summary>
    public long ActionUpcalls => Volatile.Read(ref _actionUpcalls);

    /// <summary>Upcalls with an MRU among <see cref="UpcallsQueued"/>.</summary>
    public long UpcallsWithMru => Volatile.Read(ref _upcallsWithMru);

    /// <summary>The largest MRU that an upcall carried, 0 if none did.</summary>
    public int LargestMru => (int)Volatile.Read(ref _largestMru);

    /// <summary>Masks looked at in all lookups.</summary>
    public long MaskHits => Volatile.Read(ref _maskHits);

    /// <summary>EXECUTE requests carried out.</summary>
    public long Executes => Volatile.Read(ref _executes);

    /// <summary>Flows put, new ones and changed ones.</summary>
    public long FlowPuts => Volatile.Read(ref _flowPuts);

    /// <summary>Packets dropped for a reason.</summary>
    public long Dropped(DropReason reason)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)reason, (uint)ReasonCounts.Length, nameof(reason));
        return Volatile.Read(ref _drops[(int)reason]);
    }

    internal void CountLookup(bool hit, int masks)
    {
        Add(ref hit ? ref _hits : ref _misses, 1);
        Add(ref _maskHits, masks);
    }

    internal void CountUpcall(bool action, ushort mru)
    {
        if (action)
            Add(ref _actionUpcalls, 1);
        if (mru != 0)
            Add(ref _upcallsWithMru, 1);
        if (mru > _largestMru)
            Volatile.Write(ref _largestMru, mru);
        Add(ref _upcallsQueued, 1);
    }

    internal void CountExecute() => Add(ref _executes, 1);

    internal void CountFlowPut() => Add(ref _flowPuts, 1);

    /// <summary>Drops are counted by the threads in front of the datapath too.</summary>
    internal void CountDrop(DropReason reason, long packets = 1) => Interlocked.Add(ref _drops[(int)reason], packets);

    /// <summary>There is one writer of all but the drops, so a plain addition suffices.</summary>
    private static void Add(ref long counter, long amount) => Volatile.Write(ref counter, counter + amount);

    [InlineArray(Length)]
    private struct ReasonCounts
    {
        public const int Length = (int)DropReason.SendRefused + 1;
        private long _first;
    }
}
