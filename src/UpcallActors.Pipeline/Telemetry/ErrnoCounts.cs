namespace UpcallActors.Pipeline;

/// <summary>Errors counted by <c>errno</c>; numbers beyond those of Linux share the last entry. Readable from any thread.</summary>
public sealed class ErrnoCounts
{
    /// <summary>One above the highest errno that Linux has (<c>EHWPOISON</c>, 133).</summary>
    private const int Others = 134;

    private readonly long[] _counts = new long[Others + 1];

    /// <summary>Errors in all.</summary>
    public long Total
    {
        get
        {
            long total = 0;
            for (int i = 0; i < _counts.Length; i++)
                total += Volatile.Read(ref _counts[i]);
            return total;
        }
    }

    /// <summary>How often an errno came.</summary>
    public long this[int errno] => Volatile.Read(ref _counts[Entry(errno)]);

    /// <summary>The errors that came, with their counts.</summary>
    public IEnumerable<KeyValuePair<int, long>> NonZero()
    {
        for (int errno = 0; errno < _counts.Length; errno++)
        {
            long count = Volatile.Read(ref _counts[errno]);
            if (count != 0)
                yield return new KeyValuePair<int, long>(errno, count);
        }
    }

    internal void Count(int errno, long times = 1) => Interlocked.Add(ref _counts[Entry(errno)], times);

    private static int Entry(int errno) => (uint)errno < Others ? errno : Others;
}
