namespace UpcallActors.Embedded;

/// <summary>Why a frame cannot be refragmented. The kernel drops such a frame without a word (<c>ovs_fragment</c>).</summary>
internal enum FragmentationError
{
    /// <summary>It can.</summary>
    None,

    /// <summary>Neither IPv4 nor IPv6.</summary>
    NotIp,

    /// <summary>The L2 header exceeds <c>MAX_L2_LEN</c> (30 bytes).</summary>
    L2HeaderTooLong,

    /// <summary>The IP header is truncated or contradicts itself.</summary>
    Malformed,

    /// <summary>The MRU exceeds the egress MTU.</summary>
    MruAboveMtu,

    /// <summary>Header and 8 bytes of data do not fit the MRU.</summary>
    MruTooSmall,
}
