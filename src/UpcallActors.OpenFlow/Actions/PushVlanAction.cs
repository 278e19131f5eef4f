using System.Globalization;
using System.Text;
using UpcallActors.Packets;

namespace UpcallActors.OpenFlow;

/// <summary>Adds an outer tag of VLAN 0: <c>push_vlan:0x8100</c>, or 0x88a8.</summary>
internal sealed class PushVlanAction(ushort tpid) : OpenFlowAction
{
    private const ushort VlanPresent = 0x1000;

    internal override ActionKind Kind => ActionKind.PushVlan;

    public ushort Tpid => tpid;

    public static OpenFlowAction Parse(string name, ref ActionArguments arguments)
    {
        int start = arguments.Cursor.Position;
        ulong tpid = arguments.Cursor.TakeNumber("the tag's Ethernet type", ushort.MaxValue);
        return tpid is EtherTypes.Vlan or EtherTypes.ServiceVlan
            ? new PushVlanAction((ushort)tpid)
            : throw arguments.Cursor.ErrorAt(start, "a tag's Ethernet type is 0x8100 or 0x88a8");
    }

    public override void Format(StringBuilder text, FlowNames? names) =>
        text.Append("push_vlan:0x").Append(tpid.ToString("x4", CultureInfo.InvariantCulture));

    internal override ActionProblem? Check(ref ActionCheck check)
    {
        ref FlowKey packet = ref check.Packet.Key;
        if ((packet.CvlanTci & VlanPresent) != 0)
            return new ActionProblem(BadAction.BadTag, "a packet has room for two tags");
        check.NeedsOpenFlow11("push_vlan");
        packet.CvlanTci = packet.VlanTci;
        packet.VlanTci = VlanPresent;
        return null;
    }
}
