using System.Text;
using UpcallActors.Packets;

namespace UpcallActors.OpenFlow;

/// <summary>Takes off the outer tag, if there is one: <c>strip_vlan</c>, <c>pop_vlan</c>.</summary>
internal sealed class StripVlanAction(string name) : OpenFlowAction
{
    internal override ActionKind Kind => ActionKind.StripVlan;

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
}
