namespace UpcallActors.Odp;

/// <summary>The connections that a datapath tracks. Thread-safe.</summary>
public interface IConntrack
{
    /// <summary>
    /// The connections of one zone, or of all when null, in the datapath's own
    /// order. Throws <see cref="DatapathException"/> when it cannot be asked.
    /// </summary>
    IReadOnlyList<ConntrackEntry> Dump(ushort? zone);

    /// <summary>Connections now; null where that is not told, as the kernel does not to its datapath's users.</summary>
    long? Count => null;

    /// <summary>The most connections that there may be; null where that is not told.</summary>
    long? Most => null;

    /// <summary>Says how many connections there may be; false where that cannot be said, or not this number.</summary>
    bool TrySetMost(uint most) => false;

    /// <summary>Forgets the connections of one zone, or of all when null. Throws <see cref="DatapathException"/> when refused.</summary>
    void Flush(ushort? zone);

    /// <summary>
    /// Forgets the connection of a zone whose original tuple this is. False
    /// when there is none. Throws <see cref="DatapathException"/> when refused.
    /// </summary>
    bool Flush(ushort zone, in ConntrackTuple original);
}
