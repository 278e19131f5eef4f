namespace UpcallActors.Embedded.Tests.Fragments;

/// <summary>Measures what a round of work allocates once it is warm.</summary>
internal static class SteadyState
{
    private const int Measurements = 5;

    /// <summary>
    /// The least of several measurements: what the work costs shows in each, what the runtime does once (compiling a method
    /// anew, say) in one alone.
    /// </summary>
    public static long LeastAllocated(int rounds, Action round)
    {
        round();
        long least = long.MaxValue;
        for (int measurement = 0; measurement < Measurements; measurement++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < rounds; i++)
                round();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
