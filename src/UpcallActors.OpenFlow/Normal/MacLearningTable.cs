using System.Collections.Concurrent;

namespace UpcallActors.OpenFlow;

/// <summary>
/// Which port each station of a bridge was last heard on, per VLAN. Shared by all lanes: looking up and hearing a known
/// station again take no lock and allocate nothing; only a new or moved station does. An entry is forgotten after
/// <see cref="IdleTime"/>. When the table is full, the entry that goes is one not heard since the
/// clock hand last passed it, so a flood of invented addresses pushes out itself before it does the stations in use.
/// </summary>
public sealed class MacLearningTable
{
    /// <summary>Entries a table holds unless told otherwise (<c>MAC_DEFAULT_MAX</c> in Open vSwitch's mac-learning.h).</summary>
    public const int DefaultCapacity = 8192;

    /// <summary>How long a silent station is remembered unless told otherwise (<c>MAC_ENTRY_DEFAULT_IDLE_TIME</c>).</summary>
    public static readonly TimeSpan DefaultIdleTime = TimeSpan.FromSeconds(300);

    private const ulong MulticastBit = 1UL << 40;
    private const int VlanShift = 48;

    private readonly ConcurrentDictionary<ulong, Entry> _byStation;
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
        _byStation = new ConcurrentDictionary<ulong, Entry>(Environment.ProcessorCount, capacity, new StationComparer());
        _idleTicks = (long)(idleTime.TotalSeconds * time.TimestampFrequency);
        // Writing the time of a busy station on every packet would bounce its cache line between lanes.
        _refreshTicks = Math.Max(1, Math.Min(time.TimestampFrequency, _idleTicks / 8));
    }

    /// <summary>Raised, on the thread that brought it about, after <see cref="Version"/> has changed.</summary>
    public event EventHandler? Changed;

    /// <summary>
    /// Grows whenever a lookup may have another answer than before: a station is
    /// new, has moved, or is forgotten. Hearing a station again changes nothing.
    /// </summary>
    public ulong Version => Volatile.Read(ref _version);

    /// <summary>How long a silent station is remembered.</summary>
    public TimeSpan IdleTime { get; }

    /// <summary>Entries held, those included whose time is over but which nobody has replaced yet.</summary>
    public int Count => _byStation.Count;

    /// <summary>Entries it can hold.</summary>
    public int Capacity => _ring.Length;

    /// <summary>Entries that somebody has put in.</summary>
    public int StaticCount => Volatile.Read(ref _static);

    /// <summary>Times a station was heard that was not known.</summary>
    public long Learned => Volatile.Read(ref _learned);

    /// <summary>Entries forgotten because nothing was heard for <see cref="IdleTime"/>.</summary>
    public long Expired => Volatile.Read(ref _expired);

    /// <summary>Entries pushed out because the table was full.</summary>
    public long Evicted => Volatile.Read(ref _evicted);

    /// <summary>Times a station was heard on another port than before.</summary>
    public long Moved => Volatile.Read(ref _moved);

    /// <summary>
    /// Notes that <paramref name="source"/> (48 bits) was heard on a port. A multicast address is no station and is ignored.
    /// </summary>
    public void Learn(ulong source, ushort vlan, uint port)
    {
        if ((source & MulticastBit) != 0)
            return;
        ulong station = Station(source, vlan);
        long now = _time.GetTimestamp();
        _byStation.TryGetValue(station, out Entry? entry);
        // Who has put it in knows better than a packet, whoever sent that.
        if (entry is { IsStatic: true })
            return;
        if (entry is not null && entry.Port == port && now - Volatile.Read(ref entry.LastHeard) is long silence && silence < _idleTicks)
        {
            entry.Heard = true;
            if (silence >= _refreshTicks)
                Volatile.Write(ref entry.LastHeard, now);
            return;
        }

        if (LearnChange(station, port, now))
            Changed?.Invoke(this, EventArgs.Empty);
    }

    /// <summary>The port a station was last heard on; false when it is not known or has been silent too long.</summary>
    public bool TryLookup(ulong destination, ushort vlan, out uint port)
    {
        if (_byStation.TryGetValue(Station(destination, vlan), out Entry? entry)
            && (entry.IsStatic || _time.GetTimestamp() - Volatile.Read(ref entry.LastHeard) < _idleTicks))
        {
            port = entry.Port;
            return true;
        }

        port = 0;
        return false;
    }

    /// <summary>The stations that are known now, in no order.</summary>
    public IReadOnlyList<MacEntry> List()
    {
        var entries = new List<MacEntry>();
        long now = _time.GetTimestamp();
        foreach (Entry entry in _byStation.Values)
        {
            long silence = now - Volatile.Read(ref entry.LastHeard);
            if (!entry.IsStatic && silence >= _idleTicks)
                continue;
            var age = TimeSpan.FromSeconds(Math.Max(0, silence) / (double)_time.TimestampFrequency);
            entries.Add(new MacEntry(
                entry.Station & ((1UL << VlanShift) - 1), (ushort)(entry.Station >> VlanShift), entry.Port, age, entry.IsStatic));
        }

        return entries;
    }

    /// <summary>
    /// Puts a station in that stays where it is, whoever is heard from its address, until it is taken out or put elsewhere; false when the
    /// table is full of such (<c>mac_learning_add_static_entry</c>).
    /// </summary>
    public bool TryAddStatic(ulong station, ushort vlan, uint port)
    {
        lock (_changes)
        {
            ulong key = Station(station, vlan);
            _byStation.TryGetValue(key, out Entry? before);
            if (before is not { IsStatic: true } && _static >= _ring.Length - 1)
                return false;
            if (before is not null)
                Remove(before);
            long now = _time.GetTimestamp();
            var entry = new Entry(key, port, now, isStatic: true);
            _ring[FreeSlot(now)] = entry;
            _byStation[key] = entry;
            _static++;
            _version++;
        }

        Changed?.Invoke(this, EventArgs.Empty);
        return true;
    }

    /// <summary>Takes out a station that was put in; false when there is none (<c>mac_learning_del_static_entry</c>).</summary>
    public bool RemoveStatic(ulong station, ushort vlan)
    {
        lock (_changes)
        {
            if (!_byStation.TryGetValue(Station(station, vlan), out Entry? entry) || !entry.IsStatic)
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

    /// <summary>Forgets all stations but those that were put in.</summary>
    public void Flush()
    {
        lock (_changes)
        {
            for (int slot = 0; slot < _ring.Length; slot++)
            {
                if (_ring[slot] is not Entry { IsStatic: false } entry)
                    continue;
                _byStation.TryRemove(entry.Station, out _);
                _ring[slot] = null;
            }

            _hand = 0;
            _version++;
        }

        Changed?.Invoke(this, EventArgs.Empty);
    }

    /// <summary>Forgets the stations that have been silent too long, so that those who rely on them find out.</summary>
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
                _byStation.TryRemove(entry.Station, out _);
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

    private static ulong Station(ulong address, ushort vlan) => ((ulong)vlan << VlanShift) | address;

    /// <summary>Learns a station that is new, has moved or has been silent too long; false when another lane was faster.</summary>
    private bool LearnChange(ulong station, uint port, long now)
    {
        lock (_changes)
        {
            if (_byStation.TryGetValue(station, out Entry? known))
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

            var entry = new Entry(station, port, now, isStatic: false);
            _ring[FreeSlot(now)] = entry;
            _byStation[station] = entry;
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

            _byStation.TryRemove(entry.Station, out _);
            _ = idle ? _expired++ : _evicted++;
            return slot;
        }
    }

    private void Remove(Entry entry)
    {
        _byStation.TryRemove(entry.Station, out _);
        _ring[Array.IndexOf(_ring, entry)] = null;
        _static -= entry.IsStatic ? 1 : 0;
    }

    private sealed class Entry(ulong station, uint port, long lastHeard, bool isStatic)
    {
        public readonly bool IsStatic = isStatic;
        public readonly ulong Station = station;
        public long LastHeard = lastHeard;
        public volatile uint Port = port;
        public volatile bool Heard;
    }
}
