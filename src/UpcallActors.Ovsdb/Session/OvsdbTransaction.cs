using System.Text.Json;

namespace UpcallActors.Ovsdb;

/// <summary>
/// Updates of rows that take place together or not at all, if we have the lock then. No row is waited for: a row that has gone makes an
/// update of nothing, and is no error.
/// </summary>
internal sealed class OvsdbTransaction
{
    private readonly List<(OvsdbTable Table, Guid Uuid, List<(OvsdbColumn Column, OvsdbDatum Value)> Columns)> _updates = [];
    private readonly Dictionary<(string Table, Guid Uuid), int> _rows = [];

    /// <summary>Whether there is nothing to say.</summary>
    public bool IsEmpty => _updates.Count == 0;

    /// <summary>
    /// Sets a column, unless the copy has that value already or the server has no such column.
    /// </summary>
    public void Set(OvsdbTable table, OvsdbRow row, string column, OvsdbDatum value)
    {
        if (table.TypeOf(column) is not { } type || row[column].Equals(value))
            return;
        if (!_rows.TryGetValue((table.Name, row.Uuid), out int index))
        {
            index = _updates.Count;
            _rows.Add((table.Name, row.Uuid), index);
            _updates.Add((table, row.Uuid, []));
        }

        _updates[index].Columns.RemoveAll(one => one.Column.Name == column);
        _updates[index].Columns.Add((new OvsdbColumn(column, type), value));
    }

    /// <summary>Writes the parameters of a <c>transact</c>.</summary>
    internal void Write(Utf8JsonWriter writer, string database, string? heldLock)
    {
        writer.WriteStartArray();
        writer.WriteStringValue(database);
        foreach ((OvsdbTable table, Guid uuid, List<(OvsdbColumn Column, OvsdbDatum Value)> columns) in _updates)
        {
            writer.WriteStartObject();
            writer.WriteString("op", "update");
            writer.WriteString("table", table.Name);
            writer.WriteStartArray("where");
            writer.WriteStartArray();
            writer.WriteStringValue("_uuid");
            writer.WriteStringValue("==");
            OvsdbJson.Write(writer, OvsdbAtom.Of(uuid));
            writer.WriteEndArray();
            writer.WriteEndArray();
            writer.WriteStartObject("row");
            foreach ((OvsdbColumn column, OvsdbDatum value) in columns)
            {
                writer.WritePropertyName(column.Name);
                OvsdbJson.Write(writer, value, column.Type);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        if (heldLock is not null)
        {
            writer.WriteStartObject();
            writer.WriteString("op", "assert");
            writer.WriteString("lock", heldLock);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
