using System.Collections.Frozen;

namespace UpcallActors.Switch;

/// <summary>
/// An immutable map from names that equals another with the same entries, so that records which have one compare by content.
/// </summary>
/// <typeparam name="T">What a name stands for.</typeparam>
public sealed class ValueMap<T> : IEquatable<ValueMap<T>>
{
    /// <summary>A map of entries; each name is there once.</summary>
    public ValueMap(IEnumerable<KeyValuePair<string, T>> entries) => Entries = entries.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The entries.</summary>
    public FrozenDictionary<string, T> Entries { get; }

    /// <inheritdoc/>
    public bool Equals(ValueMap<T>? other) => ReferenceEquals(this, other)
        || (other is not null && Entries.Count == other.Entries.Count && Entries.All(other.Has));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ValueMap<T>);

    /// <summary>The same for the same entries, in whatever order they were given.</summary>
    public override int GetHashCode()
    {
        int hash = Entries.Count;
        foreach ((string key, T value) in Entries)
            hash += HashCode.Combine(key, value);
        return hash;
    }

    /// <summary>The entries by name, for people.</summary>
    public override string ToString()
    {
        IEnumerable<string> names = Entries.Keys.Order(StringComparer.Ordinal);
        return $"{{{string.Join(", ", names.Select(name => $"{name}={Entries[name]}"))}}}";
    }

    private bool Has(KeyValuePair<string, T> entry) =>
        Entries.TryGetValue(entry.Key, out T? value) && EqualityComparer<T>.Default.Equals(value, entry.Value);
}

/// <summary>Makes <see cref="ValueMap{T}"/>s.</summary>
public static class ValueMap
{
    /// <summary>A map without entries.</summary>
    public static ValueMap<T> Empty<T>() => EmptyOf<T>.Map;

    private static class EmptyOf<T>
    {
        public static readonly ValueMap<T> Map = new([]);
    }
}
