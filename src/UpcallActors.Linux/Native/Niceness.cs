namespace UpcallActors.Linux;

/// <summary>
/// The nice value of the calling thread. On Linux each thread has its own. <see cref="Thread.Priority"/> does nothing there.
/// </summary>
internal static class Niceness
{
    /// <summary>PRIO_PROCESS: with 0 for whom, the calling thread (<c>setpriority(2)</c>).</summary>
    private const int CallingThread = 0;

    /// <summary>The calling thread's nice value, −20 (first) to 19 (last).</summary>
    public static int OfThread => Libc.GetPriority(CallingThread, 0);

    /// <summary>
    /// Gives the calling thread a nice value, 0 to 19; threads that it starts from then on begin with
    /// the same. A higher one than it has needs no privilege, a lower one does: false when refused.
    /// </summary>
    public static bool TrySetOfThread(int niceness)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(niceness);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(niceness, 19);
        return Libc.SetPriority(CallingThread, 0, niceness) == 0;
    }
}
