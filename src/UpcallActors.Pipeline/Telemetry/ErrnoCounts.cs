using UpcallActors.Linux;

namespace UpcallActors.Pipeline;

/// <summary>Errors counted by kind; numbers beyond those of Linux share the last entry. Readable from any thread.</summary>
internal sealed class ErrnoCounts
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

    /// <summary>How often an error came.</summary>
    public long this[Errno error] => Volatile.Read(ref _counts[Entry(error)]);

    /// <summary>The errors that came, with their counts.</summary>
    public IEnumerable<KeyValuePair<Errno, long>> NonZero()
    {
        for (int error = 0; error < _counts.Length; error++)
        {
            long count = Volatile.Read(ref _counts[error]);
            if (count != 0)
                yield return new KeyValuePair<Errno, long>((Errno)error, count);
        }
    }

    internal void Count(Errno error, long times = 1) => Interlocked.Add(ref _counts[Entry(error)], times);

    private static int Entry(Errno error) => (uint)error < Others ? (int)error : Others;
}
