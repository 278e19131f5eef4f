using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace UpcallActors.Linux;

/// <summary>
/// A non-blocking Netlink socket, bound to a port id that the kernel chose. Sending and receiving allocate nothing and throw nothing;
/// what goes wrong is an <see cref="Errno"/>. Used by one thread at a time, but for <see cref="Dispose"/> and the counters.
/// </summary>
internal sealed unsafe partial class NetlinkSocket : IDisposable
{
    private readonly SafeFileHandle _handle;

    /// <summary>Opens and binds a socket. Throws <see cref="Win32Exception"/> with the errno when the system refuses.</summary>
    public NetlinkSocket(NetlinkProtocol protocol)
    {
        int descriptor = SocketCalls.Socket(
            SocketCalls.FamilyNetlink, SocketCalls.TypeRaw | SocketCalls.TypeNonBlocking | SocketCalls.TypeCloseOnExec, (int)protocol);
        if (descriptor < 0)
            throw Failure($"socket(AF_NETLINK, {protocol})");
        _handle = new SafeFileHandle(descriptor, ownsHandle: true);
        Protocol = protocol;
        try
        {
            var address = new SocketCalls.NetlinkAddress { Family = SocketCalls.FamilyNetlink };
            int length = sizeof(SocketCalls.NetlinkAddress);
            if (SocketCalls.Bind(_handle, &address, length) < 0)
                throw Failure("bind");
            if (SocketCalls.GetName(_handle, &address, &length) < 0)
                throw Failure("getsockname");
            PortId = address.PortId;
        }
        catch
        {
            _handle.Dispose();
            throw;
        }
    }

    /// <summary>What it was opened for.</summary>
    public NetlinkProtocol Protocol { get; }

    /// <summary>The port id others send to, unique in the network namespace; never 0.</summary>
    public uint PortId { get; }

    /// <summary>The descriptor to poll for readability; −1 after <see cref="Dispose"/>.</summary>
    public int Descriptor => _handle.IsClosed ? -1 : (int)_handle.DangerousGetHandle();

    /// <summary>
    /// Connects to the kernel: what is sent goes there (it does anyway), and other processes that send to this socket get
    /// ECONNREFUSED (<c>netlink_getsockbyportid</c>). Throws <see cref="Win32Exception"/>.
    /// </summary>
    public void ConnectToKernel()
    {
        var kernel = new SocketCalls.NetlinkAddress { Family = SocketCalls.FamilyNetlink };
        if (SocketCalls.Connect(_handle, &kernel, sizeof(SocketCalls.NetlinkAddress)) < 0)
            throw Failure("connect to the kernel");
    }

    /// <summary>
    /// Sends whole messages back to back to the kernel in one <c>sendmsg</c>; it has
    /// handled them when this returns. <see cref="Errno.MessageSize"/> when they are longer
    /// than <see cref="SendLimit"/>. Throws only when memory of a piece has been disposed.
    /// </summary>
    public Errno Send(SendVector messages)
    {
        messages.RefuseDisposed();
        return Send(messages.Pieces, messages.Count, portId: 0);
    }

    /// <summary>Sends to the kernel, or to the socket with the given port id.</summary>
    public Errno Send(ReadOnlySpan<byte> messages, uint portId = 0)
    {
        fixed (byte* start = messages)
        {
            var piece = new SocketCalls.IoVector { Start = start, Length = (nuint)messages.Length };
            return Send(&piece, 1, portId);
        }
    }

    /// <summary>Takes the next datagram, one or more messages; never waits. Who sent it is the caller's to look at.</summary>
    public NetlinkReceipt Receive(Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            var piece = new SocketCalls.IoVector { Start = start, Length = (nuint)buffer.Length };
            SocketCalls.NetlinkAddress sender = default;
            var header = new SocketCalls.MessageHeader
            {
                Name = &sender,
                NameLength = (uint)sizeof(SocketCalls.NetlinkAddress),
                Pieces = &piece,
                PieceCount = 1,
            };
            if (!TryHold())
                return new NetlinkReceipt(Errno.BadDescriptor, 0, 0, false);
            nint received;
            do
            {
                received = SocketCalls.Receive(_handle, &header, SocketCalls.MessageDontWait);
            }
            while (received < 0 && LastError() == Errno.Interrupted);
            Errno error = received < 0 ? LastError() : Errno.None;
            _handle.DangerousRelease();
            return error != Errno.None
                ? new NetlinkReceipt(error, 0, 0, false)
                : new NetlinkReceipt(Errno.None, (int)received, sender.PortId, (header.Flags & SocketCalls.MessageTruncated) != 0);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private static Errno LastError() => (Errno)Marshal.GetLastPInvokeError();

    private static Win32Exception Failure(string call) =>
        new(Marshal.GetLastPInvokeError(), $"{call}: {Marshal.GetLastPInvokeErrorMessage()}");

    private Errno Send(SocketCalls.IoVector* pieces, int count, uint portId)
    {
        var target = new SocketCalls.NetlinkAddress { Family = SocketCalls.FamilyNetlink, PortId = portId };
        var header = new SocketCalls.MessageHeader
        {
            Name = &target,
            NameLength = (uint)sizeof(SocketCalls.NetlinkAddress),
            Pieces = pieces,
            PieceCount = (nuint)count,
        };
        if (!TryHold())
            return Errno.BadDescriptor;
        nint sent;
        do
        {
            sent = SocketCalls.Send(_handle, &header, 0);
        }
        while (sent < 0 && LastError() == Errno.Interrupted);
        Errno error = sent < 0 ? LastError() : Errno.None;
        _handle.DangerousRelease();
        return error;
    }

    /// <summary>
    /// Keeps the descriptor from being closed, and its number from becoming another file's, during a call; false when it is closed.
    /// </summary>
    private bool TryHold()
    {
        bool held = false;
        if (_handle.IsClosed)
            return false;
        try
        {
            _handle.DangerousAddRef(ref held);
        }
        catch (ObjectDisposedException)
        {
            // Closed by another thread since we looked.
        }

        return held;
    }
}
