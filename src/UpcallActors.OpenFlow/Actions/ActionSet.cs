using System.Collections.Immutable;

namespace UpcallActors.OpenFlow;

/// <summary>
/// Actions of which no order was given, as those of a group's bucket: OpenFlow's action set. Of each kind that changes the packet's form
/// the last one is done, then all that write fields as they came, and last the one that says where the packet goes
/// (<c>ofpacts_execute_action_set</c>).
/// </summary>
internal static class ActionSet
{
    // Those of which the last one counts, in the order in which they are done.
    private static readonly ActionKind[] _slots = [ActionKind.StripVlan, ActionKind.PushVlan, ActionKind.DecrementTtl];

    /// <summary>
    /// The actions of a bucket in the order in which they are done. Without one that says where the packet goes nothing is. A controller
    /// is told that the packet comes from a group.
    /// </summary>
    public static ActionList Order(ActionList actions)
    {
        OpenFlowAction? destination = null;
        foreach (OpenFlowAction action in actions.Actions)
        {
            if (RankOf(action) is var rank && rank != 0 && (destination is null || rank >= RankOf(destination)))
                destination = action;
        }

        if (destination is null)
            return ActionList.Empty;
        ImmutableArray<OpenFlowAction>.Builder ordered = ImmutableArray.CreateBuilder<OpenFlowAction>();
        foreach (ActionKind slot in _slots)
        {
            if (actions.Actions.LastOrDefault(action => action.Kind == slot) is { } last)
                ordered.Add(last);
        }

        ordered.AddRange(actions.Actions.Where(WritesField));
        ordered.Add(destination is ControllerAction controller
            ? new ControllerAction(controller.Request with { Reason = ControllerReason.Group }, [])
            : destination);
        return ActionList.Of(ordered.ToImmutable());
    }

    private static bool WritesField(OpenFlowAction action) => action.Kind is ActionKind.SetField or ActionKind.Modify
        or ActionKind.ModifyPort or ActionKind.ModifyVlan or ActionKind.SetTunnel or ActionKind.Move;

    /// <summary>Of several that say where the packet goes, the one of the highest rank counts; 0 for others.</summary>
    private static int RankOf(OpenFlowAction action) => action switch
    {
        GroupAction => 5,
        OutputAction { MaximumLength: 0 } => 4,
        // An output to the controller, said in one way or the other.
        ControllerAction { IsExtension: false } => 4,
        ResubmitAction => 3,
        ConntrackClearAction => 2,
        ConntrackAction => 1,
        _ => 0,
    };
}
