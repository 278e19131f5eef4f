namespace UpcallActors.Odp;

/// <summary>Types of vports (<c>OVS_VPORT_TYPE_*</c>), from <c>include/uapi/linux/openvswitch.h</c>.</summary>
public enum OvsVportType : uint
{
    /// <summary>A network device.</summary>
    Netdev = 1,

    /// <summary>A device made by the datapath.</summary>
    Internal = 2,

    /// <summary>GRE tunnel.</summary>
    Gre = 3,

    /// <summary>VXLAN tunnel.</summary>
    Vxlan = 4,

    /// <summary>Geneve tunnel.</summary>
    Geneve = 5,

    /// <summary>GRE tunnel over IPv6; Open vSwitch's number for what the kernel's datapath knows as a plain device only.</summary>
    Ip6Gre = 109,
}
