namespace UpcallActors.Linux;

/// <summary>Why bytes are not a well-formed Netlink message or attribute list.</summary>
internal enum NetlinkParseError
{
    /// <summary>Well formed.</summary>
    None,

    /// <summary>Fewer bytes than a <c>nlmsghdr</c> (16).</summary>
    HeaderTruncated,

    /// <summary><c>nlmsg_len</c> is below the header's own size.</summary>
    LengthBelowHeader,

    /// <summary><c>nlmsg_len</c> points past the end of the buffer.</summary>
    LengthBeyondBuffer,

    /// <summary>Fewer bytes than a <c>genlmsghdr</c> (4) follow the message header.</summary>
    GenericHeaderTruncated,

    /// <summary>One to three bytes are left where an attribute header (4) should be.</summary>
    AttributeTruncated,

    /// <summary><c>nla_len</c> is below the attribute header's own size.</summary>
    AttributeLengthBelowHeader,

    /// <summary><c>nla_len</c> points past the end of the list.</summary>
    AttributeLengthBeyondBuffer,

    /// <summary>A message of another type than the parser is for.</summary>
    UnexpectedType,

    /// <summary>Fewer bytes than the family's own fixed header follow the message header.</summary>
    FamilyHeaderTruncated,

    /// <summary>An attribute has fewer bytes than its type needs.</summary>
    AttributeSize,

    /// <summary>An attribute that such a message always has is not there.</summary>
    AttributeMissing,
}
