namespace UpcallActors.Odp;

/// <summary>Versions of the generic-netlink families, from <c>include/uapi/linux/openvswitch.h</c>.</summary>
internal static class OvsFamilyVersion
{
    /// <summary><c>ovs_datapath</c>.</summary>
    public const byte Datapath = 2;

    /// <summary><c>ovs_vport</c>.</summary>
    public const byte Vport = 1;

    /// <summary><c>ovs_flow</c>.</summary>
    public const byte Flow = 1;

    /// <summary><c>ovs_packet</c>.</summary>
    public const byte Packet = 1;

    /// <summary><c>ovs_meter</c>.</summary>
    public const byte Meter = 1;

    /// <summary><c>ovs_ct_limit</c>.</summary>
    public const byte CtLimit = 1;
}
