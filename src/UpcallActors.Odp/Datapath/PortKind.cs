using System.Globalization;

namespace UpcallActors.Odp;

/// <summary>What a configured port is.</summary>
public enum PortKind
{
    /// <summary>A network device of the host.</summary>
    System,

    /// <summary>A device made for the host's own stack, such as a bridge's own port.</summary>
    Internal,

    /// <summary>A VXLAN tunnel.</summary>
    Vxlan,

    /// <summary>A Geneve tunnel.</summary>
    Geneve,

    /// <summary>A GRE tunnel over IPv4 that carries Ethernet frames.</summary>
    Gre,

    /// <summary>A GRE tunnel over IPv6 that carries Ethernet frames.</summary>
    Ip6Gre,

    /// <summary>One end of a way into another bridge. It is no port of the datapath.</summary>
    Patch,

    /// <summary>A port that is connected to nothing, for tests of what is above the datapath.</summary>
    Dummy,
}

/// <summary>What kinds of ports have in common.</summary>
internal static class PortKinds
{
    private const ushort VxlanPort = 4789;
    private const ushort GenevePort = 6081;

    /// <summary>Whether ports of a kind lead to other hosts, through a port of the datapath that they share.</summary>
    public static bool IsTunnel(this PortKind kind) => kind is PortKind.Vxlan or PortKind.Geneve or PortKind.Gre or PortKind.Ip6Gre;

    /// <summary>Whether the UDP port also distinguishes tunnels of a kind.</summary>
    public static bool HasUdpPort(this PortKind kind) => kind is PortKind.Vxlan or PortKind.Geneve;

    /// <summary>
    /// The device of all tunnels of a kind and UDP port, by the names that <c>netdev_vport_get_dpif_port</c> of Open vSwitch gives them.
    /// </summary>
    /// <param name="kind">A kind of tunnels.</param>
    /// <param name="udpPort">Its UDP port, 0 for the registered one; without meaning for kinds that have none.</param>
    /// <exception cref="ArgumentOutOfRangeException">Ports of this kind are no tunnels.</exception>
    public static string TunnelDevice(this PortKind kind, ushort udpPort) => kind switch
    {
        PortKind.Vxlan => string.Create(CultureInfo.InvariantCulture, $"vxlan_sys_{(udpPort == 0 ? VxlanPort : udpPort)}"),
        PortKind.Geneve => string.Create(CultureInfo.InvariantCulture, $"genev_sys_{(udpPort == 0 ? GenevePort : udpPort)}"),
        PortKind.Gre => "gre_sys",
        PortKind.Ip6Gre => "ip6gre_sys",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no tunnel"),
    };
}
