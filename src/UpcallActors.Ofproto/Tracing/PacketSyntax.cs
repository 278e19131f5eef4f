using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto;

/// <summary>
/// Packets in ofctl's flow syntax, as <c>ovs-appctl ofproto/trace BRIDGE FLOW</c> takes them: fields without masks, what is not said is 0
/// (<c>parse_ofp_exact_flow</c>).
/// </summary>
internal static class PacketSyntax
{
    private const ushort VlanPresent = 0x1000;

    /// <summary>
    /// Reads a packet of <paramref name="bridge"/>, ports by number or name. The input port may be one that the bridge does not have, or
    /// none at all (<c>ANY</c>); registers and metadata are what tables before would have written.
    /// </summary>
    /// <exception cref="FlowSyntaxException">Anything that is not understood, or a mask.</exception>
    public static TracedPacket Parse(string text, Bridge bridge)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(bridge);
        Flow flow = FlowSyntax.ParsePacket(text, bridge.Names);
        if (flow.InPort == 0)
            flow.InPort = OpenFlowPorts.None;
        if ((flow.Key.VlanTci & VlanPresent) != 0)
            flow.Key.VlanTpid = EtherTypes.Vlan;
        return TracedPacket.In(bridge, flow);
    }
}
