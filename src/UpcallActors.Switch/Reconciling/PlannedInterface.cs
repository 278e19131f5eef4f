using UpcallActors.Odp;

namespace UpcallActors.Switch;

/// <summary>An interface of a configuration with where it belongs.</summary>
/// <param name="Bridge">Its bridge; null for none.</param>
/// <param name="Port">Its port; null when it is of no bridge.</param>
/// <param name="Interface">The interface.</param>
/// <param name="IsLocal">Whether it is its bridge's own port.</param>
/// <param name="Obstacle">Why it cannot be used as it is configured; null when it can.</param>
internal sealed record PlannedInterface(
    BridgeConfiguration? Bridge, PortConfiguration? Port, InterfaceConfiguration Interface, bool IsLocal, string? Obstacle)
{
    public string BridgeName => Bridge?.Name ?? "";

    /// <summary>What the datapath is asked for: a bridge's own port is an internal one, whatever it says of itself.</summary>
    public PortRequest Request => IsLocal ? new PortRequest(Interface.Name, PortKind.Internal) : Interface.Request;

    /// <summary>Whether it leads into another bridge, and is no port of the datapath.</summary>
    public bool IsPatch => Request.Kind == PortKind.Patch;

    /// <summary>The device whose coming it waits for; null when its device is made with it, or it has none.</summary>
    public string? WatchedDevice => IsPatch || Request.Kind.IsTunnel() ? null : Request.Interface ?? Request.Name;

    /// <summary>The port of the datapath that it is to be.</summary>
    public (PortKind Kind, string Device) DatapathPort => IsLocal ? (PortKind.Internal, Interface.Name) : Interface.DatapathPort;
}
