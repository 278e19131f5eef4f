using System.Text;

namespace UpcallActors.OpenFlow;

/// <summary>
/// OpenFlow 1.0's change of a transport port, TCP, UDP and SCTP alike:
/// <c>mod_tp_src:80</c>, <c>mod_tp_dst:80</c>. Later fragments have none.
/// </summary>
internal sealed class ModifyPortAction(bool isSource, ushort port) : OpenFlowAction
{
    internal override ActionKind Kind => ActionKind.ModifyPort;

    public bool IsSource => isSource;

    public ushort Port => port;

    public static OpenFlowAction Parse(string name, ref ActionArguments arguments) =>
        new ModifyPortAction(name.EndsWith("src", StringComparison.OrdinalIgnoreCase),
            (ushort)arguments.Cursor.TakeNumber("the port", ushort.MaxValue));

    public override void Format(StringBuilder text, FlowNames? names) => text.Append(isSource ? "mod_tp_src:" : "mod_tp_dst:").Append(port);

    internal override ActionProblem? Check(ref ActionCheck check)
    {
        if (!check.Holds(FieldPrerequisite.Tcp) && !check.Holds(FieldPrerequisite.Udp) && !check.Holds(FieldPrerequisite.Sctp))
            check.NeedsOpenFlow10(isSource ? "mod_tp_src" : "mod_tp_dst", "tcp, udp or sctp");
        return null;
    }
}
