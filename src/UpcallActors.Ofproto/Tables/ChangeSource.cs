namespace UpcallActors.Ofproto;

/// <summary>On whose behalf flow tables are changed.</summary>
internal enum ChangeSource
{
    /// <summary>The configuration of the bridge.</summary>
    Configuration,

    /// <summary>A control command.</summary>
    Command,

    /// <summary>A message of an OpenFlow connection.</summary>
    Connection,

    /// <summary>A timeout of a flow.</summary>
    Timeout,

    /// <summary>A limit of a table that was lowered below what is in it.</summary>
    Eviction,

    /// <summary>An action <c>learn</c>.</summary>
    Learn,

    /// <summary>The flows that the bridge has while it has lost its controllers.</summary>
    FailOpen,

    /// <summary>The flows that let the bridge reach its controllers through itself.</summary>
    InBand,
}
