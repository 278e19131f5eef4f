namespace UpcallActors.Odp;

/// <summary>What a translator decided about an upcall.</summary>
public readonly record struct Translation
{
    /// <summary>Bytes of action attributes written; 0 drops the packet.</summary>
    public int ActionsLength { get; init; }

    /// <summary>Whether a flow may be installed for the packets that follow.</summary>
    public bool InstallFlow { get; init; }

    /// <summary>The version of the tables the decision was made under.</summary>
    public ulong Version { get; init; }

    /// <summary>
    /// Which tables the decision depends on, for <see cref="IUpcallTranslatorFactory.IsCurrent"/>: a bit for each, in the policy's own way.
    /// </summary>
    public ulong VisitedTables { get; init; }

    /// <summary>What went wrong, if anything; the actions then say what is still to be done with the packet.</summary>
    public XlateError Error { get; init; }

    /// <summary>
    /// The largest MRU, bytes of layer 3, that the packet may be sent back with, since the port it goes to takes no more; 0 leaves the
    /// MRU as it is.
    /// </summary>
    public ushort MruLimit { get; init; }

    /// <summary>How many times the packet was to go to a controller.</summary>
    public int ControllerPackets { get; init; }
}
