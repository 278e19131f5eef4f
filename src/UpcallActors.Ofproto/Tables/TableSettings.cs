using System.Collections.Immutable;
using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto;

/// <summary>What is said of a table besides its flows: by messages (<c>OFPT_TABLE_MOD</c>), and by the configuration.</summary>
internal sealed record TableSettings
{
    /// <summary>A table of which nothing was said.</summary>
    public static TableSettings Default { get; } = new();

    /// <summary>How many flows it may have; null for any number.</summary>
    public int? FlowLimit { get; init; }

    /// <summary>Whether a message has it evict flows to make room. The configuration may want the same.</summary>
    public bool EvictsForMessage { get; init; }

    /// <summary>Whether the configuration has it evict flows to make room (<c>overflow_policy</c>).</summary>
    public bool EvictsForConfiguration { get; init; }

    /// <summary>By which fields flows are grouped: the largest group gives first.</summary>
    public ImmutableArray<SubField> EvictionFields { get; init; } = [];

    /// <summary>When vacancy is told; null for never.</summary>
    public VacancyThresholds? Vacancy { get; init; }

    /// <summary>What becomes of packets that meet no flow in it, where the table is come to as to the next one.</summary>
    public TableMiss Miss { get; init; }

    /// <summary>Whether flows are evicted to make room.</summary>
    public bool Evicts => EvictsForMessage || EvictsForConfiguration;
}

/// <summary>Between which vacancies, in per cent of the limit, nothing is told.</summary>
/// <param name="Down">Less than this is told once, until it was more than the other.</param>
/// <param name="Up">More than this is told once, until it was less than the other.</param>
internal readonly record struct VacancyThresholds(byte Down, byte Up);

/// <summary>Which threshold the vacancy of a table has crossed (<c>OFPTR_VACANCY_*</c>).</summary>
internal enum VacancyEvent : byte
{
    /// <summary>It is less than the lower one.</summary>
    Down = 3,

    /// <summary>It is more than the upper one.</summary>
    Up = 4,
}

/// <summary>What a table has and has counted.</summary>
/// <param name="Rules">Its rules, without hidden ones.</param>
/// <param name="Lookups">Packets that were looked up in it.</param>
/// <param name="Matches">Those of them that met a rule.</param>
internal readonly record struct TableUse(int Rules, ulong Lookups, ulong Matches);
