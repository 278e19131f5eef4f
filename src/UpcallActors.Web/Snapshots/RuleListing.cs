using System.Collections.Immutable;

namespace UpcallActors.Web;

/// <summary>OpenFlow rules of a bridge.</summary>
/// <param name="Matched">Rules that were asked for.</param>
/// <param name="Rules">Those of them with the most packets, by table and priority.</param>
internal sealed record RuleListing(int Matched, ImmutableArray<ListedRule> Rules);

/// <summary>An OpenFlow rule and what it has counted.</summary>
internal sealed record ListedRule
{
    /// <summary>Its table.</summary>
    public required int Table { get; init; }

    /// <summary>Its priority.</summary>
    public required int Priority { get; init; }

    /// <summary>What it matches, as <c>ovs-ofctl</c> writes it; empty for every packet.</summary>
    public required string Match { get; init; }

    /// <summary>What it does.</summary>
    public required string Actions { get; init; }

    /// <summary>Packets that it was for.</summary>
    public required ulong Packets { get; init; }

    /// <summary>Their bytes.</summary>
    public required ulong Bytes { get; init; }

    /// <summary>How long it is there.</summary>
    public required double DurationSeconds { get; init; }

    /// <summary>What its owner calls it, in hexadecimal digits: no number of JavaScript holds it.</summary>
    public required string Cookie { get; init; }

    /// <summary>Seconds without a packet after which it goes, 0 for never.</summary>
    public required int IdleTimeout { get; init; }

    /// <summary>Seconds after which it goes, 0 for never.</summary>
    public required int HardTimeout { get; init; }

    /// <summary>The whole rule as a flow file has it.</summary>
    public required string Text { get; init; }
}
