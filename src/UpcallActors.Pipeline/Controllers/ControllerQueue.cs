using System.ComponentModel;
using Akka.Actor;
using UpcallActors.Linux;

namespace UpcallActors.Pipeline;

/// <summary>
/// Upcalls for controllers, on their way from the lanes to the one actor that reads them. Bounded, and its memory is there before the first
/// upcall, so that a lane allocates nothing and never waits: what finds no room is refused. Without a reader nothing is kept.
/// </summary>
/// <remarks>
/// A port finds room for as many upcalls as places are free (the dynamic threshold of Choudhury and Hahne). So the port that holds most is
/// refused first, however many flood, and one that is quiet always finds a place. A port alone gets half of the queue.
///
/// Each place has a turn, as in <see cref="UpcallRing"/>: a writer that is interrupted between taking its ticket and giving its place away
/// holds up the reader, not other writers.
/// </remarks>
internal sealed class ControllerQueue
{
    /// <summary>Upcalls that can wait, a power of two. Each has address space for the longest; memory is used by those that come.</summary>
    public const int Capacity = 512;

    private const int Mask = Capacity - 1;

    // Datapath ports are small numbers: the first 1,024 are counted apart, and those behind with one of them.
    private const int PortMask = 1023;

    private readonly long[] _turns = new long[Capacity];
    private readonly uint[] _upcallPids = new uint[Capacity];
    private readonly uint[] _ports = new uint[Capacity];
    private readonly int[] _held = new int[PortMask + 1];
    private readonly Lock _reading = new();
    private BatchPool.Waiter? _reader;
    private MessageSlots? _slots;
    private long _written;
    private long _read;
    private int _told;
    private bool _closed;

    public ControllerQueue()
    {
        for (int i = 0; i < Capacity; i++)
            _turns[i] = i;
    }

    /// <summary>
    /// Begins to keep upcalls. The reader is told once that there are some, and not again before <see cref="TryFinish"/>. There is one
    /// reader at a time. Throws <see cref="Win32Exception"/> when the system refuses the address space.
    /// </summary>
    public void Attach(IActorRef reader, object message)
    {
        lock (_reading)
        {
            if (_closed)
                return;
            _slots ??= new MessageSlots(Capacity);
            Volatile.Write(ref _told, 0);
            Volatile.Write(ref _reader, new BatchPool.Waiter(reader, message));
            if (IsReady)
                Notify();
        }
    }

    /// <summary>Keeps no more upcalls. Those that wait are the next reader's.</summary>
    public void Detach() => Volatile.Write(ref _reader, null);

    /// <summary>
    /// Takes a copy of an upcall from a datapath port; false when there is no room for it. Without a reader it is done with, too. From any
    /// lane.
    /// </summary>
    public bool TryAdd(ReadOnlySpan<byte> message, uint port, uint upcallPid)
    {
        if (Volatile.Read(ref _reader) is null)
            return true;
        ref int held = ref _held[port & PortMask];
        if (Volatile.Read(ref held) >= Capacity - (Volatile.Read(ref _written) - Volatile.Read(ref _read)) || !TryClaim(out long ticket))
            return false;
        Interlocked.Increment(ref held);
        int place = (int)(ticket & Mask);
        message.CopyTo(_slots!.Slot(place));
        _slots.SetReceived(place, message.Length, truncated: false);
        _ports[place] = port;
        _upcallPids[place] = upcallPid;
        Volatile.Write(ref _turns[place], ticket + 1);
        return true;
    }

    /// <summary>Tells the reader that there is something to read, unless it knows. A lane calls it once for all it has added.</summary>
    public void Notify()
    {
        if (Volatile.Read(ref _reader) is { } reader && Interlocked.Exchange(ref _told, 1) == 0)
            reader.Notify();
    }

    /// <summary>Takes the oldest upcall; false when there is none. The reader's.</summary>
    public bool TryTake(out QueuedUpcall upcall)
    {
        upcall = default;
        // For the end alone: lanes have no part in it.
        lock (_reading)
        {
            if (_closed || !IsReady)
                return false;
            int place = (int)(_read & Mask);
            upcall = new QueuedUpcall(_slots!.Message(place).ToArray(), _upcallPids[place]);
            Interlocked.Decrement(ref _held[_ports[place] & PortMask]);
            Volatile.Write(ref _turns[place], _read + Capacity);
            Volatile.Write(ref _read, _read + 1);
            return true;
        }
    }

    /// <summary>
    /// The reader has read all, and wants to be told of more; false when more has come meanwhile and the reader has to go on by itself.
    /// </summary>
    public bool TryFinish()
    {
        Interlocked.Exchange(ref _told, 0);
        return !IsReady || Interlocked.Exchange(ref _told, 1) != 0;
    }

    /// <summary>Frees the memory. Called when the lanes have ended.</summary>
    public void Close()
    {
        lock (_reading)
        {
            Detach();
            _closed = true;
            _slots?.Dispose();
        }
    }

    private bool IsReady => Volatile.Read(ref _turns[_read & Mask]) == _read + 1;

    private bool TryClaim(out long ticket)
    {
        ticket = Volatile.Read(ref _written);
        while (true)
        {
            long turn = Volatile.Read(ref _turns[ticket & Mask]);
            if (turn < ticket)
                return false;
            long seen = turn > ticket ? Volatile.Read(ref _written) : Interlocked.CompareExchange(ref _written, ticket + 1, ticket);
            if (turn == ticket && seen == ticket)
                return true;
            ticket = seen;
        }
    }
}
