namespace UpcallActors.Odp;

/// <summary>Why bytes are not a usable datapath message. Counted by reason; never thrown for packet content.</summary>
internal enum OdpParseError
{
    /// <summary>Usable.</summary>
    None,

    /// <summary>The Netlink message or an attribute list in it is malformed.</summary>
    Netlink,

    /// <summary>Fewer bytes than a <c>struct ovs_header</c> (4) follow the generic-netlink header.</summary>
    OvsHeaderTruncated,

    /// <summary>The command is none that the family knows.</summary>
    UnknownCommand,

    /// <summary>An attribute that the message cannot do without is absent.</summary>
    AttributeMissing,

    /// <summary>A known attribute has a payload of the wrong size.</summary>
    AttributeSize,

    /// <summary>A known attribute's value contradicts the rest (VLAN without ENCAP, fragment type above 2, and the like).</summary>
    AttributeValue,

    /// <summary>Nested attributes are deeper than the protocol allows.</summary>
    TooDeep,

    /// <summary>The message did not fit its receive buffer (<c>MSG_TRUNC</c>).</summary>
    MessageTruncated,
}
