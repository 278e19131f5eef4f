using System.Buffers.Binary;
using UpcallActors.Linux;

namespace UpcallActors.Embedded;

/// <summary>
/// The upcalls that wait for one handler: a ring of bytes in memory that is committed when touched, bounded like a socket
/// buffer. One writer (under the datapath's lock) and one reader; its own lock covers both.
/// </summary>
internal sealed class UpcallQueue : IDisposable
{
    private const int Alignment = 8;
    private const int HeaderLength = 8;

    /// <summary>Stands where a length should be and sends the reader to the ring's start.</summary>
    private const int Wrap = -1;

    private readonly Lock _lock = new();
    private readonly NativeRegion _ring;
    private readonly EventFd _ready = new();
    private int _head;
    private int _tail;
    private int _waiting;
    private int _reserved;
    private long _dropped;
    private bool _disposed;

    /// <summary>Makes a queue of <paramref name="capacity"/> bytes, messages and 8 bytes for each.</summary>
    public UpcallQueue(int capacity) => _ring = new NativeRegion(capacity & -Alignment);

    /// <summary>Readable while upcalls wait.</summary>
    public int Descriptor => _ready.Descriptor;

    /// <summary>Upcalls that found the queue full.</summary>
    public ulong Dropped => (ulong)Volatile.Read(ref _dropped);

    /// <summary>
    /// Reserves room for a message of at most <paramref name="length"/> bytes; empty (and counted) if the queue is full or has no reader. A
    /// reservation is followed by <see cref="Commit"/> before anything else.
    /// </summary>
    public Span<byte> Reserve(int length)
    {
        lock (_lock)
        {
            int needed = Padded(length);
            if (!_disposed && TryPlace(needed, out int place))
            {
                _reserved = place;
                return _ring.Slice(place + HeaderLength, length);
            }

            Volatile.Write(ref _dropped, _dropped + 1);
            return [];
        }
    }

    /// <summary>Puts the reserved message, of <paramref name="length"/> bytes in the end, into the queue.</summary>
    public void Commit(int length)
    {
        lock (_lock)
        {
            if (_disposed)
                return;
            if (_reserved != _tail)
                WriteLength(_tail, Wrap);
            WriteLength(_reserved, length);
            _tail = _reserved + Padded(length);
            if (_waiting++ == 0)
                _ready.Signal();
        }
    }

    /// <summary>Moves waiting upcalls into slots.</summary>
    public int Receive(MessageSlots slots, int first, int count)
    {
        lock (_lock)
        {
            int taken = 0;
            while (taken < count && _waiting > 0 && !_disposed)
            {
                TakeInto(slots, first + taken);
                taken++;
            }

            return taken;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _ring.Dispose();
            _ready.Dispose();
        }
    }

    private void TakeInto(MessageSlots slots, int slot)
    {
        int length = Room(_head) < HeaderLength ? Wrap : ReadLength(_head);
        if (length == Wrap)
        {
            _head = 0;
            length = ReadLength(_head);
        }

        ReadOnlySpan<byte> message = _ring.Slice(_head + HeaderLength, length);
        Span<byte> target = slots.Slot(slot);
        bool truncated = length > target.Length;
        if (truncated)
            message = message[..target.Length];
        message.CopyTo(target);
        slots.SetReceived(slot, message.Length, truncated);
        _head += Padded(length);
        if (--_waiting == 0)
            _ready.Reset();
    }

    /// <summary>Finds a contiguous place behind the tail, or at the start if the reader is past it.</summary>
    private bool TryPlace(int needed, out int place)
    {
        if (_waiting == 0)
        {
            // Only here may the ring start over: between a reservation and its commit the reader may empty it.
            _head = 0;
            _tail = 0;
            place = 0;
            return needed <= _ring.Length;
        }

        place = _tail;
        if (_tail > _head)
        {
            if (needed <= Room(_tail))
                return true;
            place = 0;
            return needed < _head;
        }

        return needed < _head - _tail;
    }

    private int Room(int offset) => _ring.Length - offset;

    private int ReadLength(int offset) => BinaryPrimitives.ReadInt32LittleEndian(_ring.Slice(offset, sizeof(int)));

    private void WriteLength(int offset, int length)
    {
        if (Room(offset) >= HeaderLength)
            BinaryPrimitives.WriteInt32LittleEndian(_ring.Slice(offset, sizeof(int)), length);
    }

    private static int Padded(int length) => (HeaderLength + length + Alignment - 1) & -Alignment;
}
