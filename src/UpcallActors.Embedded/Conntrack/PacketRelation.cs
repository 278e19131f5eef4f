namespace UpcallActors.Embedded;

/// <summary>How a packet belongs to its connection (<c>enum ip_conntrack_info</c>).</summary>
internal enum PacketRelation : byte
{
    /// <summary>Original direction, no answer seen yet.</summary>
    New,

    /// <summary>Original direction, answered.</summary>
    Established,

    /// <summary>The answer's direction.</summary>
    EstablishedReply,

    /// <summary>An ICMP error about a packet of the original direction's receiver.</summary>
    Related,

    /// <summary>An ICMP error in the answer's direction.</summary>
    RelatedReply,
}
