using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace UpcallActors.Linux;

/// <summary>
/// What one <c>sendmsg</c> carries: pieces of <see cref="NativeRegion"/>s in order, gathered without copying. The pieces
/// together are whole Netlink messages back to back; a message may span several pieces. Borrows the regions: they must
/// outlive the send. Not thread-safe.
/// </summary>
public sealed unsafe class SendVector
{
    private readonly SocketCalls.IoVector[] _pieces;
    private readonly NativeRegion[] _regions;

    /// <summary>Room for <paramref name="capacity"/> pieces (the kernel takes at most 1,024, <c>UIO_MAXIOV</c>).</summary>
    public SendVector(int capacity)
    {
        _pieces = GC.AllocateArray<SocketCalls.IoVector>(capacity, pinned: true);
        _regions = new NativeRegion[capacity];
    }

    /// <summary>Pieces held.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of all pieces.</summary>
    public int TotalLength { get; private set; }

    /// <summary>Pieces that still fit.</summary>
    public int Free => _pieces.Length - Count;

    /// <summary>A piece. Throws when its region has been disposed since.</summary>
    public ReadOnlySpan<byte> this[int piece]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)piece, (uint)Count, nameof(piece));
            ObjectDisposedException.ThrowIf(_regions[piece].IsDisposed, _regions[piece]);
            return new ReadOnlySpan<byte>(_pieces[piece].Start, (int)_pieces[piece].Length);
        }
    }

    /// <summary>Appends a piece; throws when it lies outside its region or no room is left (look at <see cref="Free"/> first).</summary>
    public void Append(NativeRegion region, int offset, int length)
    {
        int total = checked(TotalLength + length);
        _pieces[Count] = new SocketCalls.IoVector { Start = region.Address(offset, length), Length = (nuint)length };
        _regions[Count] = region;
        Count++;
        TotalLength = total;
    }

    /// <summary>Forgets the pieces.</summary>
    public void Clear()
    {
        Count = 0;
        TotalLength = 0;
    }

    /// <summary>The pieces for a system call; the array is pinned, so the address stays.</summary>
    internal SocketCalls.IoVector* Pieces => (SocketCalls.IoVector*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_pieces));

    /// <summary>Throws when the region of a piece has been disposed since: the kernel would read memory that may be another's.</summary>
    internal void RefuseDisposed()
    {
        for (int piece = 0; piece < Count; piece++)
            ObjectDisposedException.ThrowIf(_regions[piece].IsDisposed, _regions[piece]);
    }
}
