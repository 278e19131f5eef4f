using System.Diagnostics.CodeAnalysis;

namespace UpcallActors.Pipeline;

/// <summary>
/// A bounded queue from several lanes to one reader that never makes a lane wait: a full queue refuses. Each place has a turn: it is
/// written if the turn equals the writer's ticket, and read if it is one more (the bounded queue of Dmitry Vyukov). A writer that is
/// interrupted between taking its ticket and giving its place away holds up the reader, not other writers.
/// </summary>
internal sealed class UpcallRing
{
    private readonly MonitoredUpcall?[] _places;
    private readonly long[] _turns;
    private readonly int _mask;
    private long _written;
    private long _read;

    /// <summary>A queue of <paramref name="capacity"/> places, a power of two.</summary>
    public UpcallRing(int capacity)
    {
        _places = new MonitoredUpcall?[capacity];
        _turns = new long[capacity];
        _mask = capacity - 1;
        for (int i = 0; i < capacity; i++)
            _turns[i] = i;
    }

    /// <summary>Whether something is to be read, or is just being written.</summary>
    public bool IsEmpty => Volatile.Read(ref _written) == Volatile.Read(ref _read);

    /// <summary>Whether another would hardly find a place.</summary>
    public bool IsFull => Volatile.Read(ref _written) - Volatile.Read(ref _read) >= _places.Length;

    /// <summary>Adds an upcall; false when the queue is full. From any thread.</summary>
    public bool TryAdd(MonitoredUpcall upcall)
    {
        long ticket = Volatile.Read(ref _written);
        while (true)
        {
            long turn = Volatile.Read(ref _turns[ticket & _mask]);
            if (turn < ticket)
                return false;
            if (turn > ticket)
            {
                ticket = Volatile.Read(ref _written);
                continue;
            }

            long seen = Interlocked.CompareExchange(ref _written, ticket + 1, ticket);
            if (seen == ticket)
                break;
            ticket = seen;
        }

        _places[ticket & _mask] = upcall;
        Volatile.Write(ref _turns[ticket & _mask], ticket + 1);
        return true;
    }

    /// <summary>Takes the oldest upcall; false when there is none. One thread at a time.</summary>
    public bool TryTake([NotNullWhen(true)] out MonitoredUpcall? upcall)
    {
        long ticket = _read;
        int place = (int)(ticket & _mask);
        upcall = null;
        if (Volatile.Read(ref _turns[place]) != ticket + 1)
            return false;
        upcall = _places[place]!;
        _places[place] = null;
        Volatile.Write(ref _turns[place], ticket + _places.Length);
        Volatile.Write(ref _read, ticket + 1);
        return true;
    }
}
