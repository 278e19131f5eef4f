using System.Buffers.Binary;
using UpcallActors.Netlink;
using UpcallActors.Odp;

namespace UpcallActors.Pipeline;

/// <summary>
/// Gathers requests and sends them in order. What the datapath answers is an error, found by its sequence number and counted
/// by errno; a send refused as a whole is tried again in smaller pieces, and what is refused alone is counted, too.
/// </summary>
internal sealed class RequestSender : IDisposable
{
    /// <summary>Pieces of one send: <c>UIO_MAXIOV</c> in the kernel.</summary>
    private const int MaxPieces = 1024;

    /// <summary>An answer carries the refused request back unless the channel caps it, and a request can be longest upcall and longest actions.</summary>
    private const int AnswerLength = 192 * 1024;

    /// <summary>How often the same send is tried when the datapath says that it cannot just now.</summary>
    private const int Attempts = 3;

    private const ushort NetlinkError = 2;
    private const int Interrupted = 4;
    private const int TryAgain = 11;
    private const int MessageSize = 90;
    private const int NoBuffers = 105;

    private readonly IRequestChannel _channel;
    private readonly LaneCounters _counters;
    private readonly SendVector _vector = new(MaxPieces);
    private readonly DatapathRequest[] _requests = new DatapathRequest[MaxPieces / DatapathRequest.MaxPieces];
    private readonly byte[] _answers = new byte[AnswerLength];
    private int _count;
    private int _settled;
    private int _bytes;
    private uint _sequence;
    private uint _firstSequence;

    /// <summary>Takes over a channel.</summary>
    public RequestSender(IRequestChannel channel, LaneCounters counters)
    {
        _channel = channel;
        _counters = counters;
    }

    /// <summary>Whether the requests of one more upcall might not fit: send first.</summary>
    public bool IsFull => _count > _requests.Length - 2;

    /// <summary>The sequence number of a flow put: odd.</summary>
    public uint NextPutSequence() => (_sequence += 2) | 1;

    /// <summary>The sequence number of an EXECUTE: even.</summary>
    public uint NextExecuteSequence() => _sequence += 2;

    /// <summary>Adds a request behind the others; sends those first if they would not fit one send together.</summary>
    public void Add(in DatapathRequest request)
    {
        if (request.TotalLength > _channel.SendLimit)
        {
            CountTooLong(request);
            return;
        }

        if (_bytes + request.TotalLength > _channel.SendLimit)
        {
            Send();

            // This request got its number before that send, and is answered after the next.
            _firstSequence -= 2;
        }

        _requests[_count++] = request;
        _bytes += request.TotalLength;
    }

    /// <summary>Sends what was added. Its memory is free for other use afterwards.</summary>
    public void Send()
    {
        if (_count != 0)
            Send(0, _count);
        _firstSequence = _sequence;
        _count = 0;
        _settled = 0;
        _bytes = 0;
    }

    /// <summary>Gives up what was added and not sent, because its sender fails.</summary>
    public void Abandon()
    {
        int executes = 0;
        for (int i = _settled; i < _count; i++)
            executes += _requests[i].IsExecute ? 1 : 0;
        if (executes != 0)
            _counters.CountLost(LossCause.StageFailed, executes);
        _count = 0;
        _settled = 0;
        _bytes = 0;
    }

    /// <summary>Counts a flow put that could not even be written.</summary>
    public void CountTooLongPut() => _counters.SendErrors.Count(MessageSize);

    /// <inheritdoc/>
    public void Dispose() => _channel.Dispose();

    private void Send(int first, int count)
    {
        int errno = TrySend(first, count);
        if (errno == 0)
        {
            CountSent(first, count);
            _settled = first + count;
            ReadAnswers();
        }
        else if (count > 1 && errno is MessageSize or TryAgain or NoBuffers)
        {
            Send(first, count / 2);
            Send(first + (count / 2), count - (count / 2));
        }
        else
        {
            CountRefused(first, count, errno);
            _settled = first + count;
        }
    }

    private int TrySend(int first, int count)
    {
        _vector.Clear();
        for (int i = first; i < first + count; i++)
        {
            ref DatapathRequest request = ref _requests[i];
            if (request.IsExecute)
            {
                _vector.Append(request.Batch.Slots.Region, request.Offset, request.Length);
                _vector.Append(request.Batch.Arena, request.TailOffset, request.TailLength);
            }
            else
            {
                _vector.Append(request.Batch.Arena, request.Offset, request.Length);
            }
        }

        int errno = 0;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            errno = _channel.Send(_vector);
            if (errno is not (Interrupted or TryAgain or NoBuffers))
                break;
        }

        return errno;
    }

    private void CountSent(int first, int count)
    {
        int executes = 0;
        for (int i = first; i < first + count; i++)
            executes += _requests[i].IsExecute ? 1 : 0;
        _counters.CountSent(executes, count - executes);
    }

    private void CountRefused(int first, int count, int errno)
    {
        int executes = 0;
        for (int i = first; i < first + count; i++)
            executes += _requests[i].IsExecute ? 1 : 0;
        _counters.SendErrors.Count(errno, count);
        for (int i = first; i < first + count; i++)
            Note(_requests[i], errno);
        if (executes != 0)
            _counters.CountLost(LossCause.SendRefused, executes);
    }

    private void CountTooLong(in DatapathRequest request)
    {
        _counters.SendErrors.Count(MessageSize);
        if (request.IsExecute)
            _counters.CountLost(LossCause.TooLong);
    }

    private void ReadAnswers()
    {
        int length;
        while ((length = _channel.Receive(_answers)) > 0)
        {
            ReadOnlySpan<byte> rest = _answers.AsSpan(0, Math.Min(length, _answers.Length));
            while (!rest.IsEmpty)
            {
                if (NetlinkMessage.TryRead(rest, out NetlinkMessage answer, out int consumed) != NetlinkParseError.None)
                {
                    _counters.CountStrayAnswer();
                    break;
                }

                Count(answer);
                rest = rest[consumed..];
            }
        }
    }

    private void Count(NetlinkMessage answer)
    {
        // Every request since the last send has a number above that send's last one; the difference survives wrapping.
        uint age = answer.Sequence - _firstSequence;
        if (answer.Type != NetlinkError
            || age == 0
            || age > _sequence - _firstSequence + 1
            || !BinaryPrimitives.TryReadInt32LittleEndian(answer.Payload, out int error)
            || error > 0)
        {
            _counters.CountStrayAnswer();
            return;
        }

        if (error == 0)
            return;
        ((answer.Sequence & 1) != 0 ? _counters.FlowPutErrors : _counters.ExecuteErrors).Count(-error);
        NoteAnswered(age, -error);
    }

    /// <summary>Numbers ascend from request to request, so a storm of errors costs little more than one.</summary>
    private void NoteAnswered(uint age, int errno)
    {
        int low = 0;
        int high = _count - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            uint at = _requests[middle].Sequence - _firstSequence;
            if (at == age)
            {
                Note(_requests[middle], errno);
                return;
            }

            if (at < age)
                low = middle + 1;
            else
                high = middle - 1;
        }
    }

    /// <summary>Notes at the upcall that its request was refused.</summary>
    private static void Note(in DatapathRequest request, int errno)
    {
        ref UpcallRecord record = ref request.Batch.Record(request.Upcall);
        if (request.IsExecute)
            record.ExecuteErrno = (short)errno;
        else
            record.FlowPutErrno = (short)errno;
    }
}
