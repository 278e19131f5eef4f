using System.Collections.Immutable;

namespace UpcallActors.OpenFlow;

/// <summary>
/// Things that come one after the other, of which it is not known how many they are. What has come is moved once, at the end: to double
/// the room each time that it is full takes four times the memory that a large file's flows need. One thread.
/// </summary>
internal sealed class Gathering<T>
{
    private const int SmallestPart = 4;
    private const int LargestPart = 1024;

    private readonly List<T[]> _full = [];
    private T[] _part = [];
    private int _used;
    private int _before;

    /// <summary>Adds one.</summary>
    public void Add(T item)
    {
        if (_used == _part.Length)
        {
            if (_used != 0)
                _full.Add(_part);
            _before += _used;
            _part = new T[Math.Clamp(_before, SmallestPart, LargestPart)];
            _used = 0;
        }

        _part[_used++] = item;
    }

    /// <summary>All that have come, in their order.</summary>
    public ImmutableArray<T> ToImmutable()
    {
        ImmutableArray<T>.Builder all = ImmutableArray.CreateBuilder<T>(_before + _used);
        foreach (T[] part in _full)
            all.AddRange(part);
        all.AddRange(_part.AsSpan(0, _used));
        return all.MoveToImmutable();
    }
}
