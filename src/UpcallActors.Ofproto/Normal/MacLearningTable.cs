using System.Collections.Concurrent;

namespace UpcallActors.Ofproto;

/// <summary>
/// The port on which each MAC address of a bridge was last seen, by VLAN. Shared by all lanes. To look up or refresh a known address takes
/// no lock and allocates nothing; only a new or moved address does. An entry is forgotten after <see cref="IdleTime"/>. In a full table,
/// the entry that goes was not seen since the clock hand last passed it. So a flood of invented addresses replaces itself before addresses
/// in use.
/// </summary>
internal sealed class MacLearningTable
{
    /// <summary>Entries a table holds unless told otherwise (<c>MAC_DEFAULT_MAX</c> in Open vSwitch's mac-learning.h).</summary>
    public const int DefaultCapacity = 8192;

    /// <summary>The default time until a silent address is forgotten (<c>MAC_ENTRY_DEFAULT_IDLE_TIME</c>).</summary>
    public static readonly TimeSpan DefaultIdleTime = TimeSpan.FromSeconds(300);

    private const ulong MulticastBit = 1UL << 40;
    private const int VlanShift = 48;

    private readonly ConcurrentDictionary<ulong, Entry> _entries;
    private readonly Entry?[] _ring;
    private readonly Lock _changes = new();
    private readonly TimeProvider _time;
    private readonly long _idleTicks;
    private readonly long _refreshTicks;
    private int _hand;
    private long _evicted;
    private long _moved;
    private long _learned;
    private long _expired;
    private int _static;
    private ulong _version;

    /// <summary>An empty table of the default size.</summary>
    public MacLearningTable()
        : this(TimeProvider.System, DefaultCapacity, DefaultIdleTime)
    {
    }

    /// <summary>An empty table.</summary>
    public MacLearningTable(TimeProvider time, int capacity, TimeSpan idleTime)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(idleTime, TimeSpan.Zero);
        _time = time;
        IdleTime = idleTime;
        _ring = new Entry?[capacity];
        _entries = new ConcurrentDictionary<ulong, Entry>(Environment.ProcessorCount, capacity, new MacKeyComparer());
        _idleTicks = (long)(idleTime.TotalSeconds * time.TimestampFrequency);
        // Writing the time of a busy address for each packet would bounce its cache line between lanes.
        _refreshTicks = Math.Max(1, Math.Min(time.TimestampFrequency, _idleTicks / 8));
    }

    /// <summary>Raised, on the thread that brought it about, after <see cref="Version"/> has changed.</summary>
    public event EventHandler? Changed;

    /// <summary>
    /// Grows when a lookup may have a new answer: an address is new, has moved, or is forgotten. Seeing an address again changes nothing.
    /// </summary>
    public ulong Version => Volatile.Read(ref _version);

    /// <summary>The time until a silent address is forgotten.</summary>
    public TimeSpan IdleTime { get; }

    /// <summary>Entries held, including expired ones that were not yet replaced.</summary>
    public int Count => _entries.Count;

    /// <summary>Entries it can hold.</summary>
    public int Capacity => _ring.Length;

    /// <summary>Static entries.</summary>
    public int StaticCount => Volatile.Read(ref _static);

    /// <summary>How often a new address was seen.</summary>
    public long Learned => Volatile.Read(ref _learned);

    /// <summary>Entries forgotten because nothing was heard for <see cref="IdleTime"/>.</summary>
    public long Expired => Volatile.Read(ref _expired);

    /// <summary>Entries pushed out because the table was full.</summary>
    public long Evicted => Volatile.Read(ref _evicted);

    /// <summary>How often an address was seen on another port than before.</summary>
    public long Moved => Volatile.Read(ref _moved);

    /// <summary>
    /// Notes that <paramref name="source"/> (48 bits) was heard on a port. A multicast address is ignored.
    /// </summary>
    public void Learn(ulong source, ushort vlan, uint port)
    {
        if ((source & MulticastBit) != 0)
            return;
        ulong key = KeyOf(source, vlan);
        long now = _time.GetTimestamp();
        _entries.TryGetValue(key, out Entry? entry);
        // A static entry wins over any packet.
        if (entry is { IsStatic: true })
            return;
        if (entry is not null && entry.Port == port && now - Volatile.Read(ref entry.LastHeard) is long silence && silence < _idleTicks)
        {
            entry.Heard = true;
            if (silence >= _refreshTicks)
                Volatile.Write(ref entry.LastHeard, now);
            return;
        }

        if (LearnChange(key, port, now))
            Changed?.Invoke(this, EventArgs.Empty);
    }

    /// <summary>The port on which an address was last seen; false if it is unknown or has been silent too long.</summary>
    public bool TryLookup(ulong destination, ushort vlan, out uint port)
    {
        if (_entries.TryGetValue(KeyOf(destination, vlan), out Entry? entry)
            && (entry.IsStatic || _time.GetTimestamp() - Volatile.Read(ref entry.LastHeard) < _idleTicks))
        {
            port = entry.Port;
            return true;
        }

        port = 0;
        return false;
    }

    /// <summary>The current entries, in no order.</summary>
    public IReadOnlyList<MacEntry> List()
    {
        var entries = new List<MacEntry>();
        long now = _time.GetTimestamp();
        foreach (Entry entry in _entries.Values)
        {
            long silence = now - Volatile.Read(ref entry.LastHeard);
            if (!entry.IsStatic && silence >= _idleTicks)
                continue;
            var age = TimeSpan.FromSeconds(Math.Max(0, silence) / (double)_time.TimestampFrequency);
            entries.Add(new MacEntry(
                entry.Key & ((1UL << VlanShift) - 1), (ushort)(entry.Key >> VlanShift), entry.Port, age, entry.IsStatic));
        }

        return entries;
    }

    /// <summary>
    /// Adds a static entry, which stays whatever packets say, until it is removed or replaced; false if the table is full of static entries
    /// (<c>mac_learning_add_static_entry</c>).
    /// </summary>
    public bool TryAddStatic(ulong address, ushort vlan, uint port)
    {
        lock (_changes)
        {
            ulong key = KeyOf(address, vlan);
            _entries.TryGetValue(key, out Entry? before);
            if (before is not { IsStatic: true } && _static >= _ring.Length - 1)
                return false;
            if (before is not null)
                Remove(before);
            long now = _time.GetTimestamp();
            var entry = new Entry(key, port, now, isStatic: true);
            _ring[FreeSlot(now)] = entry;
            _entries[key] = entry;
            _static++;
            _version++;
        }

        Changed?.Invoke(this, EventArgs.Empty);
        return true;
    }

    /// <summary>Removes a static entry; false if there is none (<c>mac_learning_del_static_entry</c>).</summary>
    public bool RemoveStatic(ulong address, ushort vlan)
    {
        lock (_changes)
        {
            if (!_entries.TryGetValue(KeyOf(address, vlan), out Entry? entry) || !entry.IsStatic)
                return false;
            Remove(entry);
            _version++;
        }

        Changed?.Invoke(this, EventArgs.Empty);
        return true;
    }

    /// <summary>Counts from 0 again (<c>mac_learning_clear_statistics</c>).</summary>
    public void ClearStatistics()
    {
        lock (_changes)
        {
            _learned = 0;
            _expired = 0;
            _evicted = 0;
            _moved = 0;
        }
    }

    /// <summary>Forgets all entries except static ones.</summary>
    public void Flush()
    {
        lock (_changes)
        {
            for (int slot = 0; slot < _ring.Length; slot++)
            {
                if (_ring[slot] is not Entry { IsStatic: false } entry)
                    continue;
                _entries.TryRemove(entry.Key, out _);
                _ring[slot] = null;
            }

            _hand = 0;
            _version++;
        }

        Changed?.Invoke(this, EventArgs.Empty);
    }

    /// <summary>Forgets all entries behind some ports, static ones too (<c>bundle_flush_macs</c>).</summary>
    public void Forget(IReadOnlySet<uint> ports)
    {
        bool changed = false;
        lock (_changes)
        {
            for (int slot = 0; slot < _ring.Length; slot++)
            {
                if (_ring[slot] is not Entry entry || !ports.Contains(entry.Port))
                    continue;
                _entries.TryRemove(entry.Key, out _);
                _ring[slot] = null;
                _static -= entry.IsStatic ? 1 : 0;
                changed = true;
            }

            if (changed)
                _version++;
        }

        if (changed)
            Changed?.Invoke(this, EventArgs.Empty);
    }

    /// <summary>Forgets the addresses that have been silent too long, so that flows which rely on them change.</summary>
    public void Expire()
    {
        bool changed = false;
        lock (_changes)
        {
            long now = _time.GetTimestamp();
            for (int slot = 0; slot < _ring.Length; slot++)
            {
                if (_ring[slot] is not Entry { IsStatic: false } entry || now - Volatile.Read(ref entry.LastHeard) < _idleTicks)
                    continue;
                _entries.TryRemove(entry.Key, out _);
                _ring[slot] = null;
                _expired++;
                changed = true;
            }

            if (changed)
                _version++;
        }

        if (changed)
            Changed?.Invoke(this, EventArgs.Empty);
    }

    private static ulong KeyOf(ulong address, ushort vlan) => ((ulong)vlan << VlanShift) | address;

    /// <summary>Learns an address that is new, has moved or has been silent too long; false if another lane was faster.</summary>
    private bool LearnChange(ulong key, uint port, long now)
    {
        lock (_changes)
        {
            if (_entries.TryGetValue(key, out Entry? known))
            {
                if (known.IsStatic)
                    return false;
                bool moved = known.Port != port;
                bool changed = moved || now - Volatile.Read(ref known.LastHeard) >= _idleTicks;
                known.Port = port;
                known.Heard = true;
                Volatile.Write(ref known.LastHeard, now);
                _moved += moved ? 1 : 0;
                _version += changed ? 1UL : 0;
                return changed;
            }

            var entry = new Entry(key, port, now, isStatic: false);
            _ring[FreeSlot(now)] = entry;
            _entries[key] = entry;
            _learned++;
            _version++;
            return true;
        }
    }

    /// <summary>The second-chance clock: an entry heard since the hand last passed stays for one more round.</summary>
    private int FreeSlot(long now)
    {
        while (true)
        {
            int slot = _hand;
            _hand = (_hand + 1) % _ring.Length;
            if (_ring[slot] is not Entry entry)
                return slot;
            if (entry.IsStatic)
                continue;
            bool idle = now - Volatile.Read(ref entry.LastHeard) >= _idleTicks;
            if (entry.Heard && !idle)
            {
                entry.Heard = false;
                continue;
            }

            _entries.TryRemove(entry.Key, out _);
            _ = idle ? _expired++ : _evicted++;
            return slot;
        }
    }

    private void Remove(Entry entry)
    {
        _entries.TryRemove(entry.Key, out _);
        _ring[Array.IndexOf(_ring, entry)] = null;
        _static -= entry.IsStatic ? 1 : 0;
    }

    private sealed class Entry(ulong key, uint port, long lastHeard, bool isStatic)
    {
        public readonly bool IsStatic = isStatic;
        public readonly ulong Key = key;
        public long LastHeard = lastHeard;
        public volatile uint Port = port;
        public volatile bool Heard;
    }
}
