using UpcallActors.Odp;

namespace UpcallActors.Pipeline;

/// <content>Taking over what an earlier run left.</content>
internal sealed partial class RevalidationActor
{
    /// <summary>
    /// Takes over what an earlier run left, all at once, since what one flow's recirculation id stands for is told by another. A datapath that cannot be asked now is asked
    /// again in each round.
    /// </summary>
    private void AdoptAll()
    {
        var flows = new List<AdoptedFlow>();
        var seen = new HashSet<Ufid>();
        var ids = new List<uint>();
        if (_dump!.TryBegin(ufidFlags: 0, out _))
        {
            FlowDumpProgress progress;
            while ((progress = _dump.Read(TakeFlow)) == FlowDumpProgress.More)
            {
            }

            if (progress == FlowDumpProgress.Failed)
                _state.Counters.Count(RevalidationEvent.DumpFailed);
        }

        _requests!.Send();
        IRecirculationIds? recirculations = _state.Translators.Recirculations;
        foreach (uint id in ids)
            recirculations?.Reserve(id);
        new FlowAdoption(_judge!, recirculations, _state).Decide(flows);
        // Until the revalidators have them: what is told here may not arrive.
        foreach (AdoptedFlow flow in flows)
            flow.Remember(_state);
        _state.Flows.Correct(_state.Flows.Balance, flows.Count);
        ILookup<int, AdoptedFlow> parts = flows.ToLookup(flow => _state.PartitionOf(flow.Ukey.Ufid));
        foreach (RevalidationState.Partition partition in _state.Partitions)
        {
            _awaited.Add(partition.Index);
            _revalidators[partition.Index].Tell(new RevalidatorActor.TakeOver([.. parts[partition.Index]]), Self);
        }

        void TakeFlow(in FlowMessage flow, ReadOnlySpan<byte> message)
        {
            if (Ukey.Of(flow, message) is { } ukey)
            {
                if (!seen.Add(ukey.Ufid))
                {
                    _state.Counters.Count(RevalidationEvent.DumpedDuplicateFlow);
                    return;
                }

                ukey.CollectRecirculationIds(ids);
                flows.Add(new AdoptedFlow(ukey, new FlowCredit(flow.Packets, flow.Bytes, _state.AgeOf((long)flow.Used)), (long)flow.Used));
            }
            else
            {
                DeleteSenseless(flow, message);
            }
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
