using System.Collections.Immutable;

namespace UpcallActors.Ovsdb;

/// <summary>A row of a watched table. Its cache's owner's.</summary>
internal sealed class OvsdbRow
{
    private readonly OvsdbTable _table;
    private readonly OvsdbDatum[] _values;

    /// <summary>A row that says nothing.</summary>
    internal OvsdbRow(OvsdbTable table, Guid uuid)
    {
        _table = table;
        _values = [.. table.Columns.Select(column => column.Type.Default)];
        Uuid = uuid;
    }

    /// <summary>Which one it is.</summary>
    public Guid Uuid { get; }

    /// <summary>
    /// A column's value. One that the server's schema does not have, since it is older, says nothing.
    /// </summary>
    public OvsdbDatum this[string column] => _table.IndexOf(column) is { } index ? _values[index] : OvsdbDatum.Empty;

    /// <summary>The text of a column; null if there is none.</summary>
    public string? Text(string column) => this[column] is { IsEmpty: false } datum ? datum.Keys[0].Text : null;

    /// <summary>The whole number of a column; null if there is none.</summary>
    public long? Integer(string column) => this[column] is { IsEmpty: false } datum ? datum.Keys[0].Integer : null;

    /// <summary>Whether a column is true; null if there is nothing.</summary>
    public bool? Boolean(string column) => this[column] is { IsEmpty: false } datum ? datum.Keys[0].Boolean : null;

    /// <summary>The rows that a column names.</summary>
    public IEnumerable<Guid> References(string column) => this[column].Keys.Select(atom => atom.Uuid);

    /// <summary>The texts of a set.</summary>
    public IEnumerable<string> Texts(string column) => this[column].Keys.Select(atom => atom.Text);

    /// <summary>The whole numbers of a set.</summary>
    public IEnumerable<long> Integers(string column) => this[column].Keys.Select(atom => atom.Integer);

    /// <summary>The text that a map of texts has for a key; null if it has none.</summary>
    public string? Entry(string column, string key)
    {
        OvsdbDatum map = this[column];
        int index = map.Keys.BinarySearch(OvsdbAtom.Of(key));
        return index < 0 ? null : map.Values[index].Text;
    }

    /// <summary>The entries of a map of texts.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Entries(string column)
    {
        OvsdbDatum map = this[column];
        return [.. map.Keys.Zip(map.Values, (key, value) => KeyValuePair.Create(key.Text, value.Text))];
    }

    internal OvsdbDatum At(int column) => _values[column];

    internal void Set(int column, OvsdbDatum value) => _values[column] = value;
}
