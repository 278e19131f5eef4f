using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Kernel;

/// <summary>A handler's socket in the hands of one reader. Disposing it leaves the socket to the next.</summary>
internal sealed class KernelUpcallSource(HandlerSocket socket) : IUpcallSource
{
    private bool _isClosed;

    public int Descriptor => _isClosed ? -1 : socket.Descriptor;

    public uint UpcallPid => socket.PortId;

    /// <summary>
    /// Counted when a receive was full, because only a long queue can overflow, and by the datapath's watchdog. A system call for each
    /// receive would cost an idle lane as much as the receive.
    /// </summary>
    public ulong Dropped => socket.Drops;

    public int Receive(MessageSlots slots, int first, int count)
    {
        if (_isClosed || count <= 0)
            return 0;
        long foreign = socket.ForeignMessages;
        while (true)
        {
            int received = socket.Receive(slots, first, count, out Errno error);
            if (received == 0 && error == Errno.None && socket.ForeignMessages != foreign)
            {
                // All of them were thrown away, and upcalls may wait behind them.
                foreign = socket.ForeignMessages;
                continue;
            }

            if (received == Math.Min(count, NetlinkSocket.BatchLimit))
                socket.CountDrops();
            return received;
        }
    }

    public void Dispose() => _isClosed = true;
}
