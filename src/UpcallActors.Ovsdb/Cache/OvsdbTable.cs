using System.Collections.Frozen;
using System.Collections.Immutable;

namespace UpcallActors.Ovsdb;

/// <summary>A column that is watched.</summary>
internal readonly record struct OvsdbColumn(string Name, OvsdbColumnType Type);

/// <summary>A watched table: the columns that are wanted and that the server has, and the rows.</summary>
internal sealed class OvsdbTable
{
    private readonly FrozenDictionary<string, int> _indexes;
    private readonly Dictionary<Guid, OvsdbRow> _rows = [];

    public OvsdbTable(string name, ImmutableArray<OvsdbColumn> columns)
    {
        Name = name;
        Columns = columns;
        _indexes = columns.Select((column, index) => KeyValuePair.Create(column.Name, index)).ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>The table's name.</summary>
    public string Name { get; }

    /// <summary>The columns.</summary>
    public ImmutableArray<OvsdbColumn> Columns { get; }

    /// <summary>The rows, in no order.</summary>
    public IReadOnlyCollection<OvsdbRow> Rows => _rows.Values;

    /// <summary>A row; null if there is none.</summary>
    public OvsdbRow? Find(Guid uuid) => _rows.GetValueOrDefault(uuid);

    /// <summary>The type of a column; null when the server has no such one.</summary>
    public OvsdbColumnType? TypeOf(string column) => IndexOf(column) is { } index ? Columns[index].Type : null;

    internal int? IndexOf(string column) => _indexes.TryGetValue(column, out int index) ? index : null;

    internal OvsdbRow Add(Guid uuid) => _rows[uuid] = new OvsdbRow(this, uuid);

    internal bool Remove(Guid uuid) => _rows.Remove(uuid);
}
