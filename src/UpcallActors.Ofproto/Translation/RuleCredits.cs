using UpcallActors.Odp;

namespace UpcallActors.Ofproto;

/// <summary>
/// The rules that a translation went through, with groups and buckets, each as often as it did, and the tables in which it met no rule, to
/// be credited when the translation is done. Used over and over; allocates only for a longer way than any before, and for the first packet
/// of a bridge.
/// </summary>
/// <param name="lane">Whose it is: the number of the translator.</param>
internal sealed class RuleCredits(int lane)
{
    private (FlowTables Tables, Rule? Rule, byte Table)[] _visits = new (FlowTables, Rule?, byte)[16];
    private RuleCounters[] _counters = new RuleCounters[8];
    private int _count;
    private int _counterCount;
    private FlowTables? _counted;
    private LookupCounts? _lookups;

    /// <summary>Forgets the last translation's.</summary>
    public void Clear()
    {
        _count = 0;
        _counterCount = 0;
    }

    /// <summary>The packet met no rule in a table.</summary>
    public void Miss(FlowTables tables, byte table) => Next() = (tables, null, table);

    /// <summary>The packet met a rule in a table, which is not the rule's own when the rule is the switch's.</summary>
    public void Add(FlowTables tables, Rule rule, byte table) => Next() = (tables, rule, table);

    /// <summary>The packet was given to a group, or to a bucket of one, or met no rule where it came in.</summary>
    public void Add(RuleCounters counters)
    {
        if (_counterCount == _counters.Length)
            Array.Resize(ref _counters, 2 * _counterCount);
        _counters[_counterCount++] = counters;
    }

    /// <summary>A copy of what the last translation went through, to be credited later.</summary>
    public RuleCredits Take() => new(lane)
    {
        _visits = _visits[.._count],
        _counters = _counters[.._counterCount],
        _count = _count,
        _counterCount = _counterCount,
    };

    /// <summary>Credits all of them with the same packets.</summary>
    public void Credit(FlowCredit credit)
    {
        ReadOnlySpan<(FlowTables Tables, Rule? Rule, byte Table)> visits = _visits.AsSpan(0, _count);
        // Bridges share a clock. It is read once, this being each packet's way.
        TimeSpan used = visits.IsEmpty ? TimeSpan.Zero : visits[0].Tables.LastUseOf(credit);
        foreach ((_, Rule? rule, _) in visits)
            rule?.Counters.Use(used);
        if (credit.Packets == 0)
            return;
        foreach ((FlowTables tables, Rule? rule, byte table) in visits)
        {
            rule?.Counters.Credit(credit.Packets, credit.Bytes);
            CountLookup(tables, rule, table, credit.Packets);
        }

        foreach (RuleCounters counters in _counters.AsSpan(0, _counterCount))
            counters.Credit(credit.Packets, credit.Bytes);
    }

    private void CountLookup(FlowTables tables, Rule? rule, byte table, ulong packets)
    {
        if (!ReferenceEquals(tables, _counted))
            (_counted, _lookups) = (tables, tables.LookupsOf(lane));
        if (rule is null)
            _lookups!.Miss(table, packets);
        else
            _lookups!.Match(table, packets);
    }

    private ref (FlowTables Tables, Rule? Rule, byte Table) Next()
    {
        if (_count == _visits.Length)
            Array.Resize(ref _visits, 2 * _count);
        return ref _visits[_count++];
    }
}
