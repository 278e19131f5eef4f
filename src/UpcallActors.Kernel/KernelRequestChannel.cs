using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Kernel;

/// <summary>
/// A separate socket for requests: many in one send, no acknowledgements, and short errors. The kernel answers each request with its own
/// datagram (<c>genlmsg_reply</c>), so many are taken in one call, too.
/// </summary>
internal sealed class KernelRequestChannel : IRequestChannel
{
    /// <summary>Answers taken in one call. The parts of a dump, which are long, are made while they are taken.</summary>
    private const int Slots = 32;

    private readonly NetlinkSocket _socket = new(NetlinkProtocol.Generic);
    private readonly MessageSlots _answers = new(Slots);
    private int _taken;
    private int _waiting;

    /// <summary>Throws <see cref="System.ComponentModel.Win32Exception"/>.</summary>
    public KernelRequestChannel(int sendBufferBytes, int receiveBufferBytes)
    {
        try
        {
            _socket.ConnectToKernel();
            _socket.SetCapAck();
            _socket.SetExtAck();

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

    public Errno Send(SendVector requests) => _socket.Send(requests);

    public int Receive(Span<byte> answer)
    {
        if (_taken == _waiting && !TryTakeWaiting())
            return 0;
        Span<byte> message = _answers.Message(_taken++);
        message[..Math.Min(message.Length, answer.Length)].CopyTo(answer);
        return message.Length;
    }

    public void Dispose()
    {
        _socket.Dispose();
        _answers.Dispose();
    }

    private bool TryTakeWaiting()
    {
        _taken = 0;
        Errno error;
        do
        {
            _waiting = _socket.Receive(_answers, 0, Slots, out error);
        }
        while (_waiting == 0 && error is Errno.None or Errno.NoBuffers);
        return _waiting > 0;
    }
}
