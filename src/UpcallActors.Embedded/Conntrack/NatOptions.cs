namespace UpcallActors.Embedded;

/// <summary>What a <c>ct</c> action asks of NAT.</summary>
[Flags]
internal enum NatOptions : ushort
{
    /// <summary>No NAT at all.</summary>
    None = 0,

    /// <summary>Translate packets of connections that have a translation.</summary>
    Existing = 0x001,

    /// <summary>Give a new connection a source translation.</summary>
    Source = 0x002,

    /// <summary>Give a new connection a destination translation.</summary>
    Destination = 0x004,

    /// <summary>An address range is given.</summary>
    Addresses = 0x010,

    /// <summary>A port (or ICMP id) range is given.</summary>
    Ports = 0x020,

    /// <summary>The same client always gets the same address (<c>OVS_NAT_ATTR_PERSISTENT</c>).</summary>
    Persistent = 0x040,

    /// <summary>Ports by hash (<c>OVS_NAT_ATTR_PROTO_HASH</c>); random in the kernel, and here.</summary>
    PortHash = 0x080,

    /// <summary>Ports at random (<c>OVS_NAT_ATTR_PROTO_RANDOM</c>).</summary>
    PortRandom = 0x100,
}
