using System.Collections.Immutable;
using UpcallActors.Odp;
using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto;

/// <summary>A packet that does not come up from the datapath: a controller sends it, or lets it go on.</summary>
/// <param name="Bridge">The bridge it is in.</param>
/// <param name="Port">The port that it comes from: one of the bridge's, or one made up that the datapath does not have.</param>
/// <param name="Flow">The packet, and the pipeline's state that it begins with.</param>
/// <param name="Actions">What is done with it.</param>
internal sealed record InjectedPacket(Bridge Bridge, BridgePort Port, Flow Flow, ImmutableArray<FrozenAction> Actions)
{
    /// <summary>Whether it is a packet-out.</summary>
    public bool IsPacketOut { get; init; }

    /// <summary>Whether it meets what a transaction of this thread has changed so far.</summary>
    public bool MeetsUnpublished { get; init; }

    /// <summary>Whether it has been through conntrack, so that its connection's fields mean something.</summary>
    public bool IsConntracked { get; init; }

    /// <summary>What the datapath said of it when it came up, if it did.</summary>
    public PacketOrigin Origin { get; init; }

    /// <summary>A port of a bridge; one that is not there takes packets of any length.</summary>
    public static BridgePort PortOf(Bridge bridge, uint number) =>
        bridge.TryGetPort(number, out BridgePort? port) ? port : new BridgePort(number, BridgePort.NoDatapathPort, "") { Mtu = 0 };
}
