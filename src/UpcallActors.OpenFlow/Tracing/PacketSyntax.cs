using UpcallActors.Odp;

namespace UpcallActors.OpenFlow;

/// <summary>
/// Packets in ofctl's flow syntax, as <c>ovs-appctl ofproto/trace BRIDGE FLOW</c> takes them: fields without masks, what is not said is 0 (<c>parse_ofp_exact_flow</c>).
/// </summary>
public static class PacketSyntax
{
    private const ushort VlanPresent = 0x1000;

    /// <summary>
    /// Reads a packet that comes in on a port of <paramref name="bridge"/>, by number or name. The result is as the datapath would send it up: <see cref="FlowKey.InPort"/> is the
    /// datapath's. One from a tunnel whose outer addresses are not said has those of the tunnel's far end.
    /// </summary>
    /// <exception cref="FlowSyntaxException">Anything that is not understood, a mask, a field that no packet brings along (registers, metadata), or no port of the bridge.</exception>
    public static FlowKey Parse(string text, Bridge bridge)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(bridge);
        Flow flow = FlowSyntax.ParsePacket(text, bridge.Names);
        var start = new TextCursor(text);
        foreach (ulong word in flow.PipelineState)
        {
            if (word != 0)
                throw start.Error("registers and metadata are of the tables: a packet that comes in has none");
        }

        if (!bridge.TryGetPort(flow.Key.InPort, out BridgePort? port))
            throw start.Error(flow.Key.InPort == 0 ? "in_port is missing" : $"bridge {bridge.Name} has no port {OpenFlowPorts.Format(flow.Key.InPort)}");
        FlowKey key = flow.Key;
        key.InPort = port.DatapathPort;
        if ((key.VlanTci & VlanPresent) != 0)
            key.VlanTpid = EtherTypes.Vlan;
        if (port.Tunnel is { } tunnel && !MegaflowMask.IsFromTunnel(key))
            AddOuterHeader(tunnel, ref key);
        return key;
    }

    private static void AddOuterHeader(TunnelPort tunnel, ref FlowKey key)
    {
        key.TunIpv4Src = tunnel.RemoteIpv4;
        key.TunIpv6Src = tunnel.RemoteIpv6;
        key.TunIpv4Dst = tunnel.LocalIpv4;
        key.TunIpv6Dst = tunnel.LocalIpv6;
        // A local address that the system chooses is not known here, but a packet from a tunnel has one.
        if (tunnel.RemoteIpv4 != 0 && tunnel.LocalIpv4 == 0)
            key.TunIpv4Dst = tunnel.RemoteIpv4;
        else if (tunnel.RemoteIpv4 == 0 && tunnel.LocalIpv6 == UInt128.Zero)
            key.TunIpv6Dst = tunnel.RemoteIpv6;
        key.TunId = tunnel.Key ?? 0;
        key.TunFlags = TunnelFlags.Key;
        key.TunTtl = tunnel.Ttl;
    }
}
