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
}

/// <summary>What kinds of ports have in common.</summary>
public static class PortKinds
{
    /// <summary>Whether ports of a kind lead to other hosts, through a port of the datapath that they share.</summary>
    public static bool IsTunnel(this PortKind kind) => kind is PortKind.Vxlan or PortKind.Geneve or PortKind.Gre or PortKind.Ip6Gre;

    /// <summary>Whether the UDP port also distinguishes tunnels of a kind.</summary>
    public static bool HasUdpPort(this PortKind kind) => kind is PortKind.Vxlan or PortKind.Geneve;
}
