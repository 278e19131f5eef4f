using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <summary>A flow table of a bridge as it is wanted, apart from its name and its flows.</summary>
/// <param name="Number">Which table, 0 to 253.</param>
internal sealed record TableConfiguration(byte Number)
{
    /// <summary>How many flows it may have; null for any number. Flows of the configuration come in all the same.</summary>
    public int? FlowLimit { get; init; }

    /// <summary>Whether a full table evicts a flow with a timeout to make room (<c>overflow_policy=evict</c>), or refuses flows.</summary>
    public bool Evicts { get; init; }

    /// <summary>
    /// By which bits of fields the flows are grouped, of which the largest group gives first; without any all are one group.
    /// </summary>
    public ValueList<SubField> Groups { get; init; } = [];
}
