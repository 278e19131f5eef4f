namespace UpcallActors.Packets;

/// <summary>Which way a captured packet went, as its interface saw it (the lowest bits of <c>epb_flags</c>).</summary>
internal enum CaptureDirection
{
    /// <summary>The file does not say.</summary>
    Unknown,

    /// <summary>It came in.</summary>
    Inbound,

    /// <summary>It went out.</summary>
    Outbound,
}
