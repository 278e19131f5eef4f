using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto;

/// <summary>A packet to be traced: where it comes in, and what it is. Registers and metadata may have been written already.</summary>
/// <param name="Bridge">The bridge.</param>
/// <param name="Port">The port that it comes from: one of the bridge's, or one made up that the bridge does not have.</param>
/// <param name="Flow">The packet. Behind a recirculation, actions may have written its OpenFlow port, but not its datapath port.</param>
internal sealed record TracedPacket(Bridge Bridge, BridgePort Port, Flow Flow)
{
    /// <summary>A packet in a bridge; <paramref name="flow"/> has the OpenFlow port it comes from, which need not be there.</summary>
    public static TracedPacket In(Bridge bridge, in Flow flow)
    {
        ArgumentNullException.ThrowIfNull(bridge);
        uint number = flow.InPort;
        BridgePort port = bridge.TryGetPort(number, out BridgePort? there) ? there : new BridgePort(number, BridgePort.NoDatapathPort, "");
        Flow packet = flow;
        packet.Key.DatapathPort = port.DatapathPort;
        return new TracedPacket(bridge, port, packet);
    }

    /// <summary>A packet as a datapath's upcall would have it; null if its port is of no bridge.</summary>
    public static TracedPacket? Of(in FlowKey key, OpenFlowTranslatorFactory factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        if (!factory.BridgeSet.TryFindInput(key, out Bridge? bridge, out BridgePort? port))
            return null;
        return new TracedPacket(bridge, port, new Flow(key, port.Number));
    }

    /// <summary>The same with another packet, from the same port: what is in a frame replaces all that was said of the packet.</summary>
    public TracedPacket With(in FlowKey key) => this with { Flow = new Flow(key, Port.Number) };
}
