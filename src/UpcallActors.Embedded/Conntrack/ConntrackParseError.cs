namespace UpcallActors.Embedded;

/// <summary>Why the kernel would refuse a <c>ct</c> action (<c>ovs_ct_copy_action</c>).</summary>
internal enum ConntrackParseError
{
    /// <summary>It would not.</summary>
    None,

    /// <summary>The attribute list is malformed.</summary>
    Malformed,

    /// <summary>The flow is neither IPv4 nor IPv6.</summary>
    FamilyUnspecified,

    /// <summary>An attribute that is not known.</summary>
    UnknownAttribute,

    /// <summary>An attribute of the wrong size.</summary>
    AttributeSize,

    /// <summary>A mark or label with an empty mask.</summary>
    EmptyMask,

    /// <summary>A helper or timeout name without end.</summary>
    UnterminatedName,

    /// <summary>A helper that this datapath does not have; it has none.</summary>
    UnknownHelper,

    /// <summary>Mark, labels or a NAT type without commit.</summary>
    RequiresCommit,

    /// <summary>NAT to source and destination at once.</summary>
    NatTypeTwice,

    /// <summary>A NAT range or flag without SRC or DST.</summary>
    NatTypeMissing,
}
