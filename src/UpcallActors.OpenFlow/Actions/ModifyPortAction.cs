using System.Text;
using UpcallActors.Packets;

namespace UpcallActors.OpenFlow;

/// <summary>
/// OpenFlow 1.0's change of a transport port, TCP, UDP and SCTP alike:
/// <c>mod_tp_src:80</c>, <c>mod_tp_dst:80</c>. Later fragments have none.
/// </summary>
internal sealed class ModifyPortAction(bool isSource, ushort port) : OpenFlowAction
{
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

    internal override bool Translate(ref XlateContext context, bool last)
    {
        ref FlowKey flow = ref context.Flow.Key;
        ref FlowKey wildcards = ref context.Wildcards.Key;
        if (flow.EthType is not (EtherTypes.Ipv4 or EtherTypes.Ipv6) || (flow.NwFrag & FlowKey.FragLater) != 0)
            return true;
        wildcards.NwProto = byte.MaxValue;
        // Open vSwitch would write an ICMP packet's type and code here, which is not useful.
        if (flow.NwProto is not (IpProtocols.Tcp or IpProtocols.Udp or IpProtocols.Sctp))
            return true;
        FieldLocation location = isSource ? FlowKeyFields.TpSrc : FlowKeyFields.TpDst;
        wildcards.Set(location, ushort.MaxValue);
        flow.Set(location, port);
        return true;
    }
}
