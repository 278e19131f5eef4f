namespace UpcallActors.Packets;

/// <summary>IP protocol numbers, IPv6 extension headers included, from <c>include/uapi/linux/in.h</c> and <c>in6.h</c>.</summary>
internal static class IpProtocols
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

    internal const byte HopByHop = 0;
    internal const byte Dccp = 33;
    internal const byte Routing = 43;
    internal const byte Fragment = 44;
    internal const byte Esp = 50;
    internal const byte Authentication = 51;
    internal const byte None = 59;
    internal const byte DestinationOptions = 60;
    internal const byte UdpLite = 136;

    /// <summary>What the kernel's <c>ipv6_ext_hdr</c> takes for an extension header; ESP is none to it.</summary>
    internal static bool IsExtensionHeader(byte protocol) =>
        protocol is HopByHop or Routing or Fragment or Authentication or None or DestinationOptions;
}
