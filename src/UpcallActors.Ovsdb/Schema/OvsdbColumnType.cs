using System.Text.Json;

namespace UpcallActors.Ovsdb;

/// <summary>The type of a column (RFC 7047, 3.2).</summary>
/// <param name="Key">What its atoms are, or its keys.</param>
/// <param name="Value">What the values of a map are; null for a set.</param>
/// <param name="Least">The least number of atoms or entries: 0 or 1.</param>
/// <param name="Most">The most; <see cref="int.MaxValue"/> for no limit.</param>
internal sealed record OvsdbColumnType(OvsdbAtomType Key, OvsdbAtomType? Value, int Least, int Most)
{
    /// <summary>Whether it is a map.</summary>
    public bool IsMap => Value is not null;

    /// <summary>The value of a row that says nothing of the column.</summary>
    public OvsdbDatum Default { get; } = Least == 0 || Value is not null ? OvsdbDatum.Empty : OvsdbDatum.Of(OvsdbAtom.DefaultOf(Key));

    /// <summary>Reads a type: the name of an atom's type, or an object.</summary>
    public static bool TryRead(JsonElement json, out OvsdbColumnType? type)
    {
        type = null;
        if (TryReadAtom(json, out OvsdbAtomType atom))
        {
            type = new OvsdbColumnType(atom, null, 1, 1);
            return true;
        }

        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("key", out JsonElement keyType)
            || !TryReadBase(keyType, out OvsdbAtomType key))
            return false;
        OvsdbAtomType? value = null;
        if (json.TryGetProperty("value", out JsonElement valueType))
        {
            if (!TryReadBase(valueType, out OvsdbAtomType read))
                return false;
            value = read;
        }

        if (!TryReadLimit(json, "min", out int least) || !TryReadLimit(json, "max", out int most) || least > 1 || most < 1)
            return false;
        type = new OvsdbColumnType(key, value, least, most);
        return true;
    }

    private static bool TryReadBase(JsonElement json, out OvsdbAtomType type)
    {
        type = default;
        return TryReadAtom(json, out type)
            || (json.ValueKind == JsonValueKind.Object && json.TryGetProperty("type", out JsonElement name) && TryReadAtom(name, out type));
    }

    private static bool TryReadAtom(JsonElement json, out OvsdbAtomType type)
    {
        type = default;
        if (json.ValueKind != JsonValueKind.String)
            return false;
        (type, bool isKnown) = json.GetString() switch
        {
            "integer" => (OvsdbAtomType.Integer, true),
            "real" => (OvsdbAtomType.Real, true),
            "boolean" => (OvsdbAtomType.Boolean, true),
            "string" => (OvsdbAtomType.String, true),
            "uuid" => (OvsdbAtomType.Uuid, true),
            _ => (default, false),
        };
        return isKnown;
    }

    /// <summary>1 unless something else is said.</summary>
    private static bool TryReadLimit(JsonElement json, string name, out int limit)
    {
        limit = 1;
        if (!json.TryGetProperty(name, out JsonElement said))
            return true;
        if (said.ValueKind == JsonValueKind.String && said.ValueEquals("unlimited"))
        {
            limit = int.MaxValue;
            return true;
        }

        return said.ValueKind == JsonValueKind.Number && said.TryGetInt32(out limit) && limit >= 0;
    }
}
