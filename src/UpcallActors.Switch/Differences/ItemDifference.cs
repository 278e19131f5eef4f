using System.Collections.Immutable;

namespace UpcallActors.Switch;

/// <summary>What makes named items those of another list.</summary>
/// <typeparam name="T">What they are.</typeparam>
/// <param name="Added">Items whose names are new.</param>
/// <param name="Removed">Items whose names are gone.</param>
/// <param name="Changed">Items of the same name that are not equal, as they become.</param>
public sealed record ItemDifference<T>(ValueList<T> Added, ValueList<T> Removed, ValueList<T> Changed)
{
    /// <summary>Whether nothing differs; the order of items does not matter.</summary>
    public bool IsEmpty => Added.Count == 0 && Removed.Count == 0 && Changed.Count == 0;

    /// <summary>Of several items with one name the first counts.</summary>
    internal static ItemDifference<T> Between(IEnumerable<T> before, IEnumerable<T> after, Func<T, string> nameOf)
    {
        Dictionary<string, T> old = ByName(before, nameOf);
        Dictionary<string, T> wanted = ByName(after, nameOf);
        var added = ImmutableArray.CreateBuilder<T>();
        var changed = ImmutableArray.CreateBuilder<T>();
        foreach ((string name, T item) in wanted)
        {
            if (!old.TryGetValue(name, out T? had))
                added.Add(item);
            else if (!EqualityComparer<T>.Default.Equals(had, item))
                changed.Add(item);
        }

        IEnumerable<T> removed = old.Where(item => !wanted.ContainsKey(item.Key)).Select(item => item.Value);
        return new ItemDifference<T>(
            new ValueList<T>(added.ToImmutable()), ValueList.From(removed), new ValueList<T>(changed.ToImmutable()));
    }

    /// <summary>A line for each item.</summary>
    internal IEnumerable<string> Lines(string what, Func<T, string> nameOf) =>
        Added.Select(item => $"{what} {nameOf(item)} added")
            .Concat(Removed.Select(item => $"{what} {nameOf(item)} removed"))
            .Concat(Changed.Select(item => $"{what} {nameOf(item)} changed"));

    private static Dictionary<string, T> ByName(IEnumerable<T> items, Func<T, string> nameOf)
    {
        var byName = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (T item in items)
            byName.TryAdd(nameOf(item), item);
        return byName;
    }
}
