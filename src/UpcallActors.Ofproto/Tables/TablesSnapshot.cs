using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto;

/// <summary>
/// Flow tables as one version has them, whatever is changed meanwhile. Of one owner, who disposes of it once, when it is done: until then
/// the tables keep the rules that the version has. To take one and to look things up allocates nothing and waits for nobody.
/// </summary>
internal readonly struct TablesSnapshot : IDisposable
{
    /// <summary>Tables of a bridge: 0 to 254.</summary>
    public const int TableCount = 255;

    private readonly FlowTables _tables;
    private readonly TableReader _place;

    internal TablesSnapshot(FlowTables tables, TableReader place, ulong version)
    {
        _tables = tables;
        _place = place;
        Version = version;
    }

    /// <summary>Grows with every change that was published.</summary>
    public ulong Version { get; }

    /// <summary>
    /// Finds the rule for a flow in a table, 0 to 254; null if there is none. The bits that decided are added
    /// to <paramref name="wildcards"/>: any flow that agrees with this one on them would have been given the
    /// same answer. Of rules of equal priority that both match, either may be found.
    /// </summary>
    public Rule? Lookup(int table, in Flow flow, ref Flow wildcards) => _tables.TableOf(table)?.Lookup(flow, Version, ref wildcards);

    /// <summary>Finds a group; null if there is none.</summary>
    public Group? FindGroup(uint id) => _tables.Groups.Find(id, Version);

    /// <summary>Ends the reading.</summary>
    public void Dispose() => _place?.Leave();
}
