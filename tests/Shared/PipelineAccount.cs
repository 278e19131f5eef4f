using UpcallActors.Pipeline;

namespace UpcallActors.Tests;

/// <content>The account of a pipeline in this process.</content>
internal static partial class PacketAccount
{
    /// <summary>Losses of upcalls that were received: each of them, since what was lost at the source never came in.</summary>
    public static long LostOf(PipelineCounters counters) =>
        Enum.GetValues<LossCause>().Where(cause => cause != LossCause.Source).Sum(counters.Lost);

    /// <summary>Losses of upcalls that had met no rule yet; those behind the translator have.</summary>
    public static long LostBeforeTables(PipelineCounters counters) =>
        LostOf(counters) - counters.Lost(LossCause.TooLong) - counters.Lost(LossCause.SendRefused)
            - counters.Lost(LossCause.ExecuteRefused);

    /// <summary>Holds whenever no upcall is on its way: to be called at the end of every test that sends any.</summary>
    public static void ShouldBalance(PipelineCounters counters) =>
        ShouldBalance(
            counters.Received,
            counters.Executes,
            counters.Dropped,
            counters.Consumed,
            Enum.GetValues<LossCause>().Where(cause => cause != LossCause.Source)
                .Select(cause => (cause.ToString(), counters.Lost(cause))));
}
