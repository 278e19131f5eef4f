using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace UpcallActors.Ovsdb;

/// <summary>Values as JSON has them (RFC 7047, 5.1).</summary>
internal static class OvsdbJson
{
    /// <summary>Reads a value; false if it is none of this type. A set of one may be there as its atom.</summary>
    public static bool TryRead(JsonElement json, OvsdbColumnType type, [NotNullWhen(true)] out OvsdbDatum? datum)
    {
        datum = null;
        if (type.IsMap)
            return TryReadMap(json, type, out datum);
        if (TryReadPair(json, "set", out JsonElement atoms) && atoms.ValueKind == JsonValueKind.Array)
        {
            var read = new List<OvsdbAtom>(atoms.GetArrayLength());
            foreach (JsonElement one in atoms.EnumerateArray())
            {
                if (!TryRead(one, type.Key, out OvsdbAtom atom))
                    return false;
                read.Add(atom);
            }

            datum = OvsdbDatum.SetOf(read);
            return true;
        }

        if (!TryRead(json, type.Key, out OvsdbAtom single))
            return false;
        datum = OvsdbDatum.Of(single);
        return true;
    }

    /// <summary>Writes a value of a column.</summary>
    public static void Write(Utf8JsonWriter writer, OvsdbDatum datum, OvsdbColumnType type)
    {
        if (!type.IsMap && datum.Keys.Length == 1)
        {
            Write(writer, datum.Keys[0]);
            return;
        }

        writer.WriteStartArray();
        writer.WriteStringValue(type.IsMap ? "map" : "set");
        writer.WriteStartArray();
        for (int i = 0; i < datum.Keys.Length; i++)
        {
            if (type.IsMap)
                writer.WriteStartArray();
            Write(writer, datum.Keys[i]);
            if (!type.IsMap)
                continue;
            Write(writer, datum.Values[i]);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
        writer.WriteEndArray();
    }

    /// <summary>Writes an atom.</summary>
    public static void Write(Utf8JsonWriter writer, OvsdbAtom atom)
    {
        switch (atom.Type)
        {
            case OvsdbAtomType.Integer:
                writer.WriteNumberValue(atom.Integer);
                break;
            case OvsdbAtomType.Real:
                writer.WriteNumberValue(atom.Real);
                break;
            case OvsdbAtomType.Boolean:
                writer.WriteBooleanValue(atom.Boolean);
                break;
            case OvsdbAtomType.String:
                writer.WriteStringValue(atom.Text);
                break;
            default:
                writer.WriteStartArray();
                writer.WriteStringValue("uuid");
                writer.WriteStringValue(atom.Uuid);
                writer.WriteEndArray();
                break;
        }
    }

    private static bool TryReadMap(JsonElement json, OvsdbColumnType type, [NotNullWhen(true)] out OvsdbDatum? datum)
    {
        datum = null;
        if (!TryReadPair(json, "map", out JsonElement entries) || entries.ValueKind != JsonValueKind.Array)
            return false;
        var read = new List<KeyValuePair<OvsdbAtom, OvsdbAtom>>(entries.GetArrayLength());
        foreach (JsonElement entry in entries.EnumerateArray())
        {
            if (entry.ValueKind != JsonValueKind.Array || entry.GetArrayLength() != 2
                || !TryRead(entry[0], type.Key, out OvsdbAtom key) || !TryRead(entry[1], type.Value!.Value, out OvsdbAtom value))
                return false;
            read.Add(KeyValuePair.Create(key, value));
        }

        datum = OvsdbDatum.MapOf(read);
        return true;
    }

    private static bool TryRead(JsonElement json, OvsdbAtomType type, out OvsdbAtom atom)
    {
        atom = default;
        switch (type)
        {
            case OvsdbAtomType.Integer when json.ValueKind == JsonValueKind.Number && json.TryGetInt64(out long integer):
                atom = OvsdbAtom.Of(integer);
                return true;
            case OvsdbAtomType.Real when json.ValueKind == JsonValueKind.Number && json.TryGetDouble(out double real)
                && double.IsFinite(real):
                atom = OvsdbAtom.Of(real);
                return true;
            case OvsdbAtomType.Boolean when json.ValueKind is JsonValueKind.True or JsonValueKind.False:
                atom = OvsdbAtom.Of(json.GetBoolean());
                return true;
            case OvsdbAtomType.String when json.ValueKind == JsonValueKind.String:
                atom = OvsdbAtom.Of(json.GetString()!);
                return true;
            case OvsdbAtomType.Uuid when TryReadPair(json, "uuid", out JsonElement uuid) && uuid.ValueKind == JsonValueKind.String
                && Guid.TryParseExact(uuid.GetString(), "D", out Guid guid):
                atom = OvsdbAtom.Of(guid);
                return true;
            default:
                return false;
        }
    }

    /// <summary><c>["set", X]</c>.</summary>
    private static bool TryReadPair(JsonElement json, string name, out JsonElement content)
    {
        content = default;
        if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() != 2 || json[0].ValueKind != JsonValueKind.String
            || !json[0].ValueEquals(name))
            return false;
        content = json[1];
        return true;
    }
}
