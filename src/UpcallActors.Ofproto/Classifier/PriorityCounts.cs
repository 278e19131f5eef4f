namespace UpcallActors.Ofproto;

/// <summary>How many rules of a subtable have each priority. Most subtables have few priorities. For one thread.</summary>
internal sealed class PriorityCounts
{
    private int[] _priorities = new int[2];
    private int[] _counts = new int[2];
    private int _used;

    /// <summary>The highest priority; -1 if there is none.</summary>
    public int Maximum => _used == 0 ? -1 : _priorities[_used - 1];

    /// <summary>Whether any rule has this priority.</summary>
    public bool Contains(int priority) => Find(priority) >= 0;

    /// <summary>A rule came.</summary>
    public void Add(int priority)
    {
        int at = Find(priority);
        if (at >= 0)
        {
            _counts[at]++;
            return;
        }

        at = ~at;
        if (_used == _priorities.Length)
        {
            Array.Resize(ref _priorities, 2 * _used);
            Array.Resize(ref _counts, 2 * _used);
        }

        Array.Copy(_priorities, at, _priorities, at + 1, _used - at);
        Array.Copy(_counts, at, _counts, at + 1, _used - at);
        _priorities[at] = priority;
        _counts[at] = 1;
        _used++;
    }

    /// <summary>A rule went that was there.</summary>
    public void Remove(int priority)
    {
        int at = Find(priority);
        if (--_counts[at] > 0)
            return;
        _used--;
        Array.Copy(_priorities, at + 1, _priorities, at, _used - at);
        Array.Copy(_counts, at + 1, _counts, at, _used - at);
    }

    private int Find(int priority) => _priorities.AsSpan(0, _used).BinarySearch(priority);
}
