namespace UpcallActors.Embedded;

/// <summary>IP protocol numbers, IPv6 extension headers included.</summary>
internal static class IpProtocols
{
    public const byte HopByHop = 0;
    public const byte Icmp = 1;
    public const byte Tcp = 6;
    public const byte Udp = 17;
    public const byte Dccp = 33;
    public const byte Routing = 43;
    public const byte Fragment = 44;
    public const byte Esp = 50;
    public const byte Authentication = 51;
    public const byte Icmpv6 = 58;
    public const byte None = 59;
    public const byte DestinationOptions = 60;
    public const byte Sctp = 132;
    public const byte UdpLite = 136;

    /// <summary>What the kernel's <c>ipv6_ext_hdr</c> takes for an extension header; ESP is none to it.</summary>
    public static bool IsExtensionHeader(byte protocol) =>
        protocol is HopByHop or Routing or Fragment or Authentication or None or DestinationOptions;
}
