using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;

namespace UpcallActors.OpenFlow.Tests;

/// <summary>Compares what was decoded by content: an immutable array in a record equals only itself.</summary>
internal static class Contents
{
    private static readonly ConcurrentDictionary<Type, FieldInfo[]> _fields = new();

    /// <summary>Says that two values that differ are as good as one.</summary>
    public delegate bool Likeness(object one, object other);

    /// <summary>Where two values first differ, and how; null where they say the same.</summary>
    public static string? Difference(object? one, object? other, Likeness areAlike)
    {
        if (ReferenceEquals(one, other) || (one is not null && other is not null && areAlike(one, other)))
            return null;
        if (one is null || other is null || one.GetType() != other.GetType())
            return Both(one, other);
        if (one is IEnumerable items and not string)
            return InItems(items, (IEnumerable)other, areAlike);
        bool isOurs = one.GetType().Assembly == typeof(OpenFlowCodec).Assembly && one is not (Match or Enum);
        return isOurs ? InFields(one, other, areAlike) : one.Equals(other) ? null : Both(one, other);
    }

    private static string Both(object? one, object? other) => $": {one ?? "nothing"} and {other ?? "nothing"}";

    private static string? InItems(IEnumerable items, IEnumerable others, Likeness areAlike)
    {
        IEnumerator other = others.GetEnumerator();
        int at = 0;
        foreach (object? item in items)
        {
            if (!other.MoveNext())
                return $"[{at}]: {item} and nothing";
            if (Difference(item, other.Current, areAlike) is { } difference)
                return $"[{at}]{difference}";
            at++;
        }

        return other.MoveNext() ? $"[{at}]: nothing and {other.Current}" : null;
    }

    private static string? InFields(object one, object other, Likeness areAlike)
    {
        foreach (FieldInfo field in Fields(one.GetType()))
        {
            if (Difference(field.GetValue(one), field.GetValue(other), areAlike) is { } difference)
                return $".{field.Name}{difference}";
        }

        return null;
    }

    private static FieldInfo[] Fields(Type type) => _fields.GetOrAdd(type, static type =>
    {
        List<FieldInfo> fields = [];
        for (Type? level = type; level is not null && level != typeof(object); level = level.BaseType)
        {
            fields.AddRange(level.GetFields(
                BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly));
        }

        return [.. fields];
    });
}
