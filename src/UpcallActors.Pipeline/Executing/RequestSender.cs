using System.Buffers.Binary;
using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Pipeline;

/// <summary>
/// Gathers requests and sends them in order. The datapath answers only errors. Each is matched by its sequence number, counted by errno and
/// logged. A refused send is tried again in smaller pieces; a request that is refused alone is counted, too. An upcall whose EXECUTE is
/// refused is lost.
/// </summary>
internal sealed class RequestSender : IDisposable
{
    /// <summary>Pieces of one send: <c>UIO_MAXIOV</c> in the kernel.</summary>
    private const int MaxPieces = 1024;

    /// <summary>
    /// An answer carries the refused request back unless the channel caps it, and a request can be longest upcall and longest actions.
    /// </summary>
    private const int AnswerLength = 192 * 1024;

    /// <summary>How often the same send is tried when the datapath says that it cannot just now.</summary>
    private const int Attempts = 3;

    /// <summary><c>MAX_ERRNO</c>.</summary>
    private const int LargestErrno = 4095;

    private readonly IRequestChannel _channel;
    private readonly LaneCounters _counters;
    private readonly RequestLog _log;
    private readonly SendVector _vector = new(MaxPieces);
    private readonly DatapathRequest[] _requests = new DatapathRequest[MaxPieces / DatapathRequest.MaxPieces];
    private readonly byte[] _answers = new byte[AnswerLength];
    private int _count;
    private int _settled;
    private int _bytes;
    private int _executed;
    private int _put;
    private uint _sequence;
    private uint _firstSequence;

    /// <summary>Takes over a channel.</summary>
    public RequestSender(IRequestChannel channel, LaneCounters counters, RequestLog log)
    {
        _channel = channel;
        _counters = counters;
        _log = log;
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
            Refuse(request, Errno.MessageSize, LossCause.TooLong);
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
        Forget();
    }

    /// <summary>Gives up what was added and not sent, because its sender fails.</summary>
    public void Abandon()
    {
        int executes = 0;
        for (int i = _settled; i < _count; i++)
            executes += _requests[i].IsExecute ? 1 : 0;
        if (executes != 0)
            _counters.CountLost(LossCause.StageFailed, executes);
        Forget();
    }

    /// <summary>Counts a flow put that could not even be written.</summary>
    public void RefusePut(ref UpcallRecord record)
    {
        _counters.SendErrors.Count(Errno.MessageSize);
        record.FlowPutError = Errno.MessageSize;
    }

    /// <inheritdoc/>
    public void Dispose() => _channel.Dispose();

    /// <summary>Nothing waits any more, and what was taken is counted.</summary>
    private void Forget()
    {
        if ((_executed | _put) != 0)
            _counters.CountTaken(_executed, _put);
        _executed = 0;
        _put = 0;
        _count = 0;
        _settled = 0;
        _bytes = 0;
    }

    private void Send(int first, int count)
    {
        Errno error = TrySend(first, count);
        if (error == Errno.None)
        {
            _counters.CountSend();
            _settled = first + count;
            CountTaken(first, count);
            ReadAnswers();
            if (_log.ShowsTaken)
                LogTaken(first, count);
        }
        else if (count > 1 && error is Errno.MessageSize or Errno.TryAgain or Errno.NoBuffers)
        {
            Send(first, count / 2);
            Send(first + (count / 2), count - (count / 2));
        }
        else
        {
            _settled = first + count;
            for (int i = first; i < first + count; i++)
                Refuse(_requests[i], error, LossCause.SendRefused);
        }
    }

    private Errno TrySend(int first, int count)
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

        var error = Errno.None;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            error = _channel.Send(_vector);
            if (error is not (Errno.Interrupted or Errno.TryAgain or Errno.NoBuffers))
                break;
        }

        return error;
    }

    /// <summary>What is answered with an error is taken off again.</summary>
    private void CountTaken(int first, int count)
    {
        int executes = 0;
        for (int i = first; i < first + count; i++)
            executes += _requests[i].IsExecute ? 1 : 0;
        _executed += executes;
        _put += count - executes;
    }

    private void LogTaken(int first, int count)
    {
        for (int i = first; i < first + count; i++)
        {
            ref UpcallRecord record = ref _requests[i].Batch.Record(_requests[i].Upcall);
            bool isTaken = _requests[i].IsExecute
                ? record.ExecuteError == Errno.None
                : record.FlowPutError == Errno.None && record.Flow != FlowFate.Exists;
            if (isTaken)
                Log(_requests[i], Errno.None);
        }
    }

    /// <summary>A request that never got to the datapath.</summary>
    private void Refuse(in DatapathRequest request, Errno error, LossCause cause)
    {
        _counters.SendErrors.Count(error);
        Note(request, error);
        if (request.IsExecute)
            _counters.CountLost(cause);
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
        if (answer.Type != NetlinkControlType.Error
            || !BinaryPrimitives.TryReadInt32LittleEndian(answer.Payload, out int error)
            || error is > 0 or < -LargestErrno
            || age - 1 > _sequence - _firstSequence
            || !TryFind(age, out DatapathRequest request))
            _counters.CountStrayAnswer();
        else if (error != 0)
            OnRefused(request, (Errno)(-error));
    }

    /// <summary>The datapath answered a request that it was sent with an error. A second answer to it would be one too many.</summary>
    private void OnRefused(in DatapathRequest request, Errno error)
    {
        ref UpcallRecord record = ref request.Batch.Record(request.Upcall);
        if (request.IsExecute ? record.ExecuteError != Errno.None : record.FlowPutError != Errno.None || record.Flow == FlowFate.Exists)
        {
            _counters.CountStrayAnswer();
            return;
        }

        if (request.IsExecute)
        {
            _executed--;
            _counters.ExecuteErrors.Count(error);
            _counters.CountLost(LossCause.ExecuteRefused);
        }
        else
        {
            _put--;
            if (error == Errno.Exists)
                _counters.CountExistingFlow();
            else
                _counters.FlowPutErrors.Count(error);
        }

        Note(request, error);
    }

    /// <summary>Numbers ascend from request to request, so a storm of errors costs little more than one.</summary>
    private bool TryFind(uint age, out DatapathRequest request)
    {
        int low = 0;
        int high = _settled - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            uint at = _requests[middle].Sequence - _firstSequence;
            if (at == age)
            {
                request = _requests[middle];
                return true;
            }

            if (at < age)
                low = middle + 1;
            else
                high = middle - 1;
        }

        request = default;
        return false;
    }

    /// <summary>Notes at the upcall, and in the log, that its request was refused.</summary>
    private void Note(in DatapathRequest request, Errno error)
    {
        ref UpcallRecord record = ref request.Batch.Record(request.Upcall);
        if (request.IsExecute)
            record.ExecuteError = error;
        else if (error == Errno.Exists)
            record.Flow = FlowFate.Exists;
        else
            record.FlowPutError = error;
        Log(request, error);
    }

    private void Log(in DatapathRequest request, Errno error)
    {
        if (request.IsExecute)
            _log.Execute(request.Batch, request.Upcall, error);
        else
            _log.Flow(request.Batch.Arena.Slice(request.Offset, request.Length), error);
    }
}
