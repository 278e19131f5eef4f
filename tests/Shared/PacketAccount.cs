namespace UpcallActors.Tests;

/// <summary>What came in has been executed, dropped, consumed, or lost by one cause: nothing else, and nothing twice.</summary>
internal static partial class PacketAccount
{
    /// <summary>Holds whenever no upcall is on its way: to be called at the end of every test that sends any.</summary>
    public static void ShouldBalance(
        long received, long executed, long dropped, long consumed, IEnumerable<(string Cause, long Count)> lost)
    {
        (string Cause, long Count)[] losses = [.. lost];
        string causes = string.Join(", ", losses.Where(loss => loss.Count != 0).Select(loss => $"{loss.Count} {loss.Cause}"));
        string account = $"{executed} executed, {dropped} dropped, {consumed} consumed, lost: {causes}";
        (executed + dropped + consumed + losses.Sum(loss => loss.Count)).ShouldBe(received, account);
    }

    /// <summary>
    /// Each packet that was looked up in the datapath has been credited to the one rule that it met first, or was lost on its way to the
    /// tables.
    /// </summary>
    public static void ShouldBeCredited(long lookedUp, long credited, long lostBefore) =>
        (credited + lostBefore).ShouldBe(lookedUp, $"packets looked up; {credited} credited to rules, {lostBefore} lost before");
}
