using System.Collections.Concurrent;
using UpcallActors.Odp;

namespace UpcallActors.Ofproto;

/// <summary>
/// Recirculation ids and the states they stand for; shared by all lanes, revalidators and bridges of a datapath. Equal states get
/// the same id for as long as the state is kept, without a lock and without allocation.
/// </summary>
/// <remarks>
/// States whose ids no flow in the datapath has are bounded in number. When there are too many, a new one takes the place of
/// one that was neither asked for nor resumed since the clock hand last passed it. Those of flows (<see cref="TryHold"/>)
/// are as many as the flows need. Packets that still carry the id of a state that went are dropped and counted
/// (<see cref="XlateError.NoRecirculationContext"/>): an id is never given a second meaning, until all 2^32 have been used.
/// </remarks>
internal sealed class RecirculationTable : IRecirculationIds
{
    /// <summary>States kept without a flow unless told otherwise; at about 300 bytes each, 20 MB.</summary>
    public const int DefaultCapacity = 65_536;

    private const int NotEvictable = -1;

    private readonly ConcurrentDictionary<FrozenState, Entry> _byState = new();
    private readonly ConcurrentDictionary<uint, Entry> _byId = new();
    private readonly List<Entry> _evictable = [];
    private readonly Lock _changes = new();
    private readonly int _capacity;
    private uint _next = 1;
    private int _hand;
    private int _count;
    private long _evicted;

    /// <summary>An empty table.</summary>
    public RecirculationTable(int capacity = DefaultCapacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        _capacity = capacity;
    }

    /// <summary>Ids that stand for a state.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>States that had to go because there were too many.</summary>
    public long Evicted => Volatile.Read(ref _evicted);

    /// <inheritdoc/>
    public bool TryHold(uint id)
    {
        lock (_changes)
        {
            if (!_byId.TryGetValue(id, out Entry? entry))
                return false;
            if (entry.Holds++ == 0)
                TakeFromEvictable(entry);
            return true;
        }
    }

    /// <inheritdoc/>
    public void Release(uint id)
    {
        lock (_changes)
        {
            if (!_byId.TryGetValue(id, out Entry? entry) || entry.Holds == 0 || --entry.Holds != 0)
                return;
            // Packets that left the flow a moment ago may still come up with the id.
            entry.TryUse();
            PutToEvictable(entry);
        }
    }

    /// <inheritdoc/>
    public void Reserve(uint id)
    {
        lock (_changes)
        {
            if (id >= _next)
                _next = id + 1;
        }
    }

    /// <inheritdoc/>
    public bool TryAdopt(uint installed, uint own)
    {
        lock (_changes)
        {
            if (installed == 0 || !_byId.TryGetValue(own, out Entry? known))
                return false;
            if (_byId.TryGetValue(installed, out Entry? present))
                return present.State.Equals(known.State);
            var adopted = new Entry(installed, known.State) { IsAdopted = true };
            adopted.TryUse();
            Keep(adopted);
            // Ids that we already use are preferred: one flow is changed instead of all others.
            if (known.Holds == 0 && !known.IsAdopted)
                _byState[known.State] = adopted;
            return true;
        }
    }

    /// <summary>The id of a state; <paramref name="state"/> is the caller's to change afterwards.</summary>
    internal uint GetId(FrozenState state)
    {
        // One that is being evicted stands for nothing from here on: the state gets another id.
        return _byState.TryGetValue(state, out Entry? entry) && entry.TryUse() ? entry.Id : Add(state);
    }

    /// <summary>
    /// The state behind an id, which the caller must not change; false for an id that was never given out or whose state went.
    /// </summary>
    internal bool TryGetState(uint id, out FrozenState state)
    {
        if (_byId.TryGetValue(id, out Entry? entry))
        {
            entry.TryUse();
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
            // Nothing is evicted but under the lock.
            if (_byState.TryGetValue(state, out Entry? raced) && raced.TryUse())
                return raced.Id;

            var entry = new Entry(FreeId(), state.Clone());
            Keep(entry);
            _byState[entry.State] = entry;
            return entry.Id;
        }
    }

    private void Keep(Entry entry)
    {
        _byId[entry.Id] = entry;
        PutToEvictable(entry);
        _count++;
    }

    /// <summary>The next id that stands for nothing; 0 says "not recirculated".</summary>
    private uint FreeId()
    {
        while (_next == 0 || _byId.ContainsKey(_next))
            _next++;
        return _next++;
    }

    /// <summary>
    /// Evicts, when there are too many, a state that was not used since the hand last passed. Returns its place, where the hand comes
    /// to again last of all: for the youngest, whose packet will come back in a moment. Otherwise the place is the end.
    /// </summary>
    private int MakeRoom()
    {
        int place = _evictable.Count;
        while (_evictable.Count >= _capacity)
        {
            _hand = _hand < _evictable.Count ? _hand : 0;
            Entry entry = _evictable[_hand++];
            if (!entry.TryEvict())
                continue;
            place = entry.Place;
            TakeFromEvictable(entry);
            _byId.TryRemove(entry.Id, out _);
            _byState.TryRemove(new KeyValuePair<FrozenState, Entry>(entry.State, entry));
            _count--;
            _evicted++;
        }

        return place;
    }

    private void PutToEvictable(Entry entry)
    {
        int place = MakeRoom();
        if (place < _evictable.Count)
        {
            // Back where it came from when the evicted one was taken out.
            Entry moved = _evictable[place];
            moved.Place = _evictable.Count;
            _evictable.Add(moved);
            _evictable[place] = entry;
        }
        else
        {
            _evictable.Add(entry);
        }

        entry.Place = place;
    }

    private void TakeFromEvictable(Entry entry)
    {
        Entry last = _evictable[^1];
        _evictable[entry.Place] = last;
        last.Place = entry.Place;
        _evictable.RemoveAt(_evictable.Count - 1);
        entry.Place = NotEvictable;
    }

    private sealed class Entry(uint id, FrozenState state)
    {
        public readonly uint Id = id;
        public readonly FrozenState State = state;
        private int _mark;

        /// <summary>Whether the id was in the datapath before us.</summary>
        public bool IsAdopted { get; init; }

        /// <summary>Flows that have the id, counted once for each place.</summary>
        public int Holds { get; set; }

        /// <summary>Where it is among the evictable ones.</summary>
        public int Place { get; set; } = NotEvictable;

        /// <summary>
        /// Keeps it until the clock hand has passed twice; false when it is evicted already. Writes only what changes, since all lanes
        /// come here.
        /// </summary>
        public bool TryUse()
        {
            int mark = Volatile.Read(ref _mark);
            return mark == Mark.Used
                || (mark == Mark.Unused && Interlocked.CompareExchange(ref _mark, Mark.Used, Mark.Unused) != Mark.Evicted);
        }

        /// <summary>The clock hand passes: evicts it, or takes note that it was used and spares it this time. Under the lock.</summary>
        public bool TryEvict()
        {
            if (Interlocked.CompareExchange(ref _mark, Mark.Evicted, Mark.Unused) == Mark.Unused)
                return true;
            Volatile.Write(ref _mark, Mark.Unused);
            return false;
        }

        private static class Mark
        {
            public const int Unused = 0;
            public const int Used = 1;
            public const int Evicted = 2;
        }
    }
}
