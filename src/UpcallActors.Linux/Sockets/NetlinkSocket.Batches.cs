using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace UpcallActors.Linux;

/// <content>Receiving many datagrams in one call.</content>
internal sealed unsafe partial class NetlinkSocket
{
    /// <summary>The most datagrams that one call takes.</summary>
    public const int BatchLimit = 64;

    private long _foreignMessages;
    private SocketCalls.ManyMessageHeader[] _headers = [];
    private SocketCalls.IoVector[] _pieces = [];
    private SocketCalls.NetlinkAddress[] _senders = [];

    /// <summary>
    /// Datagrams that did not come from the kernel and were thrown away by
    /// <see cref="Receive(MessageSlots, int, int, out Errno)"/>. Readable from any thread.
    /// </summary>
    public long ForeignMessages => Volatile.Read(ref _foreignMessages);

    /// <summary>
    /// Takes up to <paramref name="count"/> waiting datagrams of the kernel, at most <see cref="BatchLimit"/>, into the slots from
    /// <paramref name="first"/> on, by one <c>recvmmsg</c>; never waits. Returns how many there are. Fewer than asked for does not
    /// mean that no more wait. <paramref name="error"/> is <see cref="Errno.TryAgain"/> when nothing waited.
    /// </summary>
    public int Receive(MessageSlots slots, int first, int count, out Errno error)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)first, (uint)slots.Count, nameof(first));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(slots.Count - first), nameof(count));
        count = Math.Min(count, BatchLimit);
        error = Errno.None;
        if (count == 0)
            return 0;
        if (!TryHold())
        {
            error = Errno.BadDescriptor;
            return 0;
        }

        Prepare(slots, first, count);
        int received;
        do
        {
            received = SocketCalls.ReceiveMany(_handle, Address(_headers), (uint)count, SocketCalls.MessageDontWait, null);
        }
        while (received < 0 && LastError() == Errno.Interrupted);
        if (received < 0)
            error = LastError();
        _handle.DangerousRelease();
        return received > 0 ? Accept(slots, first, received) : 0;
    }

    /// <summary>The arrays are pinned.</summary>
    private static T* Address<T>(T[] pinned)
        where T : unmanaged => (T*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned));

    /// <summary>Points the headers at the slots. What the kernel wrote into them last time is written anew.</summary>
    private void Prepare(MessageSlots slots, int first, int count)
    {
        if (_headers.Length == 0)
            AllocateHeaders();
        byte* slot = slots.Region.Address(MessageSlots.OffsetOf(first), count * MessageSlots.Stride);
        for (int index = 0; index < count; index++)
        {
            _pieces[index].Start = slot;
            _headers[index].Header.NameLength = (uint)sizeof(SocketCalls.NetlinkAddress);
            slot += MessageSlots.Stride;
        }
    }

    private void AllocateHeaders()
    {
        _pieces = GC.AllocateArray<SocketCalls.IoVector>(BatchLimit, pinned: true);
        _senders = GC.AllocateArray<SocketCalls.NetlinkAddress>(BatchLimit, pinned: true);
        _headers = GC.AllocateArray<SocketCalls.ManyMessageHeader>(BatchLimit, pinned: true);
        for (int index = 0; index < BatchLimit; index++)
        {
            _pieces[index].Length = MessageSlots.Stride;
            _headers[index].Header.Name = Address(_senders) + index;
            _headers[index].Header.Pieces = Address(_pieces) + index;
            _headers[index].Header.PieceCount = 1;
        }
    }

    /// <summary>Records lengths. What is not the kernel's is left out, and what follows it moves up.</summary>
    private int Accept(MessageSlots slots, int first, int received)
    {
        int kept = 0;
        for (int index = 0; index < received; index++)
        {
            if (_senders[index].PortId != 0)
            {
                Volatile.Write(ref _foreignMessages, _foreignMessages + 1);
                continue;
            }

            int length = (int)_headers[index].Length;
            if (kept != index)
                slots.Slot(first + index)[..length].CopyTo(slots.Slot(first + kept));
            slots.SetReceived(first + kept, length, (_headers[index].Header.Flags & SocketCalls.MessageTruncated) != 0);
            kept++;
        }

        return kept;
    }
}
