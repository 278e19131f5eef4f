using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Pipeline;

/// <content>What becomes of its requests.</content>
internal sealed partial class RevalidatorActor
{
    private void OnAnswer(in FlowRequest request, Errno error, FlowMessage? flow, ReadOnlySpan<byte> message)
    {
        if (error is not (Errno.None or Errno.NoEntry))
            _refused = error;
        switch (request.Kind)
        {
            case FlowRequestKind.Get when flow is { } fetched:
                OnFetched(fetched, message);
                break;
            case FlowRequestKind.Modify:
                OnModified(request, error);
                break;
            case FlowRequestKind.Delete:
                OnDeleted(request, error, flow);
                break;
            default:
                // Deleted since the dump.
                break;
        }
    }

    private void OnFetched(in FlowMessage flow, ReadOnlySpan<byte> message)
    {
        if (Ukey.Of(flow, message) is { } ukey)
            _fetched.Add(new AdoptedFlow(ukey, new FlowCredit(flow.Packets, flow.Bytes, _state.AgeOf((long)flow.Used)), (long)flow.Used));
        else if (flow.Ufid is { } ufid)
            _senseless.Add(ufid);
    }

    private void OnModified(in FlowRequest request, Errno error)
    {
        Ukey ukey = request.Ukey!;
        if (error == Errno.None)
        {
            _state.Counters.Count(RevalidationEvent.FlowModified);
            ukey.TakeActions(request.Actions, _recirculations);
        }
        else if (error == Errno.NoEntry)
        {
            Forget(ukey);
        }
        else
        {
            // The next round tries again; the flow is known to be wrong under any version.
            ukey.Version = Ukey.NoVersion;
        }
    }

    private void OnDeleted(in FlowRequest request, Errno error, FlowMessage? flow)
    {
        if (error is not (Errno.None or Errno.NoEntry))
        {
            _missed = true;
            return;
        }

        if (error == Errno.None)
        {
            _state.Counters.CountDeleted(request.Reason);
            _state.Flows.CountDeleted();
        }

        if (request.Ukey is not { } ukey)
            return;
        Forget(ukey);
        if (flow is { } last && last.Packets > ukey.Packets && !_state.IsQuarantined(ukey.Ufid))
        {
            var rest = new FlowCredit(last.Packets - ukey.Packets, last.Bytes - ukey.Bytes, _state.AgeOf((long)last.Used));
            _revalidation!.CreditLast(ukey, rest);
        }

        _state.Release(ukey.Ufid);
    }
}
