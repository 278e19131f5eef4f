namespace UpcallActors.Embedded;

/// <summary>What became of a frame given to <see cref="IpDefragmenter.Add"/>.</summary>
internal enum DefragmentationOutcome
{
    /// <summary>
    /// Nothing was reassembled and the frame continues unchanged: it is not a fragment, or one that <c>nf_ct_frag6_gather</c> lets through
    /// (a first fragment without its whole upper-layer header, a piece in the middle that is no multiple of 8). The kernel still marks its
    /// key "not a fragment".
    /// </summary>
    Unchanged,

    /// <summary>The last missing fragment: the whole datagram is in the destination.</summary>
    Reassembled,

    /// <summary>Kept until the rest arrives. The frame is consumed, and that is no error (<c>-EINPROGRESS</c>).</summary>
    Queued,

    /// <summary>Headers or lengths contradict each other.</summary>
    Malformed,

    /// <summary>A last fragment that ends elsewhere than another one, or data beyond the end.</summary>
    InconsistentLength,

    /// <summary>Overlaps another fragment in part (RFC 5722): the whole datagram is given up.</summary>
    Overlap,

    /// <summary>Holds only data of another fragment; the datagram continues to wait.</summary>
    Duplicate,

    /// <summary>Longer than 65,535 bytes when put together, or longer than the destination.</summary>
    TooLong,

    /// <summary>ECN codepoints of the fragments contradict each other (RFC 3168, section 5.3).</summary>
    EcnMismatch,

    /// <summary>The memory bound is reached and nothing is left to evict.</summary>
    NoMemory,
}
