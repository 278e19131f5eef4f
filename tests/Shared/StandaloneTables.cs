using UpcallActors.Ofproto;

namespace UpcallActors.Tests;

/// <summary>Tables of a bridge that forwards what no other flow is for.</summary>
internal static class StandaloneTables
{
    public static FlowTables Make() => new FlowTables().WithNormal();

    /// <summary>Adds the flow that does so.</summary>
    public static FlowTables WithNormal(this FlowTables tables)
    {
        using TableTransaction transaction = tables.Begin(new ChangeOrigin(ChangeSource.Configuration));
        transaction.AddNormal();
        transaction.Commit();
        return tables;
    }
}
