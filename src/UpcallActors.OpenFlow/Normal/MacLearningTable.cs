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

    /// <summary>Grows whenever a lookup may have another answer than before: a station is new, has moved, or is forgotten. Hearing a station again changes nothing.</summary>
    public ulong Version => Volatile.Read(ref _version);

    /// <summary>How long a silent station is remembered.</summary>
    public TimeSpan IdleTime { get; }

    /// <summary>Entries held, those included whose time is over but which nobody has replaced yet.</summary>
    public int Count => _byStation.Count;

    /// <summary>Entries it can hold.</summary>
    public int Capacity => _ring.Length;

    /// <summary>Times a station was heard that was not known.</summary>
    public long Learned => Volatile.Read(ref _learned);

    /// <summary>Entries forgotten because nothing was heard for <see cref="IdleTime"/>.</summary>
    public long Expired => Volatile.Read(ref _expired);

    /// <summary>Entries pushed out because the table was full.</summary>
    public long Evicted => Volatile.Read(ref _evicted);

    /// <summary>Times a station was heard on another port than before.</summary>
    public long Moved => Volatile.Read(ref _moved);

    /// <summary>Notes that <paramref name="source"/> (48 bits) was heard on a port. A multicast address is no station and is ignored.</summary>
    public void Learn(ulong source, ushort vlan, uint port)
    {
        if ((source & MulticastBit) != 0)
            return;
        ulong station = Station(source, vlan);
        long now = _time.GetTimestamp();
        if (_byStation.TryGetValue(station, out Entry? entry) && entry.Port == port && now - Volatile.Read(ref entry.LastHeard) is long silence && silence < _idleTicks)
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
        if (_byStation.TryGetValue(Station(destination, vlan), out Entry? entry) && _time.GetTimestamp() - Volatile.Read(ref entry.LastHeard) < _idleTicks)
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
            if (silence < _idleTicks)
                entries.Add(new MacEntry(entry.Station & ((1UL << VlanShift) - 1), (ushort)(entry.Station >> VlanShift), entry.Port, TimeSpan.FromSeconds(Math.Max(0, silence) / (double)_time.TimestampFrequency)));
        }

        return entries;
    }

    /// <summary>Forgets all stations.</summary>
    public void Flush()
    {
        lock (_changes)
        {
            _byStation.Clear();
            Array.Clear(_ring);
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
                if (_ring[slot] is not Entry entry || now - Volatile.Read(ref entry.LastHeard) < _idleTicks)
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
                bool moved = known.Port != port;
                bool changed = moved || now - Volatile.Read(ref known.LastHeard) >= _idleTicks;
                known.Port = port;
                known.Heard = true;
                Volatile.Write(ref known.LastHeard, now);
                _moved += moved ? 1 : 0;
                _version += changed ? 1UL : 0;
                return changed;
            }

            var entry = new Entry(station, port, now);
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

    private sealed class Entry(ulong station, uint port, long lastHeard)
    {
        public readonly ulong Station = station;
        public long LastHeard = lastHeard;
        public volatile uint Port = port;
        public volatile bool Heard;
    }
}
