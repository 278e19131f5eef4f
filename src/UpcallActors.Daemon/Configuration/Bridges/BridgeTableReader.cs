using UpcallActors.OpenFlow;
using UpcallActors.Ofproto;
using UpcallActors.Switch;

namespace UpcallActors.Daemon.Configuration.Bridges;

/// <summary>Reads the block <c>tables</c> of a bridge: names of tables, and what else is said of them.</summary>
internal static class BridgeTableReader
{
    private const int MostNumber = TablesSnapshot.TableCount - 2;

    /// <summary>Names of tables, each with its number, and what is said of them besides.</summary>
    public static (Dictionary<string, byte> Names, ValueList<TableConfiguration> Tables) Read(ConfigurationBlock block)
    {
        var names = new Dictionary<string, byte>(StringComparer.Ordinal);
        var tables = new List<TableConfiguration>();
        foreach (string name in block.Keys)
        {
            if (name.Length == 0 || char.IsAsciiDigit(name[0]))
                block.Report(name, $"\"{name}\" cannot be the name of a table: it would be read as a number");
            TableConfiguration table = block.IsBlock(name) ? ReadTable(block.Block(name))
                : new TableConfiguration((byte)block.Integer(name, 0, 0, MostNumber));
            if (names.ContainsValue(table.Number))
                block.Report(name, $"table {table.Number} has another name already");
            names.Add(name, table.Number);
            if (table != new TableConfiguration(table.Number))
                tables.Add(table);
        }

        return (names, ValueList.From(tables));
    }

    private static TableConfiguration ReadTable(ConfigurationBlock block)
    {
        var table = new TableConfiguration((byte)block.Integer("number", 0, 0, MostNumber, required: true))
        {
            FlowLimit = block.Has("flow-limit") ? block.Integer("flow-limit", 0, 0, int.MaxValue) : null,
            Evicts = block.Choice("overflow-policy", false, ("refuse", false), ("evict", true)),
            Groups = ValueList.From(block.Texts("groups").Select(text => ReadGroup(block, text)).OfType<SubField>()),
        };
        if (table.Groups.Count > 0 && !table.Evicts)
            block.Report("groups", "groups is for overflow-policy = evict");
        block.RefuseOthers();
        return table;
    }

    private static SubField? ReadGroup(ConfigurationBlock block, string text)
    {
        try
        {
            return SubField.Parse(text);
        }
        catch (FlowSyntaxException malformed)
        {
            block.Report("groups", $"groups: \"{text}\": {malformed.Error.Message}");
            return null;
        }
    }
}
