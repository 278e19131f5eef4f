using System.Text;

namespace UpcallActors.OpenFlow;

/// <summary>Does actions to a copy of the packet: <c>clone(set_field:…,2)</c>.</summary>
internal sealed class CloneAction(ActionList actions) : OpenFlowAction
{
    public static OpenFlowAction Parse(string name, ref ActionArguments arguments) =>
        new CloneAction(ActionList.Parse(ref arguments.Cursor, arguments.NestingLeft, inConntrack: false));

    public override void Format(StringBuilder text)
    {
        text.Append("clone(");
        if (!actions.Actions.IsEmpty)
            actions.Format(text);
        text.Append(')');
    }

    internal override bool Translate(ref XlateContext context, bool last)
    {
        context.Clone(actions, last);
        return true;
    }
}
