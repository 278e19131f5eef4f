using System.Text;
using UpcallActors.Odp;

namespace UpcallActors.OpenFlow;

/// <summary>OpenFlow 1.0's change of the VLAN, which adds a tag to a packet without one: <c>mod_vlan_vid:5</c>, <c>mod_vlan_pcp:3</c>.</summary>
internal sealed class ModifyVlanAction(bool isPriority, ushort value) : OpenFlowAction
{
    private const ushort VlanPresent = 0x1000;
    private const ushort IdBits = 0x0fff;
    private const ushort PriorityBits = 0xe000;
    private const int PriorityShift = 13;
    private const ulong LargestId = 0x0fff;
    private const ulong LargestPriority = 7;

    public static OpenFlowAction Parse(string name, ref ActionArguments arguments)
    {
        bool isPriority = name.EndsWith("pcp", StringComparison.OrdinalIgnoreCase);
        return new ModifyVlanAction(isPriority, (ushort)arguments.Cursor.TakeNumber(isPriority ? "the priority" : "the VLAN", isPriority ? LargestPriority : LargestId));
    }

    public override void Format(StringBuilder text) => text.Append(isPriority ? "mod_vlan_pcp:" : "mod_vlan_vid:").Append(value);

    internal override bool Translate(ref XlateContext context, bool last)
    {
        ref FlowKey flow = ref context.Flow.Key;
        ushort bits = isPriority ? PriorityBits : IdBits;
        context.Wildcards.Key.VlanTci |= (ushort)(bits | VlanPresent);
        if (flow.VlanTpid == 0)
            flow.VlanTpid = EtherTypes.Vlan;
        flow.VlanTci = (ushort)((flow.VlanTci & ~bits) | (isPriority ? value << PriorityShift : value) | VlanPresent);
        return true;
    }
}
