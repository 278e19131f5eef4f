using System.Collections.Immutable;

namespace UpcallActors.Web;

/// <summary>Flows of the datapath.</summary>
/// <param name="Read">Flows looked at.</param>
/// <param name="IsCut">Whether there are more than were looked at.</param>
/// <param name="Matched">Those of them that pass the filter.</param>
/// <param name="Flows">Those of them with the most packets, the most first.</param>
internal sealed record FlowListing(int Read, bool IsCut, int Matched, ImmutableArray<ListedFlow> Flows)
{
    /// <summary>Flows looked at for one listing at most: a dump of as many takes some tens of milliseconds.</summary>
    public const int MostRead = 20_000;
}

/// <summary>A flow as <c>dpctl/dump-flows --names</c> shows it.</summary>
/// <param name="Match">What it matches.</param>
/// <param name="Actions">What it does.</param>
/// <param name="Packets">Packets that matched.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="UsedSecondsAgo">Since the last of them; null for never.</param>
internal sealed record ListedFlow(string Match, string Actions, ulong Packets, ulong Bytes, double? UsedSecondsAgo);
