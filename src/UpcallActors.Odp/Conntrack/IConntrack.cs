namespace UpcallActors.Odp;

/// <summary>The connections that a datapath tracks. Thread-safe.</summary>
public interface IConntrack
{
    /// <summary>
    /// The connections of one zone, or of all when null, in the datapath's own order. Throws <see cref="DatapathException"/> when it cannot be asked.
    /// </summary>
    IReadOnlyList<ConntrackEntry> Dump(ushort? zone);

    /// <summary>Forgets the connections of one zone, or of all when null. Throws <see cref="DatapathException"/> when refused.</summary>
    void Flush(ushort? zone);

    /// <summary>
    /// Forgets the connection of a zone whose original tuple this is. False when there is none. Throws <see cref="DatapathException"/> when refused.
    /// </summary>
    bool Flush(ushort zone, in ConntrackTuple original);
}
