using UpcallActors.Odp;

namespace UpcallActors.Pipeline;

/// <summary>
/// Adopts flows that no revalidator knows: those that our lanes just put, those of an earlier run, and those of other programs. Each is
/// translated anew and compared. If a flow differs from our own result only in recirculation ids, that tells what these ids mean. Then the
/// flows behind them can be translated, which may tell of more. The same holds for MAC addresses learned on the way. So it repeats until no
/// new recirculation id can be resolved.
/// </summary>
internal sealed class FlowAdoption(FlowRevalidation revalidation, IRecirculationIds? recirculations, RevalidationState state)
{
    /// <summary>
    /// How often flows are looked at again because of a new version alone. One or two passes are enough for what flows tell of each other.
    /// Lanes that learn address after address must not hold us here, and another round will come.
    /// </summary>
    private const int MaxLooksForVersions = 4;

    /// <summary>
    /// Decides about all flows. Those that stay hold their recirculation ids from here on. If a translation throws, what was credited
    /// before is remembered, and nothing is held.
    /// </summary>
    public void Decide(List<AdoptedFlow> flows)
    {
        try
        {
            DecideAll(flows);
        }
        catch
        {
            GiveUp(flows);
            throw;
        }
    }

    private void GiveUp(List<AdoptedFlow> flows)
    {
        foreach (AdoptedFlow flow in flows)
        {
            flow.Ukey.Release(recirculations);
            if (flow.IsCredited)
                flow.Remember(state);
        }
    }

    private void DecideAll(List<AdoptedFlow> flows)
    {
        int looks = 0;
        bool again = true;
        while (again)
        {
            ulong version = state.Translators.RevalidationVersion;
            bool told = false;
            foreach (AdoptedFlow flow in flows)
            {
                if (!flow.IsSettled)
                    told |= Decide(flow);
            }

            again = told || (state.Translators.RevalidationVersion != version && ++looks < MaxLooksForVersions);
        }

        foreach (AdoptedFlow flow in flows)
        {
            if (!flow.IsSettled && flow.Verdict is FlowVerdict.Modify)
                Settle(flow);
        }
    }

    /// <summary>Decides about a flow; true when that told something that others may depend on.</summary>
    private bool Decide(AdoptedFlow flow)
    {
        if (state.IsQuarantined(flow.Ukey.Ufid))
        {
            Delete(flow, FlowDeletionReason.XlationError);
            return false;
        }

        FlowCredit credit = flow.IsCredited ? default : state.CreditedWith(flow.Ukey.Ufid).RestOf(flow.Ukey.Ufid, flow.Carried);
        FlowVerdict verdict = revalidation.Revalidate(flow.Ukey, credit);
        flow.IsCredited |= verdict != FlowVerdict.DeleteUnknownContext;
        bool told = false;
        if (verdict == FlowVerdict.ModifyIds && revalidation.Recirculations.Count != 0 && recirculations is not null)
        {
            // Not &=: each pair tells something by itself.
            foreach ((uint installed, uint own) in revalidation.Recirculations.ToArray())
                told |= recirculations.TryAdopt(installed, own);
            verdict = told ? revalidation.Revalidate(flow.Ukey, default) : verdict;
        }

        flow.Verdict = verdict;
        flow.Reason = revalidation.Reason;
        flow.Actions = verdict is FlowVerdict.Modify or FlowVerdict.ModifyIds ? revalidation.Actions.ToArray() : [];
        // One that differs altogether may no longer once more is known.
        if (verdict is FlowVerdict.Keep or FlowVerdict.ModifyIds)
            Settle(flow);
        return told;
    }

    private void Settle(AdoptedFlow flow)
    {
        flow.IsSettled = true;
        flow.Ukey.Hold(recirculations);
    }

    private static void Delete(AdoptedFlow flow, FlowDeletionReason reason)
    {
        flow.Verdict = FlowVerdict.Delete;
        flow.Reason = reason;
        flow.IsSettled = true;
    }
}

/// <summary>A flow that is to be taken over, and what was decided about it.</summary>
internal sealed class AdoptedFlow(Ukey ukey, FlowCredit carried, long used)
{
    /// <summary>The flow.</summary>
    public Ukey Ukey { get; } = ukey;

    /// <summary>What it has carried.</summary>
    public FlowCredit Carried { get; } = carried;

    /// <summary>When it was used last, by the datapath's clock; 0 for never.</summary>
    public long Used { get; } = used;

    /// <summary>Whether that was credited.</summary>
    public bool IsCredited { get; set; }

    /// <summary>Whether the decision is final.</summary>
    public bool IsSettled { get; set; }

    /// <summary>The decision.</summary>
    public FlowVerdict Verdict { get; set; }

    /// <summary>Why it must go, if it must.</summary>
    public FlowDeletionReason Reason { get; set; }

    /// <summary>
    /// Notes that all the flow had carried was credited: in the ukey, and for the case that the ukey is lost and the flow is found again.
    /// </summary>
    public void Remember(RevalidationState state)
    {
        Ukey.Packets = Carried.Packets;
        Ukey.Bytes = Carried.Bytes;
        state.CreditedWith(Ukey.Ufid).Add(Ukey);
    }

    /// <summary>The actions it is to have, if it is to have others.</summary>
    public byte[] Actions { get; set; } = [];
}
