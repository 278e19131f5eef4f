using UpcallActors.Netlink;
using UpcallActors.Odp;

namespace UpcallActors.Kernel;

/// <summary>A socket of its own for requests: many in one send, no acknowledgements, and errors short.</summary>
internal sealed class KernelRequestChannel : IRequestChannel
{
    private readonly NetlinkSocket _socket = new(NetlinkProtocol.Generic);

    /// <summary>Throws <see cref="System.ComponentModel.Win32Exception"/>.</summary>
    public KernelRequestChannel(int sendBufferBytes, int receiveBufferBytes)
    {
        try
        {
            _socket.ConnectToKernel();
            _socket.SetCapAck();

            // Thousands of requests fit one send, and each may be answered by an error.
            _socket.SetNoEnobufs();
            _socket.SetReceiveBuffer(receiveBufferBytes);
            _socket.SetSendBuffer(sendBufferBytes);
            SendLimit = _socket.SendLimit;
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    public int SendLimit { get; }

    public int Send(SendVector requests) => (int)_socket.Send(requests);

    public int Receive(Span<byte> answer)
    {
        while (true)
        {
            NetlinkReceipt receipt = _socket.Receive(answer);
            if (receipt.Error == Errno.NoBuffers)
                continue;
            if (receipt.Error != Errno.None)
                return 0;
            if (receipt.Sender == 0 && receipt.Length > 0)
                return receipt.Length;
        }
    }

    public void Dispose() => _socket.Dispose();
}
