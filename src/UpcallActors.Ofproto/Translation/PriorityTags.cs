namespace UpcallActors.Ofproto;

/// <summary>
/// Whether frames that go out of a port without a VLAN have a tag with their priority (<c>enum port_priority_tags_mode</c>).
/// </summary>
public enum PriorityTags
{
    /// <summary>No.</summary>
    Never,

    /// <summary>If the priority is not 0.</summary>
    IfNonzero,

    /// <summary>So too with priority 0, if the frame has a tag inside the bridge.</summary>
    Always,
}
