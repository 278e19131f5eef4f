using System.Collections.Immutable;

namespace UpcallActors.Pipeline;

/// <summary>What the revalidators know at one moment; what <c>upcall/show</c> prints.</summary>
internal sealed record RevalidationSnapshot
{
    /// <summary>Flows in the datapath: those of the last dump, and those put and deleted since.</summary>
    public required int Flows { get; init; }

    /// <summary>A running average of <see cref="Flows"/>, in which each round counts as much as all before it.</summary>
    public required int AverageFlows { get; init; }

    /// <summary>The most flows that a round began with.</summary>
    public required int MaxFlows { get; init; }

    /// <summary>The limit at this time.</summary>
    public required int FlowLimit { get; init; }

    /// <summary>How long the last round took.</summary>
    public required TimeSpan DumpDuration { get; init; }

    /// <summary>Rounds ended since the start.</summary>
    public required long Rounds { get; init; }

    /// <summary>Whether no rounds are started.</summary>
    public required bool IsPaused { get; init; }

    /// <summary>Whether flows match as much as they may.</summary>
    public required bool MegaflowsEnabled { get; init; }

    /// <summary>Flows of each revalidator.</summary>
    public required ImmutableArray<int> Keys { get; init; }
}
