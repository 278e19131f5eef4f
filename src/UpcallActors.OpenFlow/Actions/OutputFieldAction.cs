using System.Text;

namespace UpcallActors.OpenFlow;

/// <summary>
/// Sends the packet to the port whose number a field holds: <c>output:NXM_NX_REG0[0..15]</c>. A number over 16 bits is no port.
/// </summary>
internal sealed class OutputFieldAction(SubField source) : OpenFlowAction
{
    internal override ActionKind Kind => ActionKind.OutputField;

    public SubField Source => source;

    /// <summary>Bytes that the controller gets, if the field holds it.</summary>
    internal ushort MaximumLength { get; init; } = ushort.MaxValue;

    /// <summary>Whether it came as NXAST_OUTPUT_REG2, as which it goes back (<c>encode_OUTPUT_REG</c>).</summary>
    internal bool IsSecondForm { get; init; }

    public override void Format(StringBuilder text, FlowNames? names) => text.Append("output:").Append(source.ToString());

    internal override ActionProblem? Check(ref ActionCheck check) => check.Require(source.Field);
}
