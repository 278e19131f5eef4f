using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto;

/// <summary>The flow tables at one moment. Immutable, for any number of threads.</summary>
public sealed class TablesSnapshot
{
    /// <summary>Tables of a bridge: 0 to 254.</summary>
    public const int TableCount = 255;

    private readonly Classifier?[] _tables;

    internal TablesSnapshot(ulong version, Classifier?[] tables)
    {
        Version = version;
        _tables = tables;
    }

    /// <summary>No flows, version 0.</summary>
    public static TablesSnapshot Empty { get; } = new(0, new Classifier?[TableCount]);

    /// <summary>Grows with every change that was published.</summary>
    public ulong Version { get; }

    /// <summary>
    /// Finds the rule for a flow in a table, 0 to 254; null if there is none. The bits that decided are added
    /// to <paramref name="wildcards"/>: any flow that agrees with this one on them would have been given the
    /// same answer. Of rules of equal priority that both match, either may be found. Allocates nothing.
    /// </summary>
    public Rule? Lookup(int table, in Flow flow, ref Flow wildcards) => _tables[table]?.Lookup(flow, ref wildcards);

    internal Classifier?[] CopyTables() => [.. _tables];
}
