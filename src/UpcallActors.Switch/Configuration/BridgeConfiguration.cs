using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <summary>
/// A bridge as it is wanted. It has a port of its own, LOCAL, also if none of <see cref="Ports"/> has an interface of the bridge's
/// name.
/// </summary>
public sealed record BridgeConfiguration
{
    /// <summary>The bridge's name, and that of its own port.</summary>
    public required string Name { get; init; }

    /// <summary>What becomes of packets while the bridge has no flows.</summary>
    public FailMode FailMode { get; init; } = FailMode.Secure;

    /// <summary>The bridge's number for OpenFlow clients; null for the Ethernet address of its own port.</summary>
    public ulong? DatapathId { get; init; }

    /// <summary>
    /// By which the bridge is known whatever its name. With it the address of its own port follows the rules of <see cref="Address"/>;
    /// without, it is what its device has.
    /// </summary>
    internal Guid? Identity { get; init; }

    /// <summary>
    /// The Ethernet address of its own port, 48 bits; null for the least universal one of its other ports, or, if there is none, one
    /// that is made of <see cref="Identity"/>.
    /// </summary>
    internal ulong? Address { get; init; }

    /// <summary>The versions of OpenFlow that clients may speak.</summary>
    internal OpenFlowVersions Protocols { get; init; } = OpenFlowVersions.All;

    /// <summary>The flows to begin with.</summary>
    public FlowList Flows { get; init; } = FlowList.Empty;

    /// <summary>The numbers of tables that have a name.</summary>
    public ValueMap<byte> TableNames { get; init; } = ValueMap.Empty<byte>();

    /// <summary>What is said of tables besides; each number is there once.</summary>
    internal ValueList<TableConfiguration> Tables { get; init; } = [];

    /// <summary>The ports; each name is there once.</summary>
    public ValueList<PortConfiguration> Ports { get; init; } = [];

    /// <summary>The OpenFlow controllers.</summary>
    public ValueList<ControllerConfiguration> Controllers { get; init; } = [];

    /// <summary>
    /// Whether a controller's packet that is longer than its port takes, and of which nothing is known, leaves in fragments. A switch does
    /// not do that unasked: the datapath drops such a packet.
    /// </summary>
    internal bool FragmentsLongPackets { get; init; }

    /// <summary>Packets that may wait for an OpenFlow client to read, from 1 to 512; more are dropped.</summary>
    public int ControllerQueueSize { get; init; } = 100;

    /// <summary>Whether no controller is reached through the bridge itself, whatever is said of it.</summary>
    public bool DisableInBand { get; init; }

    /// <summary>The queue of packets between the bridge and controllers that it reaches through itself; null for the default one.</summary>
    public uint? InBandQueue { get; init; }

    /// <summary>The mirrors.</summary>
    public ValueList<MirrorConfiguration> Mirrors { get; init; } = [];
}
