namespace UpcallActors.OpenFlow;

/// <summary>Which of its buckets a group gives a packet to, with OpenFlow's numbers (<c>OFPGT_*</c>).</summary>
internal enum GroupType : byte
{
    /// <summary>To each of them.</summary>
    All = 0,

    /// <summary>To one, by a hash of the packet.</summary>
    Select = 1,

    /// <summary>To the only one.</summary>
    Indirect = 2,

    /// <summary>To the first that is live.</summary>
    FastFailover = 3,
}
