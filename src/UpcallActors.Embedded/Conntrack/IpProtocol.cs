namespace UpcallActors.Embedded;

/// <summary>IP protocol numbers that conntrack knows, from <c>include/uapi/linux/in.h</c>.</summary>
internal static class IpProtocol
{
    internal const byte Icmp = 1;
    internal const byte Tcp = 6;
    internal const byte Udp = 17;
    internal const byte Dccp = 33;
    internal const byte Icmpv6 = 58;
    internal const byte Sctp = 132;
    internal const byte UdpLite = 136;
}
