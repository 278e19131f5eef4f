using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <summary>The answers about tables' abilities, encoded once for each version and what is said of tables. Single owner.</summary>
internal sealed class TableFeaturesReplies
{
    private readonly Dictionary<OpenFlowVersion, IReadOnlyList<byte[]>> _replies = [];
    private (ValueMap<byte> Names, ValueList<TableConfiguration> Tables)? _said;

    /// <summary>The messages of the answer; their transaction is 0.</summary>
    public IReadOnlyList<byte[]> Of(OpenFlowVersion version, BridgeConfiguration bridge)
    {
        if (_said != (bridge.TableNames, bridge.Tables))
            _replies.Clear();
        _said = (bridge.TableNames, bridge.Tables);
        if (!_replies.TryGetValue(version, out IReadOnlyList<byte[]>? reply))
            _replies.Add(version, reply = Encode(version, bridge));
        return reply;
    }

    private static List<byte[]> Encode(OpenFlowVersion version, BridgeConfiguration bridge)
    {
        ILookup<byte, int?> limits = bridge.Tables.ToLookup(table => table.Number, table => table.FlowLimit);
        var messages = new List<byte[]>();
        MessageForm form = MessageForms.Find(MessageType.TableFeaturesReply, version)!;
        IEnumerable<TableFeatures> tables = Enumerable.Range(0, TableAbilities.VisibleTables)
            .Select(table => TableAbilities.Of(
                (byte)table, NameOf(bridge.TableNames, (byte)table), limits[(byte)table].FirstOrDefault(), version));
        var list = new MultipartReply<TableFeatures>((byte)version, xid: 0, form, tables.GetEnumerator());
        var writer = new WireWriter();
        while (list.TryEncodeNext(writer))
        {
            messages.Add(writer.Written.ToArray());
            writer.Truncate(0);
        }

        return messages;
    }

    private static string NameOf(ValueMap<byte> names, byte table) =>
        names.Entries.FirstOrDefault(name => name.Value == table).Key ?? "";
}
