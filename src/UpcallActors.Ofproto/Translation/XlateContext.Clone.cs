using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto;

internal ref partial struct XlateContext
{
    /// <summary>
    /// Does actions to a copy of the packet (<c>clone_xlate_actions</c>): within a CLONE action only if something follows and the
    /// copy's actions cannot be undone by header changes.
    /// </summary>
    public void Clone(ActionList actions, bool last)
    {
        if (!MayDescend())
            return;
        if (!last)
            Commit();
        Flow flow = Flow;
        Flow packet = _scratch.Base;
        bool conntracked = Conntracked;
        int start = Actions.Length;
        int nest = Actions.BeginNest(OvsActionAttribute.Clone);
        Do(actions, last: true);
        if (Actions.Overflowed)
            return;

        int body = start + NetlinkAttribute.HeaderLength;
        if (Actions.Length > body && !last && !AreReversible(Actions.Written[body..]))
        {
            Actions.EndNest(nest);
            _lastClone = start;
            _lastCloneEnd = Actions.Length;
            _scratch.Base = packet;
        }
        else
        {
            // The next commit undoes what the copy's actions changed.
            Actions.Written[body..].CopyTo(Actions.Written[start..]);
            Actions.Truncate(Actions.Length - NetlinkAttribute.HeaderLength);
        }

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
        Actions.Written[(_lastClone + NetlinkAttribute.HeaderLength)..].CopyTo(Actions.Written[_lastClone..]);
        Actions.Truncate(Actions.Length - NetlinkAttribute.HeaderLength);
    }

    /// <summary>
    /// Whether all that the actions change can be changed back with SET and VLAN actions (<c>odp_actions_are_reversible</c>).
    /// </summary>
    private static bool AreReversible(ReadOnlySpan<byte> actions)
    {
        foreach (NetlinkAttribute action in new NetlinkAttributes(actions))
        {
            if (action.Type is OvsActionAttribute.Ct or OvsActionAttribute.CtClear or OvsActionAttribute.Trunc)
                return false;
        }

        return true;
    }
}
