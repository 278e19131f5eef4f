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

    /// <summary>A GRE tunnel that carries Ethernet frames.</summary>
    Gre,
}
