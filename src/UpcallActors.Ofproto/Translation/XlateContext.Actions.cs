using UpcallActors.Odp;
using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto;

/// <content>
/// What each kind of action does (<c>do_xlate_actions</c>): the one place that knows them all. Kinds that change headers are in
/// their own parts.
/// </content>
internal ref partial struct XlateContext
{
    /// <summary>Does the actions of a list; <paramref name="last"/> says that nothing comes after the list.</summary>
    public void Do(ActionList list, bool last) => Do(list, 0, last);

    /// <summary>The same from one of them on.</summary>
    private void Do(ActionList list, int from, bool last)
    {
        ReadOnlySpan<OpenFlowAction> actions = list.Actions.AsSpan();
        if (actions.IsEmpty)
            Observer?.ActionTaken(ActionList.Drop);
        for (int i = from; i < actions.Length && Error == XlateError.None; i++)
        {
            Observer?.ActionTaken(actions[i].ToString(Observer.Names));
            bool goesOn = Do(actions[i], last && i == actions.Length - 1);
            if (_freezing)
                Keep(list, i);
            if (!goesOn || _freezing)
                return;
        }
    }

    /// <summary>
    /// Does an action. <paramref name="last"/> says that nothing comes after it, in this list or in one around it.
    /// Returns false to end the list it stands in.
    /// </summary>
    private bool Do(OpenFlowAction action, bool last)
    {
        switch (action.Kind)
        {
            case ActionKind.Output:
                Output((OutputAction)action, last);
                return true;
            case ActionKind.OutputField:
                OutputField((OutputFieldAction)action, last);
                return true;
            case ActionKind.Resubmit:
                var resubmit = (ResubmitAction)action;
                TranslateTable(resubmit.Port ?? Flow.InPort, resubmit.Table ?? Table, resubmit.WithConnection, honorsMiss: false, last);
                return true;
            case ActionKind.GotoTable:
                TranslateTable(Flow.InPort, ((GotoTableAction)action).Table, withConnection: false, honorsMiss: true, last);
                return true;
            case ActionKind.Controller:
                var controller = (ControllerAction)action;
                if (controller.Pauses)
                    Pause(controller);
                else
                    SendToController(RequestOf(controller), controller.UserData, controller.Meter);
                return true;
            case ActionKind.Conntrack:
                Track((ConntrackAction)action);
                return true;
            case ActionKind.ConntrackClear:
                ClearTracking();
                return true;
            case ActionKind.Clone:
                Clone(((CloneAction)action).Actions, last);
                return true;
            case ActionKind.Group:
                return TranslateGroup(((GroupAction)action).Group, last);
            case ActionKind.Meter:
                // Not a reason to write header changes: the meter counts bytes, which they do not change.
                if (Bridge.Tables.Meters.Find(((MeterAction)action).Meter) is { } meter)
                    OvsActionWriter.Meter(ref Actions, meter.DatapathId);
                return true;
            default:
                return Change(action);
        }
    }

    private void Output(OutputAction action, bool last)
    {
        if (action.MaximumLength == 0)
            Output(action.Port, ControllerRequest.Default, last);
        else
            OutputCut(action.Port, action.MaximumLength);
    }

    /// <summary>A number over 16 bits is no port.</summary>
    private void OutputField(OutputFieldAction action, bool last)
    {
        UInt128 port = action.Source.Read(Flow);
        action.Source.MarkUsed(ref Wildcards);
        if (port > ushort.MaxValue)
        {
            Observer?.Noted(TranslationNote.PortOutOfRange, port.ToString(System.Globalization.CultureInfo.InvariantCulture));
            return;
        }

        Observer?.Noted(TranslationNote.PortOfField, (uint)port);
        Output((uint)port, ControllerRequest.Default with { MaximumLength = action.MaximumLength }, last);
    }
}
