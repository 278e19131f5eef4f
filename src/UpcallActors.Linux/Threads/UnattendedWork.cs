namespace UpcallActors.Linux;

/// <summary>
/// Background work: threads and timers. What fails in it would end the process or, worse, only that work, without a word. So each such
/// thread and timer catches all exceptions as its last resort, reports them here, and continues. Thread-safe.
/// </summary>
internal static class UnattendedWork
{
    private static long _failures;

    /// <summary>Told of each failure, on the thread that had it. What a listener throws is lost.</summary>
    public static event EventHandler<UnattendedFailureEventArgs>? Failed;

    /// <summary>Failures in this process so far.</summary>
    public static long Failures => Interlocked.Read(ref _failures);

    /// <summary>Runs an action; a failure is reported and not thrown. Whether it went well.</summary>
    /// <param name="work">What it is, in words for people.</param>
    /// <param name="action">Does it.</param>
    public static bool Try(string work, Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
#pragma warning disable CA1031 // The last resort, see above.
        try
        {
            action();
            return true;
        }
        catch (Exception failure)
        {
            Tell(work, failure);
            return false;
        }
#pragma warning restore CA1031
    }

    /// <summary>Tells of a failure that was caught.</summary>
    /// <param name="work">What failed, in words for people.</param>
    /// <param name="failure">Why.</param>
    public static void Tell(string work, Exception failure)
    {
        Interlocked.Increment(ref _failures);
#pragma warning disable CA1031 // There is nobody left to tell that telling has failed.
        try
        {
            Failed?.Invoke(null, new UnattendedFailureEventArgs(work, failure));
        }
        catch (Exception)
        {
        }
#pragma warning restore CA1031
    }
}

/// <summary>A failure of <see cref="UnattendedWork"/>.</summary>
/// <param name="work">What failed, in words for people.</param>
/// <param name="failure">Why.</param>
internal sealed class UnattendedFailureEventArgs(string work, Exception failure) : EventArgs
{
    /// <summary>What failed, in words for people.</summary>
    public string Work { get; } = work;

    /// <summary>Why.</summary>
    public Exception Failure { get; } = failure;
}
