using System.Collections.Concurrent;

namespace UpcallActors.OpenFlow;

/// <summary>
/// Recirculation ids and the states they stand for; shared by all lanes and by all bridges of a datapath. Equal states get
/// the same id for as long as the state is held, without a lock and without allocation.
/// </summary>
/// <remarks>
/// The table is bounded. When it is full, a new state takes the place of one that was neither asked for nor resumed
/// since the clock hand last passed it. Packets that still carry the id of a state that went are dropped and counted
/// (<see cref="Odp.XlateError.NoRecirculationContext"/>): an id is never given a second meaning, until all 2^32 have been used.
/// </remarks>
public sealed class RecirculationTable
{
    /// <summary>States held unless told otherwise; at about 250 bytes each, 16 MB.</summary>
    public const int DefaultCapacity = 65_536;

    private readonly ConcurrentDictionary<FrozenState, Entry> _byState = new();
    private readonly Entry?[] _slots;
    private readonly Lock _changes = new();
    private uint _next = 1;
    private int _count;
    private long _evicted;

    /// <summary>An empty table.</summary>
    public RecirculationTable(int capacity = DefaultCapacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        _slots = new Entry?[capacity];
    }

    /// <summary>States held.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>States that had to go because the table was full.</summary>
    public long Evicted => Volatile.Read(ref _evicted);

    /// <summary>The id of a state; <paramref name="state"/> is the caller's to change afterwards.</summary>
    internal uint GetId(FrozenState state)
    {
        if (_byState.TryGetValue(state, out Entry? entry))
        {
            entry.Used = true;
            return entry.Id;
        }

        return Add(state);
    }

    /// <summary>The state behind an id, which the caller must not change; false for an id that was never given out or whose state went.</summary>
    internal bool TryGetState(uint id, out FrozenState state)
    {
        if (Volatile.Read(ref _slots[id % (uint)_slots.Length]) is Entry entry && entry.Id == id)
        {
            entry.Used = true;
            state = entry.State;
            return true;
        }

        state = null!;
        return false;
    }

    private uint Add(FrozenState state)
    {
        lock (_changes)
        {
            if (_byState.TryGetValue(state, out Entry? raced))
                return raced.Id;

            uint id = FreeId();
            var entry = new Entry(id, state.Clone());
            Volatile.Write(ref _slots[id % (uint)_slots.Length], entry);
            _byState[entry.State] = entry;
            _count++;
            return id;
        }
    }

    /// <summary>The next id whose slot is empty or holds a state not used since the hand last passed.</summary>
    private uint FreeId()
    {
        while (true)
        {
            uint id = _next++;
            if (id == 0)
                continue; // 0 says "not recirculated"
            uint slot = id % (uint)_slots.Length;
            if (_slots[slot] is not Entry entry)
                return id;
            if (entry.Used)
            {
                entry.Used = false;
                continue;
            }

            _byState.TryRemove(entry.State, out _);
            Volatile.Write(ref _slots[slot], null);
            _count--;
            _evicted++;
            return id;
        }
    }

    private sealed class Entry(uint id, FrozenState state)
    {
        public readonly uint Id = id;
        public readonly FrozenState State = state;
        public volatile bool Used;
    }
}
