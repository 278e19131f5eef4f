using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Pipeline;

/// <content>Taking over what an earlier run left.</content>
internal sealed partial class RevalidationLeader
{
    private readonly List<AdoptedFlow> _found = [];
    private readonly HashSet<Ufid> _foundIds = [];
    private readonly List<Ufid> _incomplete = [];
    private readonly List<Ufid> _senseless = [];

    /// <summary>
    /// Adopts the flows of an earlier run, all at once, because one flow tells what the recirculation id of another means. A datapath that
    /// cannot be asked now is asked again in each round.
    /// </summary>
    private void AdoptAll()
    {
        if (_dump!.TryBegin(ufidFlags: 0, out _))
        {
            FlowDumpProgress progress;
            while ((progress = _dump.Read(Find)) == FlowDumpProgress.More)
            {
            }

            if (progress == FlowDumpProgress.Failed)
                _state.Counters.Count(RevalidationEvent.DumpFailed);
        }

        FetchIncomplete();
        _requests!.Send();
        IRecirculationIds? recirculations = _state.Translators.Recirculations;
        var ids = new List<uint>();
        foreach (AdoptedFlow flow in _found)
            flow.Ukey.CollectRecirculationIds(ids);
        foreach (uint id in ids)
            recirculations?.Reserve(id);
        new FlowAdoption(_revalidation!, recirculations, _state).Decide(_found);
        // Until the revalidators have them: messages to them may not arrive.
        foreach (AdoptedFlow flow in _found)
            flow.Remember(_state);
        _state.Flows.Correct(_state.Flows.Balance, _found.Count);
        ILookup<int, AdoptedFlow> parts = _found.ToLookup(flow => _state.PartitionOf(flow.Ukey.Ufid));
        _found.Clear();
        _foundIds.Clear();
        foreach (RevalidationState.Partition partition in _state.Partitions)
        {
            _awaited.Add(partition.Index);
            _revalidators[partition.Index].Tell(new RevalidatorActor.TakeOver([.. parts[partition.Index]]), Self);
        }
    }

    private void Find(in FlowMessage flow, ReadOnlySpan<byte> message)
    {
        if (flow.Ufid is { } ufid && !_foundIds.Add(ufid))
            _state.Counters.Count(RevalidationEvent.DumpedDuplicateFlow);
        else if (flow is { Ufid: { } id, Actions.IsPresent: false })
            _incomplete.Add(id);
        else if (!TryTake(flow, message))
            DeleteSenseless(flow, message);
    }

    private bool TryTake(in FlowMessage flow, ReadOnlySpan<byte> message)
    {
        if (Ukey.Of(flow, message) is not { } ukey)
            return false;
        _found.Add(new AdoptedFlow(ukey, new FlowCredit(flow.Packets, flow.Bytes, _state.AgeOf((long)flow.Used)), (long)flow.Used));
        return true;
    }

    /// <summary>
    /// Asks for the flows whose actions were too long for a part of the dump (<c>ovs_flow_cmd_fill_actions</c>), each
    /// by itself: such a flow is as good as any.
    /// </summary>
    private void FetchIncomplete()
    {
        foreach (Ufid ufid in _incomplete)
        {
            if (_requests!.IsFull)
                _requests.Send();
            _requests.Get(ufid);
        }

        _requests!.Send();
        foreach (Ufid ufid in _senseless)
        {
            if (_requests.IsFull)
                _requests.Send();
            _requests.Delete(ufid, null, FlowDeletionReason.BadOdpFit);
        }

        _incomplete.Clear();
        _senseless.Clear();
    }

    /// <summary>What came of a request about a single flow.</summary>
    private void OnAnswer(in FlowRequest request, Errno error, FlowMessage? flow, ReadOnlySpan<byte> message)
    {
        if (request.Kind == FlowRequestKind.Get)
        {
            if (flow is { } fetched && !TryTake(fetched, message))
                _senseless.Add(request.Ufid);
        }
        else if (error == Errno.None)
        {
            _state.Counters.CountDeleted(request.Reason);
        }
        else if (error != Errno.NoEntry)
        {
            _failure ??= FailureOf(error);
        }
    }

    private void OnTakenOver(int partition)
    {
        _awaited.Remove(partition);
        if (_awaited.Count != 0)
            return;
        // What one that has failed meanwhile did not take over is found by the next round.
        _changed |= !_isWhole;
        Context.Parent.Tell(Adopted.Instance, Self);
        Rest();
    }
}
