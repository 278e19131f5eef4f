using System.Globalization;
using System.Text;

namespace UpcallActors.OpenFlow;

/// <summary>
/// Sends the packet to the port whose number a field holds: <c>output:NXM_NX_REG0[0..15]</c>. A number over 16 bits is no port.
/// </summary>
internal sealed class OutputFieldAction(SubField source) : OpenFlowAction
{
    public override void Format(StringBuilder text, FlowNames? names) => text.Append("output:").Append(source.ToString());

    internal override ActionProblem? Check(ref ActionCheck check) => check.Require(source.Field);

    internal override bool Translate(ref XlateContext context, bool last)
    {
        UInt128 port = source.Read(context.Flow);
        source.MarkUsed(ref context.Wildcards);
        if (port > ushort.MaxValue)
        {
            context.Observer?.Noted(TranslationNote.PortOutOfRange, port.ToString(CultureInfo.InvariantCulture));
            return true;
        }

        context.Observer?.Noted(TranslationNote.PortOfField, (uint)port);
        context.Output((uint)port, ControllerRequest.Default, last);
        return true;
    }
}
