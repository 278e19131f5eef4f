using UpcallActors.Ofproto;
using UpcallActors.Packets;

namespace UpcallActors.Switch;

/// <summary>A port of a bridge as it is wanted: what VLANs know. It has one interface, or several, which are a bond then.</summary>
public sealed record PortConfiguration
{
    /// <summary>The port's name.</summary>
    public required string Name { get; init; }

    /// <summary>How NORMAL treats VLAN tags.</summary>
    public VlanMode VlanMode { get; init; }

    /// <summary>The VLAN of a port that is no trunk; 0 if it has none.</summary>
    public ushort Tag { get; init; }

    /// <summary>The VLANs that a port carries that is a trunk or has a native VLAN; empty for all of them.</summary>
    public ValueList<ushort> Trunks { get; init; } = [];

    /// <summary>
    /// The VLANs that may be within that of a <see cref="VlanMode.Dot1qTunnel"/> port, 0 for none; empty for all of them.
    /// </summary>
    public ValueList<ushort> Cvlans { get; init; } = [];

    /// <summary>The type of the tag that a <see cref="VlanMode.Dot1qTunnel"/> port gives: 0x88a8 (802.1ad) or 0x8100 (802.1Q).</summary>
    public ushort QinqEthtype { get; init; } = EtherTypes.ServiceVlan;

    /// <summary>Whether frames without a VLAN go out with their priority in a tag.</summary>
    public PriorityTags PriorityTags { get; init; }

    /// <summary>Whether nothing goes from this port to another protected one.</summary>
    public bool IsProtected { get; init; }

    /// <summary>The interfaces; each name is there once in the whole switch.</summary>
    public ValueList<InterfaceConfiguration> Interfaces { get; init; } = [];

    /// <summary>A port of one interface, which it is called after.</summary>
    public static PortConfiguration Of(InterfaceConfiguration @interface) => new() { Name = @interface.Name, Interfaces = [@interface] };
}
