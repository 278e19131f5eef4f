using System.Diagnostics;
using System.Runtime.ExceptionServices;
using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Pipeline;

/// <summary>
/// A revalidator's requests about single flows, many in a send. The datapath has handled them when the send returns. Their answers are
/// reported one by one. One thread.
/// </summary>
internal sealed class FlowRequestBatch : IDisposable
{
    /// <summary>
    /// Requests in a send (Open vSwitch's <c>REVALIDATE_MAX_BATCH</c> is 50); their answers must fit a socket's receive buffer.
    /// </summary>
    public const int MaxRequests = 64;

    /// <summary>Two attributes of full length, and headers and ids.</summary>
    private const int LongestRequest = (3 * (ushort.MaxValue + 1)) + 128;

    private const int RegionLength = 2 * LongestRequest;
    private const int AnswerLength = 256 * 1024;

    private readonly IDatapath _datapath;
    private readonly IRequestChannel _channel;
    private readonly NativeRegion _region = new(RegionLength);
    private readonly SendVector _vector = new(1);
    private readonly byte[] _answers = new byte[AnswerLength];
    private readonly FlowRequest[] _requests = new FlowRequest[MaxRequests];
    private readonly AnswerHandler _onAnswer;
    private readonly RevalidationCounters _counters;
    private readonly RequestLog _log;
    private readonly int[] _starts = new int[MaxRequests + 1];
    private int _count;
    private int _length;
    private uint _sequence;
    private ExceptionDispatchInfo? _failure;

    /// <param name="datapath">Whom to ask.</param>
    /// <param name="counters">Where errors are counted.</param>
    /// <param name="log">Where errors are said.</param>
    /// <param name="onAnswer">Told of each request once, within <see cref="Send"/>; must add no request.</param>
    public FlowRequestBatch(IDatapath datapath, RevalidationCounters counters, RequestLog log, AnswerHandler onAnswer)
    {
        _log = log;
        _datapath = datapath;
        _counters = counters;
        _onAnswer = onAnswer;
        _channel = datapath.OpenRequests();
    }

    /// <summary>
    /// The outcome of a request: its error, and the flow it yielded, if it did, in a message that lives until this returns.
    /// </summary>
    public delegate void AnswerHandler(in FlowRequest request, Errno error, FlowMessage? flow, ReadOnlySpan<byte> message);

    /// <summary>Whether the next request must wait for a <see cref="Send"/>.</summary>
    public bool IsFull => _count == MaxRequests || RegionLength - _length < LongestRequest;

    /// <summary>Asks for a flow in full.</summary>
    public void Get(Ufid ufid)
    {
        NetlinkWriter writer = Writer();
        FlowMessageWriter.WriteByUfid(ref writer, _datapath.Families.Flow, NetlinkFlags.None, Sequence, OvsCommand.Get,
            _datapath.IfIndex, ufid);
        Add(writer, new FlowRequest(FlowRequestKind.Get, ufid, null, [], default));
    }

    /// <summary>Deletes a flow; its last counters are in the answer.</summary>
    public void Delete(Ufid ufid, Ukey? ukey, FlowDeletionReason reason)
    {
        NetlinkWriter writer = Writer();
        FlowMessageWriter.WriteDelete(ref writer, _datapath.Families.Flow, Sequence, _datapath.IfIndex, ufid);
        Add(writer, new FlowRequest(FlowRequestKind.Delete, ufid, ukey, [], reason));
    }

    /// <summary>Deletes a flow that has no id.</summary>
    public void Delete(ReadOnlySpan<byte> key)
    {
        NetlinkWriter writer = Writer();
        FlowMessageWriter.WriteByKey(ref writer, _datapath.Families.Flow, Sequence, OvsCommand.Delete, _datapath.IfIndex, key);
        Add(writer, new FlowRequest(FlowRequestKind.Delete, default, null, [], FlowDeletionReason.NoUfid));
    }

    /// <summary>Gives a flow other actions.</summary>
    public void Modify(Ukey ukey, byte[] actions)
    {
        NetlinkWriter writer = Writer();
        FlowMessageWriter.WriteSet(ref writer, _datapath.Families.Flow, Sequence, _datapath.IfIndex, ukey.Ufid, ukey.Key,
            ukey.Mask, actions);
        Add(writer, new FlowRequest(FlowRequestKind.Modify, ukey.Ufid, ukey, actions, default));
    }

    /// <summary>
    /// Sends what was added, and tells the outcome of each request. If a receiver throws, the other answers are reported first.
    /// </summary>
    public void Send()
    {
        if (_count == 0)
            return;
        int count = _count;
        _vector.Clear();
        _vector.Append(_region, 0, _length);
        _count = 0;
        _length = 0;
        Errno refused = _channel.Send(_vector);
        Span<bool> answered = stackalloc bool[MaxRequests];
        if (refused == Errno.None)
            Collect(_sequence, count, answered);
        for (int i = 0; i < count; i++)
        {
            // Without an answer a request has succeeded, but one that should have yielded a flow has not.
            if (!answered[i])
                Tell(i, refused == Errno.None && _requests[i].Kind == FlowRequestKind.Get ? Errno.NoEntry : refused, null, []);
        }

        Array.Clear(_requests, 0, count);
        _sequence += MaxRequests;
        ExceptionDispatchInfo? failure = _failure;
        _failure = null;
        failure?.Throw();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _channel.Dispose();
        _region.Dispose();
    }

    private uint Sequence => _sequence + (uint)_count;

    private NetlinkWriter Writer() => new(_region.Slice(_length, RegionLength - _length));

    private void Add(in NetlinkWriter writer, in FlowRequest request)
    {
        Debug.Assert(!writer.Overflowed, "there is room for the longest request");
        _length += writer.Length;
        _requests[_count++] = request;
        _starts[_count] = _length;
    }

    /// <summary>A request as it was sent; its bytes stay until the next is written.</summary>
    private ReadOnlySpan<byte> RequestOf(int index) => _region.Slice(_starts[index], _starts[index + 1] - _starts[index]);

    private void Collect(uint first, int count, Span<bool> answered)
    {
        int length;
        while ((length = _channel.Receive(_answers)) > 0)
        {
            ReadOnlySpan<byte> rest = _answers.AsSpan(0, Math.Min(length, _answers.Length));
            while (!rest.IsEmpty && NetlinkMessage.TryRead(rest, out NetlinkMessage message, out int consumed) == NetlinkParseError.None)
            {
                rest = rest[consumed..];
                uint index = message.Sequence - first;
                if (index >= (uint)count || answered[(int)index])
                    continue;
                answered[(int)index] = TryTell((int)index, message);
            }
        }
    }

    private bool TryTell(int index, NetlinkMessage message)
    {
        if (NetlinkErrorAnswer.TryRead(message, out NetlinkErrorAnswer answer))
            Tell(index, answer.Error, null, []);
        else if (message.Type == _datapath.Families.Flow && FlowMessage.TryParse(message.Bytes, out FlowMessage flow) == OdpParseError.None)
            Tell(index, Errno.None, flow, message.Bytes);
        else
            return false;
        return true;
    }

    private void Tell(int index, Errno error, FlowMessage? flow, ReadOnlySpan<byte> message)
    {
        if (error is not (Errno.None or Errno.NoEntry))
        {
            _counters.RequestErrors.Count(error);
            _log.Flow(RequestOf(index), error);
        }
        else if (error == Errno.None && _log.ShowsTaken)
        {
            _log.Flow(RequestOf(index), 0);
        }

#pragma warning disable CA1031 // The datapath has handled the other requests as well, and will not say again how.
        try
        {
            _onAnswer(_requests[index], error, flow, message);
        }
        catch (Exception failure)
        {
            _failure ??= ExceptionDispatchInfo.Capture(failure);
        }
#pragma warning restore CA1031
    }
}

/// <summary>What a request asks.</summary>
internal enum FlowRequestKind
{
    /// <summary>The flow in full.</summary>
    Get,

    /// <summary>Other actions.</summary>
    Modify,

    /// <summary>That it goes.</summary>
    Delete,
}

/// <summary>A request about one flow.</summary>
/// <param name="Kind">What it asks.</param>
/// <param name="Ufid">The flow's id; meaningless for one that has none.</param>
/// <param name="Ukey">The flow, if we know it.</param>
/// <param name="Actions">The actions it is given.</param>
/// <param name="Reason">Why it is deleted.</param>
internal readonly record struct FlowRequest(FlowRequestKind Kind, Ufid Ufid, Ukey? Ukey, byte[] Actions, FlowDeletionReason Reason);
