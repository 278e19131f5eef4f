using System.Collections.Immutable;
using UpcallActors.Odp;
using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto;

/// <content>Packets that go to controllers, and those that wait for them.</content>
internal ref partial struct XlateContext
{
    /// <summary>Has the datapath send the packet up for a controller, now and for each packet of the flow to come.</summary>
    public void SendToController(in ControllerRequest request, ImmutableArray<byte> userData, uint meter = 0)
    {
        Commit();
        // The controller sees the pipeline's state too (registers, table), which the datapath does not carry. That another program tracked
        // the packet before does not count: the flow is for packets of both kinds.
        _scratch.Frozen.Capture(Bridge.Name, Table, Conntracked && !WasTrackedBefore, ref Flow, userData, [], mayBeReassembled: false,
            IsBehindPatch);
        // A flow that is there to catch the rest means a miss (xlate_controller_action).
        bool isMiss = request.Reason == ControllerReason.Action && _rule?.IsTableMiss == true;
        PutController(isMiss ? request with { Reason = ControllerReason.ExplicitMiss } : request, meter);
    }

    /// <summary>
    /// Does what was left of a packet that comes from a controller, each action as if its rule's list had not been left
    /// (<c>xlate_actions</c> of frozen actions).
    /// </summary>
    public void DoLeft(ReadOnlySpan<FrozenAction> left)
    {
        for (int i = 0; i < left.Length && Error == XlateError.None; i++)
        {
            Table = left[i].Table;
            _cookie = left[i].Cookie;
            Observer?.ActionTaken(left[i].Action.ToString(Observer.Names));
            bool goesOn = Do(left[i].Action, i == left.Length - 1);
            if (_freezing)
            {
                Keep(left[(_repeats ? i : i + 1)..]);
                _repeats = false;
            }

            if (!goesOn || _freezing)
                return;
        }
    }

    /// <summary>Ends all lists: the packet waits for a controller, or the copy of it.</summary>
    private void Pause(ControllerAction action)
    {
        _freezing = true;
        _pausing = action;
    }

    /// <summary>
    /// Has the datapath send the packet up for a controller that gives it back, with all that is left to be done then
    /// (<c>emit_continuation</c>).
    /// </summary>
    private void FinishPause(ControllerAction action)
    {
        // No table: what is left says its own.
        _scratch.Frozen.Capture(Bridge.Name, table: 0, Conntracked && !WasTrackedBefore, ref Flow, action.UserData, _scratch.Left.Span,
            mayBeReassembled: false, IsBehindPatch);
        _scratch.Left.Clear();
        PutController(action.Request with { Pauses = true }, action.Meter);
    }

    /// <summary>Keeps what a controller has given back and waits again.</summary>
    private readonly void Keep(ReadOnlySpan<FrozenAction> left)
    {
        foreach (FrozenAction later in left)
            _scratch.Left.Add(new FrozenActions(ActionList.Of(later.Action), 0, later.Table, Rule: null, later.Cookie));
    }

    /// <summary>What an action asks; an output to the controller in a packet-out has a reason of its own.</summary>
    private readonly ControllerRequest RequestOf(ControllerAction action) =>
        IsPacketOut && !action.IsExtension ? action.Request with { Reason = ControllerReason.PacketOut } : action.Request;

    private void PutController(in ControllerRequest request, uint meter)
    {
        ControllerRequest asked = request with { DontSend = _observer is not null };
        var cookie = new UserspaceCookie(UserspaceReason.Controller, _recirculations.GetId(_scratch.Frozen), asked.ToArgument())
        {
            RuleCookie = _cookie,
        };
        PutUserspace(cookie, meter == 0 || Bridge.Tables.Meters.Find(meter) is null ? BridgeMeters.Controller : meter);
        ControllerPackets++;
    }
}
