namespace UpcallActors.Embedded;

/// <summary>Why a frame whose sender left work to its device cannot be finished.</summary>
internal enum OffloadError
{
    /// <summary>It can.</summary>
    None,

    /// <summary>The checksum's place or coverage lies outside of the frame.</summary>
    ChecksumOutside,

    /// <summary>A kind of segmentation that is not known here.</summary>
    UnknownSegmentation,

    /// <summary>The headers are not what the kind of segmentation says, or are in an encapsulation not known here.</summary>
    HeadersDisagree,
}
