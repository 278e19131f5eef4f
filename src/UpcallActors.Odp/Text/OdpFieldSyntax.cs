namespace UpcallActors.Odp.Text;

/// <summary>How a field of a key attribute is written. Each has one length in bytes; all are in network order.</summary>
internal enum OdpFieldSyntax
{
    /// <summary>u8, decimal.</summary>
    U8,

    /// <summary>u8, hexadecimal.</summary>
    U8Hex,

    /// <summary>u16, decimal.</summary>
    U16,

    /// <summary>u16, hexadecimal.</summary>
    U16Hex,

    /// <summary>u32, hexadecimal.</summary>
    U32Hex,

    /// <summary>u64, hexadecimal with 0x even when 0.</summary>
    U64Hex,

    /// <summary>IPv6 flow label: u32, hexadecimal, of which 20 bits count.</summary>
    Label,

    /// <summary>Ethernet address.</summary>
    Mac,

    /// <summary>IPv4 address.</summary>
    Ipv4,

    /// <summary>IPv6 address.</summary>
    Ipv6,

    /// <summary>Fragment type: no, first, later; its mask is all or nothing and not written.</summary>
    Fragment,
}
