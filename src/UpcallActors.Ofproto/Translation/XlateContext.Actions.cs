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
    public void Do(ActionList list, bool last)
    {
        ReadOnlySpan<OpenFlowAction> actions = list.Actions.AsSpan();
        if (actions.IsEmpty)
            Observer?.ActionTaken(ActionList.Drop);
        for (int i = 0; i < actions.Length && Error == XlateError.None; i++)
        {
            Observer?.ActionTaken(actions[i].ToString(Observer.Names));
            if (!Do(actions[i], last && i == actions.Length - 1))
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
                TranslateTable(resubmit.Port ?? Flow.InPort, resubmit.Table ?? Table, resubmit.WithConnection, last);
                return true;
            case ActionKind.GotoTable:
                TranslateTable(Flow.InPort, ((GotoTableAction)action).Table, withConnection: false, last);
                return true;
            case ActionKind.Controller:
                var controller = (ControllerAction)action;
                SendToController(controller.Request, controller.UserData);
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
        Output((uint)port, ControllerRequest.Default, last);
    }
}
