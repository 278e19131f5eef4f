namespace UpcallActors.Odp;

/// <summary>A port that the configuration asks for.</summary>
/// <param name="Name">The configured name. An internal port's device gets it.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Interface">The host's device behind a <see cref="PortKind.System"/>
/// port; null when it is called <paramref name="Name"/>.</param>
/// <param name="DestinationPort">UDP port of a VXLAN or Geneve tunnel, 0 for the registered one
/// (4789, 6081). Ports of one kind with the same number share one port of the datapath.</param>
public sealed record PortRequest(string Name, PortKind Kind, string? Interface = null, ushort DestinationPort = 0)
{
    /// <summary>
    /// The name of its port in the datapath, which is its device's. Tunnels of one kind and UDP port share a device, and no other port can
    /// have it beside them.
    /// </summary>
    public string Device => Kind.IsTunnel() ? Kind.TunnelDevice(DestinationPort) : Interface ?? Name;
}
