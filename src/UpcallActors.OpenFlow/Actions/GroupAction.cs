using System.Text;

namespace UpcallActors.OpenFlow;

/// <summary>Gives the packet to a group: <c>group:7</c>.</summary>
internal sealed class GroupAction(uint group) : OpenFlowAction
{
    internal override ActionKind Kind => ActionKind.Group;

    public uint Group => group;

    public static OpenFlowAction Parse(string name, ref ActionArguments arguments) =>
        new GroupAction((uint)arguments.Cursor.TakeNumber("a group", uint.MaxValue));

    public override void Format(StringBuilder text, FlowNames? names) => text.Append("group:").Append(group);
}
