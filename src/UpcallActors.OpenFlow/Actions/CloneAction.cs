using System.Text;

namespace UpcallActors.OpenFlow;

/// <summary>Does actions to a copy of the packet: <c>clone(set_field:…,2)</c>.</summary>
internal sealed class CloneAction(ActionList actions) : OpenFlowAction
{
    internal override ActionKind Kind => ActionKind.Clone;

    public ActionList Actions => actions;

    internal override ActionList? Inner => actions;

    public static OpenFlowAction Parse(string name, ref ActionArguments arguments) =>
        new CloneAction(ActionList.Parse(ref arguments.Cursor, arguments.NestingLeft, ActionList.ListPlace.Clone));

    public override void Format(StringBuilder text, FlowNames? names)
    {
        text.Append("clone(");
        if (!actions.Actions.IsEmpty)
            actions.Format(text, names);
        text.Append(')');
    }

    internal override ActionProblem? Check(ref ActionCheck check)
    {
        ActionCheck inner = check;
        ActionProblem? problem = actions.Check(ref inner);
        check.Join(inner);
        return problem;
    }
}
