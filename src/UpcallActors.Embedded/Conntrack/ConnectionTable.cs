using System.Numerics;

using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <summary>
/// The committed connections, found by either direction's tuple and zone. Bounded; each caller sweeps a few expired ones. Connections are
/// numbered slots, so that a walk over all of them can be interrupted.
/// </summary>
internal sealed class ConnectionTable
{
    private const int None = -1;
    private const int SweepPerPacket = 2;
    private const int MaxBuckets = 1 << 19;
    private const int MaxSourceBuckets = 1 << 16;
    private const int EvictionRange = 64;
    private readonly KeyedHash _hash = KeyedHash.Create();
    private readonly int[] _buckets;
    private readonly Connection?[] _bySource;
    private readonly Stack<Connection> _spare = new();
    private readonly Stack<int> _freeSlots = new();
    private Connection?[] _slots = new Connection?[64];
    private int _slotsUsed;
    private int _sweepCursor;
    private int _evictionCursor;

    internal ConnectionTable(int maxConnections)
    {
        Most = maxConnections;
        // Each connection has two entries; a bucket with more than one or two costs a cache miss for each.
        _buckets = new int[BucketsFor(maxConnections * 2L, MaxBuckets)];
        Array.Fill(_buckets, None);
        _bySource = new Connection?[BucketsFor(maxConnections, MaxSourceBuckets)];
    }

    internal int Count { get; private set; }

    /// <summary>Connections kept at most. If the limit falls, existing ones stay until they expire.</summary>
    internal int Most { get; set; }

    /// <summary>How many each zone may have.</summary>
    internal ZoneLimits Limits { get; } = new();

    internal ulong Expired { get; private set; }

    internal ulong EarlyDropped { get; private set; }

    /// <summary>One past the highest slot that may hold a connection.</summary>
    internal int SlotLimit => _slotsUsed;

    internal Connection? this[int slot] => _slots[slot];

    /// <summary>An empty connection outside of the table.</summary>
    internal Connection Take()
    {
        if (!_spare.TryPop(out Connection? connection))
            return new Connection();
        connection.Reset();
        return connection;
    }

    /// <summary>Finds by tuple and zone; expired ones go and are not found.</summary>
    internal Connection? Find(in ConntrackTuple tuple, ushort zone, long now, out int direction) =>
        Find(in tuple, zone, now, ignored: null, out direction);

    /// <summary>
    /// Whether another connection than <paramref name="candidate"/> would take this answer for its own
    /// (<c>nf_conntrack_tuple_taken</c>). One with the same original tuple is the same flow and does not count.
    /// </summary>
    internal bool IsTaken(in ConntrackTuple reply, Connection candidate, long now) =>
        Find(in reply, candidate.Zone, now, candidate, out _) is not null;

    /// <summary>Walks the connections whose original sender is the tuple's.</summary>
    internal Connection? FindBySource(in ConntrackTuple tuple, ushort zone, Connection? after)
    {
        ulong hash = tuple.HashSource(_hash, zone);
        Connection? candidate = after is null ? SourceBucket(hash) : after.NextBySource;
        while (candidate is not null && !(candidate.SourceHash == hash && candidate.Zone == zone && HasSource(candidate, in tuple)))
            candidate = candidate.NextBySource;
        return candidate;
    }

    /// <summary>Whether there is room for one more, if need be at the expense of one that is not assured (<c>early_drop</c>).</summary>
    internal bool HasRoom(long now)
    {
        if (Count < Most)
            return true;
        for (int i = 0; i < EvictionRange; i++)
        {
            Connection? victim = NextSlot(ref _evictionCursor);
            if (victim is null || (victim.Deadline > now && victim.Has(ConnectionStatus.Assured)))
                continue;
            if (victim.Deadline > now)
                EarlyDropped++;
            else
                Expired++;
            Remove(victim);
            return true;
        }

        return false;
    }

    /// <summary>Adds a connection, unless one of its tuples is taken. The table owns it from then on.</summary>
    internal bool TryInsert(Connection connection, long now)
    {
        if (Find(in connection.OriginalTuple, connection.Zone, now, out _) is not null
            || Find(in connection.ReplyTuple, connection.Zone, now, out _) is not null)
            return false;
        if (!_freeSlots.TryPop(out int slot))
            slot = _slotsUsed++;
        if (slot == _slots.Length)
            Array.Resize(ref _slots, slot * 2);
        _slots[slot] = connection;
        connection.Slot = slot;
        connection.OriginalHash = connection.OriginalTuple.Hash(_hash, connection.Zone);
        connection.ReplyHash = connection.ReplyTuple.Hash(_hash, connection.Zone);
        connection.SourceHash = connection.OriginalTuple.HashSource(_hash, connection.Zone);
        ref int original = ref _buckets[Bucket(connection.OriginalHash)];
        connection.NextOriginal = original;
        original = slot * 2;
        ref int reply = ref _buckets[Bucket(connection.ReplyHash)];
        connection.NextReply = reply;
        reply = (slot * 2) + 1;
        LinkBySource(connection);
        Limits.Added(connection.Zone);
        Count++;
        return true;
    }

    /// <summary>Takes a connection out. Its content stays readable until the next <see cref="Take"/>.</summary>
    internal void Remove(Connection connection)
    {
        int slot = connection.Slot;
        if (slot < 0)
            return;
        Unlink(connection.OriginalHash, slot * 2, connection.NextOriginal);
        Unlink(connection.ReplyHash, (slot * 2) + 1, connection.NextReply);
        UnlinkBySource(connection);
        _slots[slot] = null;
        connection.Slot = None;
        _freeSlots.Push(slot);
        _spare.Push(connection);
        Limits.Removed(connection.Zone);
        Count--;
    }

    /// <summary>Looks at a few connections and removes those whose time is over.</summary>
    internal void Sweep(long now)
    {
        for (int i = 0; i < SweepPerPacket && Count > 0; i++)
        {
            if (NextSlot(ref _sweepCursor) is { } connection && connection.Deadline <= now)
                Expire(connection);
        }
    }

    /// <summary>
    /// Looks at the next <paramref name="count"/> slots and removes the connections whose time is over; false when there are no more slots.
    /// </summary>
    internal bool Expire(ref int cursor, int count, long now)
    {
        int end = (int)Math.Min((long)cursor + count, _slotsUsed);
        for (; cursor < end; cursor++)
        {
            if (_slots[cursor] is { } connection && connection.Deadline <= now)
                Expire(connection);
        }

        return cursor < _slotsUsed;
    }

    private static bool HasSource(Connection connection, in ConntrackTuple tuple) =>
        connection.OriginalTuple.Source == tuple.Source
        && connection.OriginalTuple.SourcePort == tuple.SourcePort
        && connection.OriginalTuple.Protocol == tuple.Protocol
        && connection.OriginalTuple.IsIpv6 == tuple.IsIpv6;

    private Connection? Find(in ConntrackTuple tuple, ushort zone, long now, Connection? ignored, out int direction)
    {
        ulong hash = tuple.Hash(_hash, zone);
        int entry = _buckets[Bucket(hash)];
        while (entry != None)
        {
            Connection connection = _slots[entry >> 1]!;
            direction = entry & 1;
            entry = direction == Connection.Original ? connection.NextOriginal : connection.NextReply;
            ulong entryHash = direction == Connection.Original ? connection.OriginalHash : connection.ReplyHash;
            if (entryHash != hash || connection.Zone != zone || connection.Tuple(direction) != tuple)
                continue;
            if (connection.Deadline <= now)
            {
                // Both of its entries may be in this bucket: start over.
                Expire(connection);
                entry = _buckets[Bucket(hash)];
                continue;
            }

            if (ignored is null || (connection != ignored && connection.OriginalTuple != ignored.OriginalTuple))
                return connection;
        }

        direction = Connection.Original;
        return null;
    }

    private void Expire(Connection connection)
    {
        Expired++;
        Remove(connection);
    }

    private Connection? NextSlot(ref int cursor)
    {
        if (cursor >= _slotsUsed)
            cursor = 0;
        return _slotsUsed == 0 ? null : _slots[cursor++];
    }

    private void Unlink(ulong hash, int entry, int next)
    {
        ref int link = ref _buckets[Bucket(hash)];
        while (link != entry)
        {
            Connection connection = _slots[link >> 1]!;
            link = ref (link & 1) == Connection.Original ? ref connection.NextOriginal : ref connection.NextReply;
        }

        link = next;
    }

    /// <summary>
    /// Only connections whose source NAT has chosen are in it, as in <c>nf_nat_setup_info</c>. The list is doubly linked, because one
    /// sender can fill it with as many connections as the table holds.
    /// </summary>
    private void LinkBySource(Connection connection)
    {
        if (!connection.Has(ConnectionStatus.SourceNatDone))
            return;
        ref Connection? first = ref SourceBucket(connection.SourceHash);
        connection.NextBySource = first;
        if (first is not null)
            first.PreviousBySource = connection;
        first = connection;
    }

    private void UnlinkBySource(Connection connection)
    {
        if (!connection.Has(ConnectionStatus.SourceNatDone))
            return;
        if (connection.PreviousBySource is { } previous)
            previous.NextBySource = connection.NextBySource;
        else
            SourceBucket(connection.SourceHash) = connection.NextBySource;
        if (connection.NextBySource is { } next)
            next.PreviousBySource = connection.PreviousBySource;
        connection.PreviousBySource = null;
        connection.NextBySource = null;
    }

    private static uint BucketsFor(long entries, int most) => BitOperations.RoundUpToPowerOf2((uint)Math.Min(entries, most));

    private ref Connection? SourceBucket(ulong hash) => ref _bySource[(int)(hash & (ulong)(_bySource.Length - 1))];

    private int Bucket(ulong hash) => (int)(hash & (ulong)(_buckets.Length - 1));
}
