namespace UpcallActors.Pipeline;

/// <summary>Why an upcall has a span; the first that holds.</summary>
internal enum SpanReason
{
    /// <summary>It has none.</summary>
    None,

    /// <summary>It could not be parsed or translated, or the datapath refused its requests.</summary>
    Error,

    /// <summary>It goes back with a smaller MRU than it came with.</summary>
    MruClamped,

    /// <summary>It came by the slow path.</summary>
    SlowPath,

    /// <summary>Its packet was recirculated by a traced upcall.</summary>
    Recirculation,

    /// <summary>It took longer than <see cref="TraceSampling.SlowerThan"/>.</summary>
    Slow,

    /// <summary>It was drawn.</summary>
    Ratio,
}
