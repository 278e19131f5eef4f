using System.Buffers.Binary;

namespace UpcallActors.Linux;

/// <summary>Takes one answer to a request; the message lives until it returns.</summary>
internal delegate void NetlinkAnswerHandler(NetlinkMessage answer);

/// <summary>
/// Requests to the kernel one after the other, each with its answers: for control, not for packets. Thread-safe; an answer's
/// handler must not ask anything of the same conversation.
/// </summary>
internal sealed class NetlinkConversation : INetlinkConversation
{
    /// <summary>The kernel's answers come within the send; what takes this long is lost.</summary>
    private const int AnswerMilliseconds = 10_000;

    /// <summary>Longer than what the kernel packs into one datagram of a dump (32 KiB), and than any single answer.</summary>
    private const int BufferLength = 128 * 1024;

    private readonly Lock _lock = new();
    private readonly NetlinkSocket _socket;
    private readonly NetlinkExchange _exchange = new(1);
    private readonly byte[] _answers = new byte[BufferLength];
    private byte[] _request = new byte[4096];
    private uint _sequence;

    /// <summary>Opens a separate socket. Throws <see cref="System.ComponentModel.Win32Exception"/> when the system refuses.</summary>
    public NetlinkConversation(NetlinkProtocol protocol)
    {
        _socket = new NetlinkSocket(protocol);
        try
        {
            _socket.ConnectToKernel();
            _socket.SetCapAck();
            _socket.SetExtAck();
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public NetlinkResult Request(ReadOnlySpan<byte> request, NetlinkAnswerHandler? onAnswer = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(request.Length, NetlinkMessage.HeaderLength, nameof(request));
        lock (_lock)
        {
            uint sequence = ++_sequence;
            if (_request.Length < request.Length)
                _request = new byte[request.Length];
            Span<byte> message = _request.AsSpan(0, request.Length);
            request.CopyTo(message);
            Span<byte> flags = message[NetlinkMessage.FlagsOffset..];
            ushort asked = (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(flags) | (ushort)(NetlinkFlags.Request | NetlinkFlags.Ack));
            BinaryPrimitives.WriteUInt16LittleEndian(flags, asked);
            BinaryPrimitives.WriteUInt32LittleEndian(message[NetlinkMessage.SequenceOffset..], sequence);
            Errno error = _socket.Send(message);
            if (error != Errno.None)
                return new NetlinkResult(error);
            _exchange.Begin(sequence);
            _exchange.Add((NetlinkFlags)asked);
            return Collect(onAnswer);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private NetlinkResult Collect(NetlinkAnswerHandler? onAnswer)
    {
        long deadline = Environment.TickCount64 + AnswerMilliseconds;
        while (!_exchange.IsDone)
        {
            NetlinkReceipt receipt = _socket.Receive(_answers);
            if (receipt.Error == Errno.TryAgain)
            {
                int left = (int)(deadline - Environment.TickCount64);
                if (left <= 0)
                    _exchange.Stop();
                else
                    Readiness.Wait(_socket.Descriptor, -1, left);
            }
            else if (receipt.Error != Errno.None)
            {
                _exchange.Fail(receipt.Error);
            }
            else if (receipt.Sender == 0 && receipt.IsTruncated)
            {
                _exchange.Fail(Errno.MessageSize);
            }
            else if (receipt.Sender == 0)
            {
                _exchange.Take(_answers.AsSpan(0, receipt.Length), (_, answer) => onAnswer?.Invoke(answer));
                // There is one request: what nobody can read was its answer.
                if (_exchange.HasFailed)
                    _exchange.Stop();
            }
        }

        return _exchange[0];
    }
}
