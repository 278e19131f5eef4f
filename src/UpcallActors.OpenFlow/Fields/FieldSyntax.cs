namespace UpcallActors.OpenFlow;

/// <summary>
/// How a field's value is written in ofctl's syntax. Numbers are read in decimal, hexadecimal (0x) or octal (0) everywhere.
/// </summary>
internal enum FieldSyntax
{
    /// <summary>Printed in decimal.</summary>
    Decimal,

    /// <summary>Printed in hexadecimal.</summary>
    Hexadecimal,

    /// <summary>Decimal, or 0xffff for "no VLAN tag".</summary>
    VlanId,

    /// <summary>A dotted address, its mask as a prefix length or an address.</summary>
    Ipv4,

    /// <summary>An IPv6 address, its mask as a prefix length or an address.</summary>
    Ipv6,

    /// <summary>Six bytes in hexadecimal, its mask likewise.</summary>
    Ethernet,

    /// <summary>A port's number or name.</summary>
    Port,

    /// <summary><c>no</c>, <c>yes</c>, <c>first</c>, <c>later</c>, <c>not_later</c>.</summary>
    Fragment,

    /// <summary>Connection state flags: <c>+trk-new</c>, <c>trk|est</c>, or value/mask.</summary>
    CtState,

    /// <summary>TCP flags: <c>+syn-ack</c>, <c>syn|ack</c>, or value/mask.</summary>
    TcpFlags,
}
