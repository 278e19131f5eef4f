namespace UpcallActors.OpenFlow;

/// <summary>
/// The far end of a tunnel port. Several such ports share one datapath port, which has a socket for all of them; a received
/// packet belongs to the port whose addresses and key agree with its tunnel key. Addresses are host-order numbers; of the two
/// remote addresses one is zero.
/// </summary>
public sealed record TunnelPort
{
    /// <summary>Where packets go and must come from, IPv4.</summary>
    public uint RemoteIpv4 { get; init; }

    /// <summary>Where packets go and must come from, IPv6.</summary>
    public UInt128 RemoteIpv6 { get; init; }

    /// <summary>Our address, IPv4; 0 lets the system choose, and any is accepted.</summary>
    public uint LocalIpv4 { get; init; }

    /// <summary>Our address, IPv6; 0 lets the system choose, and any is accepted.</summary>
    public UInt128 LocalIpv6 { get; init; }

    /// <summary>The tunnel's key (VNI); null sends none, which for VXLAN is VNI 0, and accepts 0.</summary>
    public ulong? Key { get; init; }

    /// <summary>The UDP port of the far end.</summary>
    public ushort DestinationPort { get; init; } = 4789;

    /// <summary>The outer TTL (<c>DEFAULT_TTL</c> in Open vSwitch's dp-packet.h).</summary>
    public byte Ttl { get; init; } = 64;

    /// <summary>The outer TOS; its ECN bits come from the inner packet.</summary>
    public byte Tos { get; init; }

    /// <summary>Whether the outer header forbids fragmentation.</summary>
    public bool DontFragment { get; init; } = true;

    /// <summary>Whether the outer UDP header carries a checksum.</summary>
    public bool Checksum { get; init; }
}
