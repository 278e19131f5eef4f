namespace UpcallActors.Switch;

/// <summary>
/// A switch as a source wants it: a file, code, a database. Immutable, and equal to another that wants the same. What
/// becomes of it is the <see cref="SwitchState"/>.
/// </summary>
public sealed record SwitchConfiguration
{
    /// <summary>Nothing is wanted.</summary>
    public static SwitchConfiguration Empty { get; } = new();

    /// <summary>What holds for the switch as a whole.</summary>
    public SwitchSettings Settings { get; init; } = new();

    /// <summary>The bridges; each name is there once.</summary>
    public ValueList<BridgeConfiguration> Bridges { get; init; } = [];

    /// <summary>Interfaces of no bridge: a policy other than OpenFlow tables decides about their packets.</summary>
    public ValueList<InterfaceConfiguration> Interfaces { get; init; } = [];
}

/// <summary>What holds for a switch as a whole.</summary>
public sealed record SwitchSettings
{
    /// <summary>
    /// Whether ports that the datapath has at the start and that are not configured are removed, as ovs-vswitchd does
    /// (<c>open_dpif_backer</c> in ofproto-dpif.c). Ports that other processes add later stay.
    /// </summary>
    public bool RemovesOtherPorts { get; init; }
}
