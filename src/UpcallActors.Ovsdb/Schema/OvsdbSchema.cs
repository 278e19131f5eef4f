using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace UpcallActors.Ovsdb;

/// <summary>What a server says of a database's tables (RFC 7047, 3.2).</summary>
/// <param name="Name">The database's name.</param>
/// <param name="Version">The schema's version; empty if it has none.</param>
/// <param name="Tables">The columns of each table, by name.</param>
internal sealed record OvsdbSchema(string Name, string Version, FrozenDictionary<string, FrozenDictionary<string, OvsdbColumnType>> Tables)
{
    /// <summary>Reads a schema; what is wrong with it if it is none.</summary>
    public static bool TryRead(JsonElement json, [NotNullWhen(true)] out OvsdbSchema? schema, out string problem)
    {
        schema = null;
        problem = "no schema";
        if (json.ValueKind != JsonValueKind.Object
            || !json.TryGetProperty("name", out JsonElement name) || name.ValueKind != JsonValueKind.String
            || !json.TryGetProperty("tables", out JsonElement tables) || tables.ValueKind != JsonValueKind.Object)
            return false;
        var read = new Dictionary<string, FrozenDictionary<string, OvsdbColumnType>>(StringComparer.Ordinal);
        foreach (JsonProperty table in tables.EnumerateObject())
        {
            if (!TryReadColumns(table.Value, out Dictionary<string, OvsdbColumnType> columns))
            {
                problem = $"the schema's table {table.Name} cannot be read";
                return false;
            }

            read[table.Name] = columns.ToFrozenDictionary(StringComparer.Ordinal);
        }

        string version = json.TryGetProperty("version", out JsonElement said) && said.ValueKind == JsonValueKind.String
            ? said.GetString()! : "";
        schema = new OvsdbSchema(name.GetString()!, version, read.ToFrozenDictionary(StringComparer.Ordinal));
        return true;
    }

    private static bool TryReadColumns(JsonElement table, out Dictionary<string, OvsdbColumnType> columns)
    {
        columns = new Dictionary<string, OvsdbColumnType>(StringComparer.Ordinal);
        if (table.ValueKind != JsonValueKind.Object || !table.TryGetProperty("columns", out JsonElement said)
            || said.ValueKind != JsonValueKind.Object)
            return false;
        foreach (JsonProperty column in said.EnumerateObject())
        {
            if (column.Value.ValueKind != JsonValueKind.Object || !column.Value.TryGetProperty("type", out JsonElement type)
                || !OvsdbColumnType.TryRead(type, out OvsdbColumnType? read))
                return false;
            columns[column.Name] = read!;
        }

        return true;
    }
}
