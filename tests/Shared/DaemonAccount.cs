using UpcallActors.Web;

namespace UpcallActors.Tests;

/// <content>The account of a daemon, by what it says of itself: its snapshot, and the rules of its bridges.</content>
internal static partial class PacketAccount
{
    /// <summary>What is lost in front of the pipeline was never received.</summary>
    private static readonly string[] _neverReceived = ["source", "unreachable"];

    /// <summary>What is lost behind the translator has met its rules.</summary>
    private static readonly string[] _afterTables = ["too_long", "send_refused", "execute_refused"];

    /// <summary>Holds whenever no upcall is on its way.</summary>
    public static void ShouldBalance(DaemonSnapshot snapshot) =>
        ShouldBalance(
            snapshot.Lanes.Sum(lane => lane.Received),
            snapshot.Lanes.Sum(lane => lane.Executes),
            snapshot.Lanes.Sum(lane => lane.Dropped),
            snapshot.Lanes.Sum(lane => lane.Consumed),
            snapshot.Losses.Where(loss => !_neverReceived.Contains(loss.Cause)).Select(loss => (loss.Cause, loss.Upcalls)));

    /// <summary>
    /// Each packet that was looked up has been credited to the rule that it met first: holds when all that flows have carried was credited,
    /// and no rule has gone.
    /// </summary>
    /// <param name="snapshot">The daemon.</param>
    /// <param name="rules">The rules of each bridge.</param>
    public static void ShouldBeCredited(DaemonSnapshot snapshot, IEnumerable<IReadOnlyList<ListedRule>> rules)
    {
        DatapathStatsSnapshot stats = snapshot.Datapath.Stats.ShouldNotBeNull();
        long lost = snapshot.Losses
            .Where(loss => !_neverReceived.Contains(loss.Cause) && !_afterTables.Contains(loss.Cause))
            .Sum(loss => loss.Upcalls);
        ShouldBeCredited(
            (long)(stats.Hit + stats.Missed),
            rules.Sum(FirstPacketsOf) + snapshot.Bridges.Sum(bridge => (long)bridge.Missed),
            (long)stats.Lost + lost);
    }

    /// <summary>Packets of the rules that are met first: see <see cref="FirstRules"/>.</summary>
    private static long FirstPacketsOf(IReadOnlyList<ListedRule> rules)
    {
        HashSet<int> first = [0, .. rules.SelectMany(rule => FirstRules.TablesBehind(rule.Actions)).Select(table => (int)table)];
        return rules.Where(rule => first.Contains(rule.Table)).Sum(rule => (long)rule.Packets);
    }
}
