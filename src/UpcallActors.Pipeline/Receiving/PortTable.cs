using System.Numerics;

namespace UpcallActors.Pipeline;

/// <summary>
/// A lane's ports: how many upcalls of each are on their way, were received, were shed. Bounded: ports beyond
/// <see cref="Capacity"/> share one entry. Entries are added by the receiver alone; their counts change on any thread.
/// </summary>
internal sealed class PortTable
{
    /// <summary>The entry of ports for which the table had no room, and of upcalls whose port cannot be read.</summary>
    public const short Others = 0;

    /// <summary>Entries, <see cref="Others"/> included.</summary>
    public const int Capacity = 1024;

    private const int Buckets = 2 * Capacity;

    private readonly short[] _buckets = new short[Buckets];
    private readonly uint[] _ports = new uint[Capacity];
    private readonly int[] _inFlight = new int[Capacity];
    private readonly long[] _received = new long[Capacity];
    private readonly long[] _shed = new long[Capacity];
    private int _count = 1;
    private int _active;
    private uint _lastPort;
    private short _lastEntry = -1;

    /// <summary>Entries in use, <see cref="Others"/> included.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Ports with upcalls on their way.</summary>
    public int Active => Volatile.Read(ref _active);

    /// <summary>The datapath port of an entry; of <see cref="Others"/> it is 0 and means nothing.</summary>
    public uint PortOf(int entry) => _ports[entry];

    /// <summary>Upcalls received on an entry's port.</summary>
    public long ReceivedOn(int entry) => Volatile.Read(ref _received[entry]);

    /// <summary>Upcalls shed on an entry's port.</summary>
    public long ShedOn(int entry) => Volatile.Read(ref _shed[entry]);

    /// <summary>Upcalls of an entry's port that are on their way.</summary>
    public int InFlight(int entry) => Volatile.Read(ref _inFlight[entry]);

    /// <summary>The entry of a port, added if it is new and there is room. Receiver's thread only.</summary>
    public short EntryOf(uint port)
    {
        if (_lastEntry >= 0 && port == _lastPort)
            return _lastEntry;
        _lastPort = port;
        return _lastEntry = Find(port);
    }

    /// <summary>Counts upcalls of a port as received and on their way.</summary>
    public void Admit(short entry, int upcalls)
    {
        Volatile.Write(ref _received[entry], _received[entry] + upcalls);
        if (Interlocked.Add(ref _inFlight[entry], upcalls) == upcalls)
            Interlocked.Increment(ref _active);
    }

    /// <summary>Counts an upcall of a port as received and shed.</summary>
    public void Shed(short entry)
    {
        Volatile.Write(ref _received[entry], _received[entry] + 1);
        Volatile.Write(ref _shed[entry], _shed[entry] + 1);
    }

    /// <summary>Takes a batch's upcalls off their ports; called once when it goes back to its pool.</summary>
    public void Release(UpcallBatch batch)
    {
        int start = 0;
        while (start < batch.Count)
        {
            short entry = batch.Record(start).Port;
            int end = start + 1;
            while (end < batch.Count && batch.Record(end).Port == entry)
                end++;
            if (Interlocked.Add(ref _inFlight[entry], start - end) == 0)
                Interlocked.Decrement(ref _active);
            start = end;
        }
    }

    private short Find(uint port)
    {
        int bucket = (int)(BitOperations.RotateLeft(port * 0x9E3779B1u, 11) & (Buckets - 1));
        while (_buckets[bucket] != 0)
        {
            if (_ports[_buckets[bucket]] == port)
                return _buckets[bucket];
            bucket = (bucket + 1) & (Buckets - 1);
        }

        if (_count == Capacity)
            return Others;
        short entry = (short)_count;
        _ports[entry] = port;
        _buckets[bucket] = entry;
        Volatile.Write(ref _count, _count + 1);
        return entry;
    }
}
