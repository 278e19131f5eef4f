namespace UpcallActors.Odp;

/// <summary>IP protocols that decide how a key goes on, from <c>include/uapi/linux/in.h</c>.</summary>
public static class IpProtocols
{
    /// <summary>ICMP.</summary>
    public const byte Icmp = 1;

    /// <summary>TCP.</summary>
    public const byte Tcp = 6;

    /// <summary>UDP.</summary>
    public const byte Udp = 17;

    /// <summary>ICMPv6.</summary>
    public const byte Icmpv6 = 58;

    /// <summary>SCTP.</summary>
    public const byte Sctp = 132;
}
