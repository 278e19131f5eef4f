namespace UpcallActors.Switch;

/// <summary>
/// A mirror of a bridge: copies of some of its packets go to a port or VLAN. The switch does not copy them yet, and says so (<see
/// cref="BridgeState.Unsupported"/>).
/// </summary>
public sealed record MirrorConfiguration
{
    /// <summary>The mirror's name.</summary>
    public required string Name { get; init; }

    /// <summary>Whether all packets are copied.</summary>
    public bool SelectsAll { get; init; }

    /// <summary>Ports whose incoming packets are copied.</summary>
    public ValueList<string> SourcePorts { get; init; } = [];

    /// <summary>Ports whose outgoing packets are copied.</summary>
    public ValueList<string> DestinationPorts { get; init; } = [];

    /// <summary>The VLANs of the packets that are copied; empty for all.</summary>
    public ValueList<ushort> Vlans { get; init; } = [];

    /// <summary>The port that copies go to; null when they go to a VLAN.</summary>
    public string? OutputPort { get; init; }

    /// <summary>The VLAN that copies go to; null when they go to a port.</summary>
    public ushort? OutputVlan { get; init; }
}
