using System.Text;
using UpcallActors.Packets;

namespace UpcallActors.OpenFlow;

/// <summary>Takes off the outer tag, if there is one: <c>strip_vlan</c>, <c>pop_vlan</c>.</summary>
internal sealed class StripVlanAction(string name) : OpenFlowAction
{
    private const ushort VlanPresent = 0x1000;

    public static OpenFlowAction Parse(string name, ref ActionArguments arguments) =>
        new StripVlanAction(name.StartsWith("pop", StringComparison.OrdinalIgnoreCase) ? "pop_vlan" : "strip_vlan");

    public override void Format(StringBuilder text, FlowNames? names) => text.Append(name);

    internal override ActionProblem? Check(ref ActionCheck check)
    {
        if (!check.HasVlan)
            check.NeedsOpenFlow10(name, FieldPrerequisite.Vlan.Describe());
        ref FlowKey packet = ref check.Packet.Key;
        packet.VlanTci = packet.CvlanTci;
        packet.CvlanTci = 0;
        return null;
    }

    internal override bool Translate(ref XlateContext context, bool last)
    {
        ref FlowKey flow = ref context.Flow.Key;
        if ((flow.VlanTci & VlanPresent) == 0)
            return true;
        // All of the tag, since pushing an equal one later writes no action at all: then nothing else would mark its other bits.
        context.Wildcards.Key.VlanTpid = ushort.MaxValue;
        context.Wildcards.Key.VlanTci = ushort.MaxValue;
        if ((flow.CvlanTci & VlanPresent) != 0)
        {
            context.Wildcards.Key.CvlanTpid = ushort.MaxValue;
            context.Wildcards.Key.CvlanTci = ushort.MaxValue;
        }

        flow.VlanTpid = flow.CvlanTpid;
        flow.VlanTci = flow.CvlanTci;
        flow.CvlanTpid = 0;
        flow.CvlanTci = 0;
        return true;
    }
}
