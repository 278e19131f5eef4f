using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto;

/// <summary>
/// The rules of one table, immutable: a subtable for each mask, those that may hold the highest priorities first. A lookup stops
/// once no later subtable can hold a higher priority than what it found, so what those would have looked at stays wild.
/// </summary>
internal sealed class Classifier
{
    private readonly Subtable[] _subtables;
    private readonly PrefixIndex[] _prefixes;

    /// <summary>A classifier of subtables in the order of their highest priority, descending.</summary>
    public Classifier(Subtable[] subtables, PrefixIndex[] prefixes)
    {
        _subtables = subtables;
        _prefixes = prefixes;
    }

    /// <summary>
    /// The rule of the highest priority that matches; of several with equal priority, the one whose mask came into the table first. Adds
    /// the bits it looked at to <paramref name="wildcards"/>: every flow that agrees on them gets the same rule. Allocates nothing.
    /// </summary>
    public Rule? Lookup(in Flow flow, ref Flow wildcards)
    {
        ReadOnlySpan<ulong> words = flow.ReadOnlyWords;
        Span<ulong> used = wildcards.Words;
        var prefixes = new PrefixLookups(_prefixes, words);
        Rule? best = null;
        foreach (Subtable subtable in _subtables)
        {
            if (best is not null && subtable.MaximumPriority <= best.Priority)
                break;
            Rule? rule = subtable.Lookup(words, used, ref prefixes);
            if (rule is not null && (best is null || rule.Priority > best.Priority))
                best = rule;
        }
        return best;
    }
}
