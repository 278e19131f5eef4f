using UpcallActors.Ofproto;

namespace UpcallActors.Switch;

/// <summary>A port of a bridge as it is wanted: what VLANs know. It has one interface, or several, which are a bond then.</summary>
public sealed record PortConfiguration
{
    /// <summary>The port's name.</summary>
    public required string Name { get; init; }

    /// <summary>How NORMAL treats VLAN tags.</summary>
    public VlanMode VlanMode { get; init; }

    /// <summary>The VLAN of an access port; 0 if it has none.</summary>
    public ushort Tag { get; init; }

    /// <summary>The VLANs that a trunk port carries; empty for all of them.</summary>
    public ValueList<ushort> Trunks { get; init; } = [];

    /// <summary>The interfaces; each name is there once in the whole switch.</summary>
    public ValueList<InterfaceConfiguration> Interfaces { get; init; } = [];

    /// <summary>A port of one interface, which it is called after.</summary>
    public static PortConfiguration Of(InterfaceConfiguration @interface) => new() { Name = @interface.Name, Interfaces = [@interface] };
}
