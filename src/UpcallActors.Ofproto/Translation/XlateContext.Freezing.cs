using UpcallActors.Odp;
using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto;

/// <content>
/// A translation that cannot go on before the datapath has done its part: what is left of the lists of actions becomes part of the state
/// behind a recirculation id (<c>ctx_trigger_freeze</c>). A packet that waits for a controller is left in the same way.
/// </content>
internal ref partial struct XlateContext
{
    /// <summary>Does what was left when the packet was recirculated, and looks nothing up.</summary>
    public void Resume(FrozenState frozen)
    {
        _mayBeReassembled |= frozen.MayBeReassembled;
        ReadOnlySpan<FrozenActions> left = frozen.Actions;
        for (int i = 0; i < left.Length && Error == XlateError.None; i++)
        {
            if (_freezing)
            {
                _scratch.Left.Add(left[i]);
                continue;
            }

            Table = left[i].Table;
            // Behind the hash of a group no table is looked up, but a change of the group is one of its tables.
            VisitedTables |= TableSet.BitOf(Table, Bridge.Tables.FoldShift);
            _rule = left[i].Rule;
            _cookie = left[i].Cookie;
            Do(left[i].List, left[i].From, last: i == left.Length - 1);
        }
    }

    /// <summary>Ends all lists up to the end of the packet, or of the copy of it, and has the datapath hash it then.</summary>
    private void Freeze(uint hashAlgorithm, uint hashBasis)
    {
        _freezing = true;
        _repeats = true;
        _hashAlgorithm = hashAlgorithm;
        _hashBasis = hashBasis;
    }

    /// <summary>Keeps what is left of a list: the action that asked for it is done again, one that led to it is not.</summary>
    private void Keep(ActionList list, int at)
    {
        int from = _repeats ? at : at + 1;
        _repeats = false;
        if (from < list.Actions.Length)
            _scratch.Left.Add(new FrozenActions(list, from, Table, _rule, _cookie));
    }

    /// <summary>Writes the recirculation, or what sends a paused packet up, if something has frozen the translation.</summary>
    public void FinishFreezing()
    {
        if (!_freezing)
            return;
        _freezing = false;
        Commit();
        if (_pausing is { } action)
        {
            _pausing = null;
            FinishPause(action);
            return;
        }

        OvsActionWriter.Hash(ref Actions, _hashAlgorithm, _hashBasis);
        _scratch.Frozen.Capture(Bridge.Name, Table, Conntracked && !WasTrackedBefore, ref Flow, [], _scratch.Left.Span, _mayBeReassembled,
            IsBehindPatch, isHashed: true);
        _scratch.Left.Clear();
        Actions.PutU32(OvsActionAttribute.Recirc, _recirculations.GetId(_scratch.Frozen));
    }
}
