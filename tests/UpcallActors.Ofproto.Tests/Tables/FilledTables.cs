using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto.Tests;

/// <summary>Tables to look things up in, as they are at the moment.</summary>
internal static class FilledTables
{
    public static FlowTables With(params ReadOnlySpan<FlowChange> changes)
    {
        var tables = new FlowTables();
        tables.Apply(changes);
        return tables;
    }

    public static Rule? Lookup(this FlowTables tables, int table, in Flow flow, ref Flow wildcards)
    {
        using TablesSnapshot now = tables.Read();
        return now.Lookup(table, flow, ref wildcards);
    }
}
