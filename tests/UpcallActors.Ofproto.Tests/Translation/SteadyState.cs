namespace UpcallActors.Ofproto.Tests;

/// <summary>Measures what something allocates once it is warm.</summary>
internal static class SteadyState
{
    private const int Rounds = 5;

    /// <summary>
    /// The fewest bytes that one of several rounds of <paramref name="times"/> runs allocated. The runtime itself allocates now and then on
    /// the thread whose code it has just compiled anew; what is allocated per run shows in every round.
    /// </summary>
    public static long AllocatedBytes(int times, Action run)
    {
        long fewest = long.MaxValue;
        run();
        for (int round = 0; round < Rounds; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < times; i++)
                run();
            fewest = Math.Min(fewest, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return fewest;
    }
}
