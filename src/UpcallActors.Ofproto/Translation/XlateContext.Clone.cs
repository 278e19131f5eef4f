using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto;

internal ref partial struct XlateContext
{
    /// <summary>
    /// Does actions to a copy of the packet (<c>clone_xlate_actions</c>): within a CLONE action only if something follows and what is
    /// done to the copy cannot be undone by header changes. A datapath without CLONE does the same with a SAMPLE that takes each packet.
    /// </summary>
    public void Clone(ActionList actions, bool last)
    {
        if (!MayDescend())
            return;
        bool isApart = !last && !AreReversible(actions);
        // What a copy in a CLONE would else do once more after it. Other copies do it when they put something out.
        if (isApart)
            Commit();
        Flow flow = Flow;
        Flow packet = _scratch.Base;
        bool conntracked = Conntracked;
        int start = Actions.Length;
        int nest = BeginCopy(out int inner);
        int body = Actions.Length;
        _clones++;
        Do(actions, last || isApart);
        FinishFreezing();
        if (Actions.Overflowed)
            return;

        if (Actions.Length > body && !last && !AreReversible(Actions.Written[body..]))
        {
            if (inner != nest)
                Actions.EndNest(inner);
            Actions.EndNest(nest);
            _lastClone = start;
            _lastCloneBody = body;
            _lastCloneEnd = Actions.Length;
            _scratch.Base = packet;
            if (!_support.Features.CloneAction && _clones > _support.Features.SampleNesting)
            {
                // What an error in another bridge leaves behind is sent on.
                Actions.Truncate(start);
                Fail(XlateError.NotSupported);
            }
        }
        else
        {
            // The next commit undoes what the copy's actions changed.
            int shift = body - start;
            Actions.Written[body..].CopyTo(Actions.Written[start..]);
            Actions.Truncate(Actions.Length - shift);
            if (_lastClone >= body)
                (_lastClone, _lastCloneBody, _lastCloneEnd) = (_lastClone - shift, _lastCloneBody - shift, _lastCloneEnd - shift);
        }

        _clones--;
        Flow = flow;
        Conntracked = conntracked;
    }

    /// <summary>
    /// Takes the actions of a CLONE that nothing follows out of it: there is no packet to save (<c>xlate_optimize_odp_actions</c>).
    /// </summary>
    public void UnwrapLastClone()
    {
        if (_lastCloneEnd == 0 || _lastCloneEnd != Actions.Length)
            return;
        Actions.Written[_lastCloneBody..].CopyTo(Actions.Written[_lastClone..]);
        Actions.Truncate(Actions.Length - (_lastCloneBody - _lastClone));
    }

    /// <summary>Opens the action around a copy's, and what it has around them itself; one and the same for CLONE.</summary>
    private int BeginCopy(out int inner)
    {
        int nest = inner = Actions.BeginNest(_support.Features.CloneAction ? OvsActionAttribute.Clone : OvsActionAttribute.Sample);
        if (!_support.Features.CloneAction)
        {
            Actions.PutU32(OvsSampleAttribute.Probability, uint.MaxValue);
            inner = Actions.BeginNest(OvsSampleAttribute.Actions);
        }

        return nest;
    }

    /// <summary>Whether actions by themselves need no CLONE (<c>reversible_actions</c>); what they lead to may.</summary>
    private static bool AreReversible(ActionList actions)
    {
        foreach (OpenFlowAction action in actions.Actions)
        {
            if (action.Kind is ActionKind.Conntrack or ActionKind.Meter || action is OutputAction { MaximumLength: > 0 })
                return false;
        }

        return true;
    }

    /// <summary>
    /// Whether all that the actions change can be changed back with SET and VLAN actions (<c>odp_actions_are_reversible</c>).
    /// </summary>
    private static bool AreReversible(ReadOnlySpan<byte> actions)
    {
        foreach (NetlinkAttribute action in new NetlinkAttributes(actions))
        {
            if (action.Type is OvsActionAttribute.Ct or OvsActionAttribute.CtClear or OvsActionAttribute.Trunc
                or OvsActionAttribute.Hash or OvsActionAttribute.Meter)
                return false;
        }

        return true;
    }
}
