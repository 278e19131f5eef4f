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
    private readonly IDatapath _datapath;
    private readonly DatapathClient _client;
    private readonly NetlinkExchangeHandler _onMessage;
    private readonly FlowRequest[] _requests = new FlowRequest[DatapathClient.MaxRequests];
    private readonly bool[] _told = new bool[DatapathClient.MaxRequests];
    private readonly AnswerHandler _onAnswer;
    private readonly RevalidationCounters _counters;
    private readonly RequestLog _log;
    private int _count;
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
        _onMessage = OnMessage;
        _client = new DatapathClient(datapath);
    }

    /// <summary>
    /// The outcome of a request: its error, and the flow it yielded, if it did, in a message that lives until this returns.
    /// </summary>
    public delegate void AnswerHandler(in FlowRequest request, Errno error, FlowMessage? flow, ReadOnlySpan<byte> message);

    /// <summary>Whether the next request must wait for a <see cref="Send"/>.</summary>
    public bool IsFull => _client.IsFull;

    /// <summary>Asks for a flow in full.</summary>
    public void Get(Ufid ufid)
    {
        NetlinkWriter writer = _client.Writer();
        FlowMessageWriter.WriteByUfid(ref writer, _datapath.Families.Flow, NetlinkFlags.None, 0, OvsCommand.Get, _datapath.IfIndex, ufid);
        Add(writer, new FlowRequest(FlowRequestKind.Get, ufid, null, [], default));
    }

    /// <summary>Deletes a flow; its last counters are in the answer.</summary>
    public void Delete(Ufid ufid, Ukey? ukey, FlowDeletionReason reason)
    {
        NetlinkWriter writer = _client.Writer();
        FlowMessageWriter.WriteDelete(ref writer, _datapath.Families.Flow, 0, _datapath.IfIndex, ufid);
        Add(writer, new FlowRequest(FlowRequestKind.Delete, ufid, ukey, [], reason));
    }

    /// <summary>Deletes a flow that has no id.</summary>
    public void Delete(ReadOnlySpan<byte> key)
    {
        NetlinkWriter writer = _client.Writer();
        FlowMessageWriter.WriteByKey(ref writer, _datapath.Families.Flow, 0, OvsCommand.Delete, _datapath.IfIndex, key);
        Add(writer, new FlowRequest(FlowRequestKind.Delete, default, null, [], FlowDeletionReason.NoUfid));
    }

    /// <summary>Gives a flow other actions.</summary>
    public void Modify(Ukey ukey, byte[] actions)
    {
        NetlinkWriter writer = _client.Writer();
        FlowMessageWriter.WriteSet(ref writer, _datapath.Families.Flow, 0, _datapath.IfIndex, ukey.Ufid, ukey.Key, ukey.Mask, actions);
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
        _count = 0;
        _client.Send(_onMessage);
        for (int i = 0; i < count; i++)
        {
            // Without an answer a request has succeeded, but one that should have yielded a flow has not.
            Errno error = _client.Result(i).Error;
            if (!_told[i])
                Tell(i, error == Errno.None && _requests[i].Kind == FlowRequestKind.Get ? Errno.NoEntry : error, null, []);
        }

        Array.Clear(_requests, 0, count);
        Array.Clear(_told, 0, count);
        ExceptionDispatchInfo? failure = _failure;
        _failure = null;
        failure?.Throw();
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private void Add(in NetlinkWriter writer, in FlowRequest request)
    {
        bool isAdded = _client.TryAdd(writer);
        Debug.Assert(isAdded, "there is room for the longest request");
        _requests[_count++] = request;
    }

    /// <summary>A flow that a request yielded: the first one; and no answer to a request that was told already.</summary>
    private void OnMessage(int request, NetlinkMessage message)
    {
        if (_told[request]
            || message.Type != _datapath.Families.Flow
            || FlowMessage.TryParse(message.Bytes, out FlowMessage flow) != OdpParseError.None)
            return;
        _told[request] = true;
        Tell(request, Errno.None, flow, message.Bytes);
    }

    private void Tell(int index, Errno error, FlowMessage? flow, ReadOnlySpan<byte> message)
    {
        if (error is not (Errno.None or Errno.NoEntry))
        {
            _counters.RequestErrors.Count(error);
            _log.Flow(_client.Request(index), error);
        }
        else if (error == Errno.None && _log.ShowsTaken)
        {
            _log.Flow(_client.Request(index), Errno.None);
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
