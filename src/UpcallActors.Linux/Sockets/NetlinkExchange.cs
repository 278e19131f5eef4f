namespace UpcallActors.Linux;

/// <summary>Takes one message of an answer; it lives until this returns.</summary>
/// <param name="request">Which of the requests that were sent together it answers, 0 for the first.</param>
/// <param name="answer">The message.</param>
internal delegate void NetlinkExchangeHandler(int request, NetlinkMessage answer);

/// <summary>
/// Requests that were sent together and how far their answers have come. Answers are matched by sequence number: a request of such a send
/// has the number behind that of the request before it. What goes wrong is in the results; nothing is thrown. One thread.
/// </summary>
/// <param name="capacity">The most requests.</param>
internal sealed class NetlinkExchange(int capacity)
{
    private readonly NetlinkResult[] _results = new NetlinkResult[capacity];
    private readonly State[] _states = new State[capacity];
    private uint _first;
    private int _count;
    private int _open;
    private bool _wasUnreadable;

    [Flags]
    private enum State : byte
    {
        None = 0,

        /// <summary>Its answer has an end: an acknowledgement, or that of a dump.</summary>
        HasEnd = 1,
        Ended = 2,
        Interrupted = 4,
        IsDump = 8,
    }

    /// <summary>Whether it ended, or lost an answer, otherwise than by what was answered: more may come.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Whether each request has its result.</summary>
    public bool IsDone => _open == 0;

    /// <summary>How a request ended; meaningful once all have.</summary>
    public NetlinkResult this[int request] => _results[request];

    /// <summary>Begins an exchange without requests; the first one will have the number <paramref name="sequence"/>.</summary>
    public void Begin(uint sequence)
    {
        _first = sequence;
        _count = 0;
        _open = 0;
        _wasUnreadable = false;
        HasFailed = false;
    }

    /// <summary>
    /// A request that goes with the send. One that wants neither an acknowledgement nor a dump succeeds when it is not refused.
    /// </summary>
    public void Add(NetlinkFlags flags)
    {
        bool isDump = (flags & NetlinkFlags.Dump) == NetlinkFlags.Dump;
        State end = isDump || (flags & NetlinkFlags.Ack) != 0 ? State.HasEnd : State.None;
        _states[_count] = isDump ? end | State.IsDump : end;
        _results[_count] = new NetlinkResult(Errno.None);
        _count++;
        _open++;
    }

    /// <summary>
    /// Goes through what one receive brought. Answers to requests of another exchange, such as one that was given up, are passed over.
    /// Bytes that are no message may have been any answer: a dump fails, whose parts cannot be told apart, and so does each request
    /// that has no result when nothing more comes. Returns whether anything was for this exchange.
    /// </summary>
    public bool Take(ReadOnlySpan<byte> datagram, NetlinkExchangeHandler onAnswer)
    {
        bool isOurs = false;
        while (!datagram.IsEmpty)
        {
            if (NetlinkMessage.TryRead(datagram, out NetlinkMessage message, out int consumed) != NetlinkParseError.None)
            {
                FailUnreadable();
                return true;
            }

            datagram = datagram[consumed..];
            uint request = message.Sequence - _first;
            if (request >= (uint)_count || (_states[request] & State.Ended) != 0)
                continue;
            isOurs = true;
            if ((message.Flags & NetlinkFlags.DumpInterrupted) != 0)
                _states[request] |= State.Interrupted;
            if (message.Type is NetlinkControlType.Error or NetlinkControlType.Done)
                End((int)request, message);
            else if (message.Type >= NetlinkControlType.FirstFamily)
                onAnswer((int)request, message);
        }

        return isOurs;
    }

    /// <summary>
    /// Nothing more comes: what should have had an end and has not fails with ETIMEDOUT, or with EIO after an answer that nobody could
    /// read.
    /// </summary>
    public void Stop()
    {
        for (int request = 0; request < _count; request++)
        {
            Errno missing = (_states[request] & State.HasEnd) != 0 ? Errno.TimedOut : Errno.None;
            End(request, _wasUnreadable ? Errno.InputOutput : missing);
        }
    }

    /// <summary>Nothing more comes, for a reason.</summary>
    public void Fail(Errno error)
    {
        HasFailed = true;
        for (int request = 0; request < _count; request++)
            End(request, error);
    }

    private void FailUnreadable()
    {
        _wasUnreadable = true;
        HasFailed = true;
        for (int request = 0; request < _count; request++)
        {
            if ((_states[request] & State.IsDump) != 0)
                End(request, Errno.InputOutput);
        }
    }

    private void End(int request, NetlinkMessage message)
    {
        if (NetlinkErrorAnswer.TryRead(message, out NetlinkErrorAnswer answer))
            End(request, answer.Error, answer.Error == Errno.None ? "" : answer.Text);
        else
            End(request, Errno.InputOutput);
    }

    private void End(int request, Errno error, string explanation = "")
    {
        if ((_states[request] & State.Ended) != 0)
            return;
        _results[request] = new NetlinkResult(error, explanation, (_states[request] & State.Interrupted) != 0);
        _states[request] |= State.Ended;
        _open--;
    }
}
