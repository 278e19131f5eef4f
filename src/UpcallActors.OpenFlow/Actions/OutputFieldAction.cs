using System.Text;

namespace UpcallActors.OpenFlow;

/// <summary>
/// Sends the packet to the port whose number a field holds: <c>output:NXM_NX_REG0[0..15]</c>. A number over 16 bits is no port.
/// </summary>
internal sealed class OutputFieldAction(SubField source) : OpenFlowAction
{
    internal override ActionKind Kind => ActionKind.OutputField;

    public SubField Source => source;

    public override void Format(StringBuilder text, FlowNames? names) => text.Append("output:").Append(source.ToString());

    internal override ActionProblem? Check(ref ActionCheck check) => check.Require(source.Field);
}
