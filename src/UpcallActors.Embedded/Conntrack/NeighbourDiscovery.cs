namespace UpcallActors.Embedded;

/// <summary>ICMPv6 types that conntrack treats apart.</summary>
internal static class NeighbourDiscovery
{
    internal const byte Redirect = 137;

    /// <summary>
    /// Multicast listener and neighbour discovery messages, which belong to no connection and are never tracked
    /// (<c>noct_valid_new</c> in <c>nf_conntrack_proto_icmpv6.c</c>). OVS calls them invalid, having no connection to show.
    /// </summary>
    internal static bool IsUntracked(byte type) => type is (>= 130 and <= 136) or 143;
}
