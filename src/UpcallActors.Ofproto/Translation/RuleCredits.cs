using UpcallActors.Odp;

namespace UpcallActors.Ofproto;

/// <summary>
/// The rules that a translation went through, each as often as it did, to be credited when the translation is done. Used over and over;
/// allocates only for a longer way than any before.
/// </summary>
internal sealed class RuleCredits
{
    private (FlowTables Tables, Rule Rule)[] _rules = new (FlowTables, Rule)[16];
    private int _count;

    /// <summary>Forgets the last translation's.</summary>
    public void Clear() => _count = 0;

    /// <summary>The packet met a rule.</summary>
    public void Add(FlowTables tables, Rule rule)
    {
        if (_count == _rules.Length)
            Array.Resize(ref _rules, 2 * _count);
        _rules[_count++] = (tables, rule);
    }

    /// <summary>Credits all of them with the same packets.</summary>
    public void Credit(FlowCredit credit)
    {
        foreach ((FlowTables tables, Rule rule) in _rules.AsSpan(0, _count))
            tables.Credit(rule, credit);
    }
}
