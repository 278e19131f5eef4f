using System.ComponentModel;
using Microsoft.Win32.SafeHandles;

namespace UpcallActors.Linux;

/// <summary>
/// Sends frames out of a network device (<c>AF_PACKET</c>), many with one system call. Frames are collected with <see cref="TryAdd"/>
/// and leave with <see cref="Flush"/>, which never waits: what the device does not take is lost and counted. Not thread-safe.
/// </summary>
internal sealed unsafe class PacketSender : IDisposable
{
    private const int MostFrames = 128;
    private const int Memory = 512 << 10;
    private const int QueueBytes = 4 << 20;

    private readonly SafeFileHandle _socket;
    private readonly NativeRegion _memory = new(Memory);
    private readonly SocketCalls.IoVector[] _pieces = GC.AllocateArray<SocketCalls.IoVector>(MostFrames, pinned: true);
    private readonly SocketCalls.ManyMessageHeader[] _messages = GC.AllocateArray<SocketCalls.ManyMessageHeader>(MostFrames, pinned: true);
    private int _count;
    private int _used;

    /// <summary>
    /// Opens a device by its index. Throws <see cref="Win32Exception"/>:
    /// EPERM without <c>CAP_NET_RAW</c>, ENODEV when there is no such device.
    /// </summary>
    public PacketSender(int deviceIndex)
    {
        // Protocol 0: this socket receives nothing.
        _socket = NativeSocket.Open(DeviceCalls.FamilyPacket, SocketCalls.TypeRaw, 0, "AF_PACKET");
        try
        {
            NativeSocket.SetBuffer(_socket, SocketCalls.SendBufferForce, SocketCalls.SendBuffer, QueueBytes);
            var address = new DeviceCalls.LinkLayerAddress { Family = DeviceCalls.FamilyPacket, Index = deviceIndex };
            if (SocketCalls.Bind(_socket, &address, sizeof(DeviceCalls.LinkLayerAddress)) < 0)
                throw NativeSocket.Failure("bind to a device");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Collects a frame, from its Ethernet header on; false without room, until the next flush.</summary>
    public bool TryAdd(ReadOnlySpan<byte> frame)
    {
        if (_count == MostFrames || frame.Length > Memory - _used || _socket.IsClosed)
            return false;
        frame.CopyTo(_memory.Slice(_used, frame.Length));
        _pieces[_count] = new SocketCalls.IoVector { Start = _memory.Address(_used, frame.Length), Length = (nuint)frame.Length };
        _used += frame.Length;
        _count++;
        return true;
    }

    /// <summary>
    /// Sends what was collected. Returns how many frames were lost: the device
    /// is down or gone, its queue is full, or it does not take frames so long.
    /// </summary>
    public int Flush()
    {
        int lost = 0;
        int done = 0;
        fixed (SocketCalls.IoVector* pieces = _pieces)
        fixed (SocketCalls.ManyMessageHeader* messages = _messages)
        {
            for (int frame = 0; frame < _count; frame++)
                messages[frame].Header = new SocketCalls.MessageHeader { Pieces = &pieces[frame], PieceCount = 1 };
            while (done < _count)
            {
                int sent = _socket.IsClosed
                    ? 0
                    : DeviceCalls.SendMany(_socket, &messages[done], (uint)(_count - done), SocketCalls.MessageDontWait);
                if (sent > 0)
                {
                    done += sent;
                    continue;
                }

                Errno error = _socket.IsClosed ? Errno.BadDescriptor : NativeSocket.LastError();
                if (error == Errno.Interrupted)
                    continue;

                // The first frame was refused. One that is too long says nothing of those behind it, nor does one that a queue dropped.
                int refused = error is Errno.MessageSize or Errno.NoBuffers or Errno.Invalid ? 1 : _count - done;
                lost += refused;
                done += refused;
            }
        }

        _count = 0;
        _used = 0;
        return lost;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _socket.Dispose();
        _memory.Dispose();
    }
}
