using UpcallActors.Linux;

namespace UpcallActors.Kernel;

/// <summary>
/// The socket that the kernel sends one handler's upcalls to. It lives as long as the datapath is open, so that a receiver can be restarted
/// without telling the kernel.
/// </summary>
internal sealed class HandlerSocket : IDisposable
{
    private readonly NetlinkSocket _socket = new(NetlinkProtocol.Generic);
    private readonly Lock _dropLock = new();
    private ulong _drops;

    /// <summary>Throws <see cref="System.ComponentModel.Win32Exception"/>.</summary>
    public HandlerSocket(int receiveBufferBytes)
    {
        try
        {
            _socket.ConnectToKernel();
            _socket.SetNoEnobufs();
            ReceiveBuffer = _socket.SetReceiveBuffer(receiveBufferBytes);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    public uint PortId => _socket.PortId;

    public int Descriptor => _socket.Descriptor;

    /// <summary>What the kernel gave.</summary>
    public int ReceiveBuffer { get; }

    /// <summary>Messages that did not come from the kernel.</summary>
    public long ForeignMessages => _socket.ForeignMessages;

    /// <summary>Upcalls that found the queue full, as of the last <see cref="CountDrops"/>.</summary>
    public ulong Drops => Volatile.Read(ref _drops);

    /// <summary>Asks the kernel how many were dropped; its counter has 32 bits.</summary>
    public ulong CountDrops()
    {
        lock (_dropLock)
        {
            if (_socket.TryReadDrops(out uint drops))
                Volatile.Write(ref _drops, _drops + unchecked(drops - (uint)_drops));
            return _drops;
        }
    }

    public int Receive(MessageSlots slots, int first, int count, out Errno error) => _socket.Receive(slots, first, count, out error);

    public void Dispose() => _socket.Dispose();
}
