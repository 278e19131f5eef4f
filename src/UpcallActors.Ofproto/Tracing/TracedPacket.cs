using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto;

/// <summary>A packet to be traced: where it comes in, and what it is. Registers and metadata may have been written already.</summary>
/// <param name="Bridge">The bridge.</param>
/// <param name="Port">The port that it comes from: one of the bridge's, or one made up that the bridge does not have.</param>
/// <param name="Flow">The packet; <c>Key.InPort</c> is <paramref name="Port"/>'s OpenFlow number.</param>
public sealed record TracedPacket(Bridge Bridge, BridgePort Port, Flow Flow)
{
    /// <summary>The datapath's number of a port that it does not have.</summary>
    private const uint NoDatapathPort = uint.MaxValue;

    /// <summary>A packet in a bridge; <paramref name="flow"/> has the OpenFlow port it comes from, which need not be there.</summary>
    public static TracedPacket In(Bridge bridge, in Flow flow)
    {
        ArgumentNullException.ThrowIfNull(bridge);
        uint number = flow.Key.InPort;
        BridgePort port = bridge.TryGetPort(number, out BridgePort? there) ? there : new BridgePort(number, NoDatapathPort, "");
        return new TracedPacket(bridge, port, flow);
    }

    /// <summary>A packet as a datapath's upcall would have it; null if its port is of no bridge.</summary>
    public static TracedPacket? Of(in FlowKey key, OpenFlowTranslatorFactory factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        if (!factory.BridgeSet.TryFindInput(key, out Bridge? bridge, out BridgePort? port))
            return null;
        var flow = new Flow(key);
        flow.Key.InPort = port.Number;
        return new TracedPacket(bridge, port, flow);
    }

    /// <summary>The same with another packet, from the same port: what is in a frame replaces all that was said of the packet.</summary>
    public TracedPacket With(in FlowKey key)
    {
        var flow = new Flow(key);
        flow.Key.InPort = Port.Number;
        return this with { Flow = flow };
    }
}
