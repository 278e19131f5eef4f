namespace UpcallActors.Odp;

/// <summary>
/// Where the parts of an <c>ovs_packet</c> message lie (an upcall, or an EXECUTE), and its small values. Parsed once by
/// TryParse, infallible afterwards; a plain value that may outlive no change of the message's bytes.
/// </summary>
internal readonly partial struct PacketMessage
{
    /// <summary>Which command.</summary>
    public PacketCommand Command { get; init; }

    /// <summary>The datapath's <c>dp_ifindex</c>.</summary>
    public int DatapathIfIndex { get; init; }

    /// <summary>The frame (<c>OVS_PACKET_ATTR_PACKET</c>), at least 14 bytes.</summary>
    public Extent Packet { get; init; }

    /// <summary>The flow key's attributes (<c>OVS_PACKET_ATTR_KEY</c>'s payload).</summary>
    public Extent Key { get; init; }

    /// <summary>Actions, of an EXECUTE or of an ACTION upcall that asked for them.</summary>
    public Extent Actions { get; init; }

    /// <summary>The userspace action's cookie, of an ACTION upcall.</summary>
    public Extent UserData { get; init; }

    /// <summary>Egress tunnel key, of an ACTION upcall on a tunnel port.</summary>
    public Extent EgressTunnelKey { get; init; }

    /// <summary>The 2 bytes of the MRU in host order, if there is one (<c>OVS_PACKET_ATTR_MRU</c>).</summary>
    public Extent Mru { get; init; }

    /// <summary>What must go back with the packet on every path.</summary>
    public PacketOrigin Origin { get; init; }

    /// <summary>The frame's length before truncation, 0 if it was not truncated (<c>OVS_PACKET_ATTR_LEN</c>).</summary>
    public uint OriginalLength { get; init; }

    /// <summary>Whether <c>OVS_PACKET_ATTR_PROBE</c> is set.</summary>
    public bool IsProbe { get; init; }
}
