using System.Collections.Immutable;

namespace UpcallActors.Ovsdb;

/// <summary>
/// The value of a column: a set of atoms, which has one or none for most columns, or a map. Immutable; keys are in order and each is there
/// once, so that equal values are equal piece by piece.
/// </summary>
internal sealed class OvsdbDatum : IEquatable<OvsdbDatum>
{
    private OvsdbDatum(ImmutableArray<OvsdbAtom> keys, ImmutableArray<OvsdbAtom> values)
    {
        Keys = keys;
        Values = values;
    }

    /// <summary>Nothing: an empty set or map.</summary>
    public static OvsdbDatum Empty { get; } = new([], []);

    /// <summary>The atoms of a set, or the keys of a map.</summary>
    public ImmutableArray<OvsdbAtom> Keys { get; }

    /// <summary>The values of a map, in the order of its keys; empty for a set.</summary>
    public ImmutableArray<OvsdbAtom> Values { get; }

    /// <summary>Whether there is nothing in it.</summary>
    public bool IsEmpty => Keys.IsEmpty;

    public static OvsdbDatum Of(OvsdbAtom atom) => new([atom], []);

    public static OvsdbDatum Of(string text) => Of(OvsdbAtom.Of(text));

    public static OvsdbDatum Of(long number) => Of(OvsdbAtom.Of(number));

    public static OvsdbDatum Of(bool value) => Of(OvsdbAtom.Of(value));

    /// <summary>A set; what is there twice is there once.</summary>
    public static OvsdbDatum SetOf(IEnumerable<OvsdbAtom> atoms) => new([.. new SortedSet<OvsdbAtom>(atoms)], []);

    /// <summary>A set of texts.</summary>
    public static OvsdbDatum SetOf(IEnumerable<string> texts) => SetOf(texts.Select(OvsdbAtom.Of));

    /// <summary>A map; of two values for a key the last one holds.</summary>
    public static OvsdbDatum MapOf(IEnumerable<KeyValuePair<OvsdbAtom, OvsdbAtom>> entries)
    {
        var sorted = new SortedDictionary<OvsdbAtom, OvsdbAtom>();
        foreach ((OvsdbAtom key, OvsdbAtom value) in entries)
            sorted[key] = value;
        return new OvsdbDatum([.. sorted.Keys], [.. sorted.Values]);
    }

    /// <summary>A map of texts.</summary>
    public static OvsdbDatum MapOf(IEnumerable<KeyValuePair<string, string>> entries) =>
        MapOf(entries.Select(entry => KeyValuePair.Create(OvsdbAtom.Of(entry.Key), OvsdbAtom.Of(entry.Value))));

    /// <summary>A map from texts to whole numbers.</summary>
    public static OvsdbDatum MapOf(IEnumerable<KeyValuePair<string, long>> entries) =>
        MapOf(entries.Select(entry => KeyValuePair.Create(OvsdbAtom.Of(entry.Key), OvsdbAtom.Of(entry.Value))));

    /// <summary>
    /// The value after a difference, as <c>update2</c> and <c>update3</c> tell it (<c>ovsdb_datum_apply_diff</c>). Of a set: what is in one
    /// of the two. Of a map: an entry that is the same in both goes, one with another value takes it, others are added. A column of
    /// at most one value has the new one in the difference.
    /// </summary>
    public OvsdbDatum With(OvsdbDatum difference, OvsdbColumnType type)
    {
        if (type.IsMap)
            return WithEntries(difference);
        if (type.Most == 1)
            return difference;
        var atoms = new SortedSet<OvsdbAtom>(Keys);
        atoms.SymmetricExceptWith(difference.Keys);
        return new OvsdbDatum([.. atoms], []);
    }

    /// <inheritdoc/>
    public bool Equals(OvsdbDatum? other) => ReferenceEquals(this, other)
        || (other is not null && Keys.AsSpan().SequenceEqual(other.Keys.AsSpan()) && Values.AsSpan().SequenceEqual(other.Values.AsSpan()));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as OvsdbDatum);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Keys.Length, Keys.IsEmpty ? 0 : Keys[0].GetHashCode());

    /// <inheritdoc/>
    public override string ToString() => Values.IsEmpty
        ? $"[{string.Join(", ", Keys)}]"
        : $"{{{string.Join(", ", Keys.Zip(Values, (key, value) => $"{key}={value}"))}}}";

    private OvsdbDatum WithEntries(OvsdbDatum difference)
    {
        var entries = new SortedDictionary<OvsdbAtom, OvsdbAtom>();
        for (int i = 0; i < Keys.Length; i++)
            entries.Add(Keys[i], Values[i]);
        for (int i = 0; i < difference.Keys.Length; i++)
        {
            OvsdbAtom key = difference.Keys[i];
            if (entries.TryGetValue(key, out OvsdbAtom value) && value == difference.Values[i])
                entries.Remove(key);
            else
                entries[key] = difference.Values[i];
        }

        return new OvsdbDatum([.. entries.Keys], [.. entries.Values]);
    }
}
