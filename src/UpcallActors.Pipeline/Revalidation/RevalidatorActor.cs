using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Pipeline;

/// <summary>
/// Revalidates a part of the datapath's flows: credits their packets to the OpenFlow rules, translates them again when something has
/// changed, and deletes flows that are idle, too many, or wrong. Owns its flows' <see cref="Ukey"/>s; no other actor sees them.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable",
    Justification = "An actor is never disposed: PostStop is where it lets go of what it holds.")]
internal sealed partial class RevalidatorActor : UntypedActor
{
    /// <summary>Flows after which requests are sent and limits looked at again (<c>REVALIDATE_MAX_BATCH</c>).</summary>
    private const int BatchSize = 50;

    /// <summary>Idle time that a flow is allowed while there are too many.</summary>
    private const long CrowdedIdleMilliseconds = 100;

    /// <summary>Dumps after which a flow that they did not show is given up.</summary>
    private const int MaxMissedDumps = 4;

    private readonly RevalidationState _state;
    private readonly RevalidationState.Partition _partition;
    private readonly IRecirculationIds? _recirculations;
    private readonly Dictionary<Ufid, Ukey> _ukeys = [];
    private readonly HashSet<Ufid> _new = [];
    private readonly List<Ufid> _unknown = [];
    private readonly List<AdoptedFlow> _fetched = [];
    private readonly List<Ufid> _senseless = [];
    private FlowRevalidation? _revalidation;
    private FlowAdoption? _adoption;
    private FlowRequestBatch? _requests;
    private Begin _round;
    private Errno _refused;
    private long _maxIdle;
    private bool _killAll;
    private bool _saidKill;
    private bool _missed;

    public RevalidatorActor(RevalidationState state, RevalidationState.Partition partition)
    {
        _state = state;
        _partition = partition;
        _recirculations = state.Translators.Recirculations;
        _round = partition.Round;
    }

    /// <inheritdoc/>
    protected override void PreStart()
    {
        _revalidation = new FlowRevalidation(_state.Translators.Create(_partition.Number), _state.Counters);
        _adoption = new FlowAdoption(_revalidation, _recirculations, _state);
        _requests = new FlowRequestBatch(_state.Datapath, _state.Counters, _state.Log, OnAnswer);
        _partition.Keys = 0;
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        foreach (Ukey ukey in _ukeys.Values)
        {
            ukey.Release(_recirculations);
            _partition.Credited.Add(ukey);
        }

        _ukeys.Clear();
        _requests?.Dispose();
        _requests = null;
    }

    /// <inheritdoc/>
    protected override void PreRestart(Exception reason, object message)
    {
        _state.Counters.Count(RevalidationEvent.RevalidatorRestart);
        _partition.HasFailed = true;
        if (_revalidation?.Current is { } ufid)
            _state.Quarantine(ufid);
        base.PreRestart(reason, message);
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Begin round:
                _round = _partition.Round = round;
                _partition.HasFailed = false;
                _saidKill = false;
                _missed = false;
                _refused = Errno.None;
                break;
            case Dumped dumped:
                Revalidate(dumped.Flows.AsSpan(0, dumped.Count));
                break;
            case TakeOver takeOver:
                Settle(takeOver.Flows);
                Sender.Tell(new TakenOver(_partition.Index), Self);
                break;
            case Sweep sweep:
                SweepUp(sweep.IsComplete);
                bool isAccounted = sweep.IsComplete && !_missed && !_partition.HasFailed;
                Sender.Tell(new Swept(_partition.Index, sweep.Round, isAccounted, _refused), Self);
                break;
            default:
                Unhandled(message);
                break;
        }

        _partition.Keys = _ukeys.Count;
    }

    private void Revalidate(ReadOnlySpan<FlowReport> flows)
    {
        while (!flows.IsEmpty)
        {
            ReadOnlySpan<FlowReport> batch = flows[..Math.Min(BatchSize, flows.Length)];
            flows = flows[batch.Length..];
            LookAtLimits();
            long now = _state.Datapath.Milliseconds;
            foreach (FlowReport flow in batch)
                Revalidate(flow, now);
            _requests!.Send();
            AdoptUnknown();
        }
    }

    /// <summary>As many flows as this many are allowed for how long without a packet?</summary>
    private void LookAtLimits()
    {
        int count = _state.Flows.Count;
        int limit = _state.Flows.Limit;
        if (count >= limit)
            _state.Counters.Count(RevalidationEvent.UpcallFlowLimitHit);
        _killAll = count > 2L * limit;
        if (_killAll && !_saidKill)
        {
            _saidKill = true;
            _state.Counters.Count(RevalidationEvent.UpcallFlowLimitKill);
        }

        _maxIdle = count > limit ? CrowdedIdleMilliseconds : (long)_state.Settings.MaxIdle.TotalMilliseconds;
    }

    private void Revalidate(in FlowReport flow, long now)
    {
        if (!_ukeys.TryGetValue(flow.Ufid, out Ukey? ukey))
        {
            _state.Counters.Count(NoteUnknown(flow) ? RevalidationEvent.DumpedNewFlow : RevalidationEvent.DumpedDuplicateFlow);
            return;
        }

        if (ukey.Round == _round.Number)
        {
            _state.Counters.Count(RevalidationEvent.DumpedDuplicateFlow);
            return;
        }

        if (flow.Packets < ukey.Packets)
        {
            // Another flow than the known one, with the same key: that was deleted, and a lane put this one.
            _state.Counters.Count(RevalidationEvent.UkeyInvalidStatReset);
            Forget(ukey);
            NoteUnknown(flow);
            return;
        }

        ukey.Round = _round.Number;
        ukey.MissedDumps = 0;
        var credit = new FlowCredit(flow.Packets - ukey.Packets, flow.Bytes - ukey.Bytes, _state.AgeOf(flow.Used));
        long used = flow.Used != 0 ? flow.Used : credit.Packets != 0 ? now : Math.Max(ukey.Used, ukey.Created);
        if (_round.IsPurge)
            Delete(ukey, FlowDeletionReason.Purge);
        else if (_killAll)
            Delete(ukey, FlowDeletionReason.FlowLimit);
        else if (used < now - _maxIdle)
            Delete(ukey, FlowDeletionReason.FlowIdle);
        else if (MayDiffer(ukey) && !IsWorthwhile(ukey, credit.Packets, now))
            Delete(ukey, FlowDeletionReason.TooExpensive);
        else
            Update(ukey, flow, credit);
        ukey.Used = used;
    }

    /// <summary>False for one that the same batch has shown already.</summary>
    private bool NoteUnknown(in FlowReport flow)
    {
        if (!_new.Add(flow.Ufid))
            return false;
        if (flow.Ukey is { } ukey)
            _fetched.Add(new AdoptedFlow(ukey, new FlowCredit(flow.Packets, flow.Bytes, _state.AgeOf(flow.Used)), flow.Used));
        else
            _unknown.Add(flow.Ufid);
        return true;
    }

    /// <summary>Whether a flow carries enough to be translated again (<c>should_revalidate</c>): any does while rounds are quick.</summary>
    private bool IsWorthwhile(Ukey ukey, ulong packets, long now)
    {
        int least = _state.Settings.MinRevalidatePps;
        if (ukey.Used == 0 || least == 0 || _round.LastMilliseconds < _state.Settings.MaxRevalidator.TotalMilliseconds / 2)
            return true;
        long between = Math.Max(0, now - ukey.Used) / (long)Math.Clamp(packets, 1, long.MaxValue);
        return between < 1000 / least;
    }

    /// <summary>
    /// Whether a flow must be translated again. One that need not has been looked at under the round's version, so that older changes of
    /// other tables are not asked about again.
    /// </summary>
    private bool MayDiffer(Ukey ukey)
    {
        if (ukey.Version == _round.Version)
            return false;
        if (ukey.Version == Ukey.NoVersion || _state.Translators.MayDiffer(ukey.Version, ukey.VisitedTables))
            return true;
        ukey.Version = _round.Version;
        return false;
    }

    private void Update(Ukey ukey, in FlowReport flow, FlowCredit credit)
    {
        if (credit.Packets == 0 && !MayDiffer(ukey))
            return;
        FlowVerdict verdict = _revalidation!.Revalidate(ukey, credit);
        ukey.Packets = flow.Packets;
        ukey.Bytes = flow.Bytes;
        Apply(ukey, verdict);
    }

    private void Apply(Ukey ukey, FlowVerdict verdict)
    {
        ukey.Version = _round.Version;
        if (verdict is FlowVerdict.Modify or FlowVerdict.ModifyIds)
            Modify(ukey, _revalidation!.Actions.ToArray());
        else if (verdict != FlowVerdict.Keep)
            Delete(ukey, _revalidation!.Reason);
    }

    /// <summary>
    /// Adopts the unknown flows of a batch, and fetches those that it showed only by their ids.
    /// </summary>
    private void AdoptUnknown()
    {
        if (_new.Count == 0)
            return;
        _new.Clear();
        foreach (Ufid ufid in _unknown)
        {
            if (_requests!.IsFull)
                _requests.Send();
            _requests.Get(ufid);
        }

        _requests!.Send();
        _unknown.Clear();
        foreach (Ufid ufid in _senseless)
            Delete(ufid, null, FlowDeletionReason.BadOdpFit);
        _senseless.Clear();
        _adoption!.Decide(_fetched);
        Settle(_fetched);
        _fetched.Clear();
    }

    /// <summary>Carries out what was decided about flows that we take over.</summary>
    private void Settle(List<AdoptedFlow> flows)
    {
        // All of them before anything is done to one, which may fail.
        foreach (AdoptedFlow flow in flows)
            Know(flow);
        foreach (AdoptedFlow flow in flows)
        {
            Ukey ukey = flow.Ukey;
            if (_round.IsPurge)
                Delete(ukey, FlowDeletionReason.Purge);
            else if (flow.Verdict is FlowVerdict.Delete or FlowVerdict.DeleteUnknownContext)
                Delete(ukey, flow.Reason);
            else
                Keep(flow);
        }

        _requests!.Send();
    }

    private void Know(AdoptedFlow flow)
    {
        Ukey ukey = flow.Ukey;
        _ukeys.Add(ukey.Ufid, ukey);
        _partition.Credited.Remove(ukey.Ufid);
        ukey.Packets = flow.Carried.Packets;
        ukey.Bytes = flow.Carried.Bytes;
        ukey.Used = flow.Used;
        ukey.Created = _state.Datapath.Milliseconds;
        ukey.Round = _round.Number;
        ukey.Version = _round.Version;
    }

    private void Keep(AdoptedFlow flow)
    {
        _state.Counters.Count(RevalidationEvent.FlowAdopted);
        if (flow.Verdict != FlowVerdict.Keep)
            Modify(flow.Ukey, flow.Actions);
    }

    /// <summary>Looks at the flows that the round's dump did not show. One that is still there shows in one of the next.</summary>
    private void SweepUp(bool isComplete)
    {
        // Those that go may be taken out meanwhile, and none comes in.
        foreach (Ukey ukey in _ukeys.Values)
        {
            if (_round.IsPurge && ukey.Round != _round.Number)
            {
                Delete(ukey, FlowDeletionReason.Purge);
            }
            else if (isComplete && ukey.Round != _round.Number)
            {
                _missed = true;
                _state.Counters.Count(RevalidationEvent.RevalidateMissedDpFlow);
                if (++ukey.MissedDumps >= MaxMissedDumps)
                {
                    _state.Counters.Count(RevalidationEvent.RevalidateMissingDpFlow);
                    Delete(ukey, FlowDeletionReason.FlowMissingDp);
                }
                else if (MayDiffer(ukey))
                {
                    Apply(ukey, _revalidation!.Revalidate(ukey, default));
                }
            }
        }

        _requests!.Send();
        // The dump has shown all flows to this incarnation: what it does not know is gone.
        if (isComplete && !_partition.HasFailed)
            _partition.Credited.Clear();
    }

    private void Modify(Ukey ukey, byte[] actions)
    {
        if (_requests!.IsFull)
            _requests.Send();
        _requests.Modify(ukey, actions);
    }

    private void Delete(Ukey ukey, FlowDeletionReason reason) => Delete(ukey.Ufid, ukey, reason);

    private void Delete(Ufid ufid, Ukey? ukey, FlowDeletionReason reason)
    {
        if (_requests!.IsFull)
            _requests.Send();
        _requests.Delete(ufid, ukey, reason);
    }

    private void Forget(Ukey ukey)
    {
        if (_ukeys.Remove(ukey.Ufid))
            ukey.Release(_recirculations);
    }
}
