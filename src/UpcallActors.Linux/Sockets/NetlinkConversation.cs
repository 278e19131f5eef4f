using System.Buffers.Binary;

namespace UpcallActors.Linux;

/// <summary>Takes one answer to a request; the message lives until it returns.</summary>
public delegate void NetlinkAnswerHandler(NetlinkMessage answer);

/// <summary>
/// Requests to the kernel one after the other, each with its answers: for control, not for packets. Thread-safe; an answer's
/// handler must not ask anything of the same conversation.
/// </summary>
public sealed class NetlinkConversation : IDisposable
{
    /// <summary>The kernel's answers come within the send; what takes this long is lost.</summary>
    private const int AnswerMilliseconds = 10_000;

    /// <summary>Longer than what the kernel packs into one datagram of a dump (32 KiB), and than any single answer.</summary>
    private const int BufferLength = 128 * 1024;

    private readonly Lock _lock = new();
    private readonly NetlinkSocket _socket;
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

    /// <summary>
    /// Sends one request, whole from its <c>nlmsghdr</c> on, and hands its answers to <paramref name="onAnswer"/> until it is done.
    /// Sequence number and the flags REQUEST and ACK are set here; with DUMP among the flags all parts of the dump are the answers.
    /// What goes wrong is in the result; nothing is thrown.
    /// </summary>
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
            return error == Errno.None ? Collect(sequence, onAnswer) : new NetlinkResult(error);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private NetlinkResult Collect(uint sequence, NetlinkAnswerHandler? onAnswer)
    {
        bool interrupted = false;
        long deadline = Environment.TickCount64 + AnswerMilliseconds;
        while (true)
        {
            NetlinkReceipt receipt = _socket.Receive(_answers);
            if (receipt.Error == Errno.TryAgain)
            {
                int left = (int)(deadline - Environment.TickCount64);
                if (left <= 0)
                    return new NetlinkResult(Errno.TimedOut);
                Readiness.Wait(_socket.Descriptor, -1, left);
                continue;
            }

            if (receipt.Error != Errno.None)
                return new NetlinkResult(receipt.Error);
            if (receipt.Sender != 0)
                continue;
            if (receipt.IsTruncated)
                return new NetlinkResult(Errno.MessageSize);
            if (TryFinish(_answers.AsSpan(0, receipt.Length), sequence, onAnswer, ref interrupted, out NetlinkResult result))
                return result;
        }
    }

    /// <summary>Looks through one datagram. Answers to an earlier request that was given up are passed over.</summary>
    private static bool TryFinish(ReadOnlySpan<byte> datagram, uint sequence, NetlinkAnswerHandler? onAnswer, ref bool interrupted,
        out NetlinkResult result)
    {
        result = default;
        while (!datagram.IsEmpty)
        {
            if (NetlinkMessage.TryRead(datagram, out NetlinkMessage message, out int consumed) != NetlinkParseError.None)
            {
                result = new NetlinkResult(Errno.InputOutput);
                return true;
            }

            datagram = datagram[consumed..];
            if (message.Sequence != sequence)
                continue;
            interrupted |= (message.Flags & NetlinkFlags.DumpInterrupted) != 0;
            if (message.Type is NetlinkControlType.Error or NetlinkControlType.Done)
            {
                result = NetlinkErrorAnswer.TryRead(message, out NetlinkErrorAnswer answer)
                    ? new NetlinkResult(answer.Error, answer.Text, interrupted)
                    : new NetlinkResult(Errno.InputOutput);
                return true;
            }

            if (message.Type >= NetlinkControlType.FirstFamily)
                onAnswer?.Invoke(message);
        }

        return false;
    }
}
