using UpcallActors.Pipeline;

namespace UpcallActors.Tests;

/// <summary>What came in has been executed, dropped, consumed, or lost by one cause: nothing else, and nothing twice.</summary>
internal static class PacketAccount
{
    /// <summary>Losses of upcalls that were received: each of them, since what was lost at the source never came in.</summary>
    public static long LostOf(PipelineCounters counters) =>
        Enum.GetValues<LossCause>().Where(cause => cause != LossCause.Source).Sum(counters.Lost);

    /// <summary>Holds whenever no upcall is on its way: to be called at the end of every test that sends any.</summary>
    public static void ShouldBalance(PipelineCounters counters)
    {
        string account = $"{counters.Executes} executed, {counters.Dropped} dropped, {counters.Consumed} consumed, "
            + $"lost: {string.Join(", ", Enum.GetValues<LossCause>().Select(cause => $"{counters.Lost(cause)} {cause}"))}";
        (counters.Executes + counters.Dropped + counters.Consumed + LostOf(counters)).ShouldBe(counters.Received, account);
    }
}
