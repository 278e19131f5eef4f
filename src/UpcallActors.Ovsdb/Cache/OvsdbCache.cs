using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;

namespace UpcallActors.Ovsdb;

/// <summary>What has happened to a row.</summary>
internal enum RowChangeKind : byte
{
    Added,
    Changed,
    Removed,
}

/// <summary>A change of the copy.</summary>
/// <param name="Table">The table.</param>
/// <param name="Uuid">The row.</param>
/// <param name="Kind">What has happened to it.</param>
/// <param name="Columns">Those of a row that stays whose values are others now.</param>
internal readonly record struct RowUpdate(string Table, Guid Uuid, RowChangeKind Kind, ImmutableArray<string> Columns);

/// <summary>How a server tells changes (<c>ovsdb-server</c>(7), RFC 7047, 4.1.6).</summary>
internal enum UpdateForm : byte
{
    /// <summary><c>update</c>: old and new values.</summary>
    OldAndNew,

    /// <summary><c>update2</c> and <c>update3</c>: differences.</summary>
    Difference,
}

/// <summary>The copy of a database's watched tables. Single owner.</summary>
internal sealed class OvsdbCache
{
    private readonly FrozenDictionary<string, OvsdbTable> _tables;

    /// <summary>An empty copy of what is wanted, as far as the server has it.</summary>
    public OvsdbCache(OvsdbSchema schema, IReadOnlyDictionary<string, ImmutableArray<string>> wanted)
    {
        var tables = new Dictionary<string, OvsdbTable>(StringComparer.Ordinal);
        foreach ((string name, ImmutableArray<string> columns) in wanted)
        {
            if (!schema.Tables.TryGetValue(name, out FrozenDictionary<string, OvsdbColumnType>? types))
                continue;
            tables.Add(name, new OvsdbTable(name, [.. columns.Where(types.ContainsKey).Select(one => new OvsdbColumn(one, types[one]))]));
        }

        _tables = tables.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>Nothing is known.</summary>
    public static OvsdbCache Empty { get; } = new(
        new OvsdbSchema("", "", FrozenDictionary<string, FrozenDictionary<string, OvsdbColumnType>>.Empty),
        FrozenDictionary<string, ImmutableArray<string>>.Empty);

    /// <summary>The tables.</summary>
    public IEnumerable<OvsdbTable> Tables => _tables.Values;

    /// <summary>A table; null when the server has none of this name.</summary>
    public OvsdbTable? Table(string name) => _tables.GetValueOrDefault(name);

    /// <summary>The rows of a table.</summary>
    public IReadOnlyCollection<OvsdbRow> Rows(string table) => Table(table)?.Rows ?? [];

    /// <summary>The rows of a table that a column of a row names, as far as they are there.</summary>
    public IEnumerable<OvsdbRow> Rows(string table, OvsdbRow row, string column) =>
        row.References(column).Select(uuid => Table(table)?.Find(uuid)).OfType<OvsdbRow>();

    /// <summary>
    /// Takes what a server tells: <c>{TABLE: {UUID: CHANGE}}</c>. False with a problem when it does not fit to what is here; then the copy
    /// is of no use any more.
    /// </summary>
    public bool TryApply(JsonElement updates, UpdateForm form, List<RowUpdate> changes, out string problem)
    {
        problem = "an update is no object";
        if (updates.ValueKind != JsonValueKind.Object)
            return false;
        foreach (JsonProperty ofTable in updates.EnumerateObject())
        {
            problem = $"an update of table {ofTable.Name}, which is not watched";
            if (!_tables.TryGetValue(ofTable.Name, out OvsdbTable? table) || ofTable.Value.ValueKind != JsonValueKind.Object)
                return false;
            foreach (JsonProperty ofRow in ofTable.Value.EnumerateObject())
            {
                problem = $"an update of {table.Name} {ofRow.Name} cannot be read";
                if (!Guid.TryParseExact(ofRow.Name, "D", out Guid uuid) || !TryApply(table, uuid, ofRow.Value, form, changes))
                    return false;
            }
        }

        problem = "";
        return true;
    }

    private static bool TryApply(OvsdbTable table, Guid uuid, JsonElement update, UpdateForm form, List<RowUpdate> changes)
    {
        if (update.ValueKind != JsonValueKind.Object)
            return false;
        if (form == UpdateForm.OldAndNew)
            return TryReplace(table, uuid, update, changes);
        if (update.TryGetProperty("initial", out JsonElement added) || update.TryGetProperty("insert", out added))
            return TryAdd(table, uuid, added, changes);
        if (update.TryGetProperty("modify", out JsonElement changed))
            return table.Find(uuid) is { } row && TryChange(table, row, changed, isDifference: true, changes);
        return update.TryGetProperty("delete", out _) && TryRemove(table, uuid, changes);
    }

    /// <summary>With <c>new</c> the row is there, with all its watched columns; without, it has gone.</summary>
    private static bool TryReplace(OvsdbTable table, Guid uuid, JsonElement update, List<RowUpdate> changes)
    {
        if (!update.TryGetProperty("new", out JsonElement now))
            return update.TryGetProperty("old", out _) && TryRemove(table, uuid, changes);
        return table.Find(uuid) is { } row
            ? TryChange(table, row, now, isDifference: false, changes)
            : TryAdd(table, uuid, now, changes);
    }

    private static bool TryAdd(OvsdbTable table, Guid uuid, JsonElement values, List<RowUpdate> changes)
    {
        if (values.ValueKind != JsonValueKind.Object || table.Find(uuid) is not null)
            return false;
        OvsdbRow row = table.Add(uuid);
        foreach (JsonProperty value in values.EnumerateObject())
        {
            if (!TryFind(table, value, out int index))
                continue;
            if (index < 0 || !OvsdbJson.TryRead(value.Value, table.Columns[index].Type, out OvsdbDatum? datum))
                return false;
            row.Set(index, datum);
        }

        changes.Add(new RowUpdate(table.Name, uuid, RowChangeKind.Added, []));
        return true;
    }

    private static bool TryChange(OvsdbTable table, OvsdbRow row, JsonElement values, bool isDifference, List<RowUpdate> changes)
    {
        if (values.ValueKind != JsonValueKind.Object)
            return false;
        var columns = ImmutableArray.CreateBuilder<string>();
        foreach (JsonProperty value in values.EnumerateObject())
        {
            if (!TryFind(table, value, out int index))
                continue;
            OvsdbColumn column = index < 0 ? default : table.Columns[index];
            if (index < 0 || !OvsdbJson.TryRead(value.Value, column.Type, out OvsdbDatum? datum))
                return false;
            OvsdbDatum now = isDifference ? row.At(index).With(datum, column.Type) : datum;
            if (now.Equals(row.At(index)))
                continue;
            row.Set(index, now);
            columns.Add(column.Name);
        }

        if (columns.Count > 0)
            changes.Add(new RowUpdate(table.Name, row.Uuid, RowChangeKind.Changed, columns.DrainToImmutable()));
        return true;
    }

    /// <summary>Whether a member is a column; −1 when it is one that is not watched.</summary>
    private static bool TryFind(OvsdbTable table, JsonProperty member, out int index)
    {
        index = table.IndexOf(member.Name) ?? -1;
        return index >= 0 || member.Name is not ("_uuid" or "_version");
    }

    private static bool TryRemove(OvsdbTable table, Guid uuid, List<RowUpdate> changes)
    {
        if (!table.Remove(uuid))
            return false;
        changes.Add(new RowUpdate(table.Name, uuid, RowChangeKind.Removed, []));
        return true;
    }
}
