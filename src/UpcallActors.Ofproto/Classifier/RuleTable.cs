using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto;

/// <summary>
/// The rules of one table: a subtable for each mask, those that may hold the highest priorities first. A lookup stops once no later
/// subtable can hold a higher priority than what it found, so what those would have looked at stays wild. One thread changes it, any
/// number of others look meanwhile.
/// </summary>
internal sealed class RuleTable
{
    private readonly Dictionary<FlowMask, Subtable> _subtables = [];
    private readonly PrefixIndex[] _prefixes = [.. Enumerable.Range(0, PrefixField.Count).Select(_ => new PrefixIndex())];
    private Dictionary<FlowMask, int>? _expected;
    private SubtableRank[] _order = [];
    private long _subtablesMade;
    private long _stepsOfGone;
    private bool _isOrderStale;

    /// <summary>How many slots, entries and nodes changes have looked at or moved so far.</summary>
    public long Steps => _stepsOfGone + _subtables.Values.Sum(subtable => subtable.Steps);

    /// <summary>Whether rules may be in it that are hidden.</summary>
    public bool HasHidden => _subtables.Values.Any(subtable => subtable.Maximum > ushort.MaxValue);

    /// <summary>The rules that were not removed, those of one mask together.</summary>
    public IEnumerable<Rule> Rules => _subtables.Values.OrderBy(subtable => subtable.Number).SelectMany(subtable => subtable.Rules);

    /// <summary>
    /// The rule of the highest priority that matches and is in a version; of several with equal priority, the one whose mask came into the
    /// table first. Adds the bits it looked at to <paramref name="wildcards"/>: every flow that agrees on them gets the same rule.
    /// Allocates nothing.
    /// </summary>
    public Rule? Lookup(in Flow flow, ulong version, ref Flow wildcards)
    {
        ReadOnlySpan<ulong> words = flow.ReadOnlyWords;
        Span<ulong> used = wildcards.Words;
        var prefixes = new PrefixLookups(_prefixes, words);
        Rule? best = null;
        foreach (ref readonly SubtableRank rank in Volatile.Read(ref _order).AsSpan())
        {
            if (best is not null && rank.Maximum <= best.Priority)
                break;
            Rule? rule = rank.Subtable.Lookup(words, version, used, ref prefixes);
            if (rule is not null && (best is null || rule.Priority > best.Priority))
                best = rule;
        }

        return best;
    }

    /// <summary>The rule of exactly this match and priority that was not removed.</summary>
    public Rule? Find(Match match, int priority) => _subtables.GetValueOrDefault(match.Mask)?.Find(match, priority);

    /// <summary>
    /// A rule of this priority that matches some packet that the match does, too; null if there is none
    /// (<c>classifier_rule_overlaps</c>). A mask whose bits are all in the match's has at most one such rule, found at once; the rules of
    /// other masks are gone through.
    /// </summary>
    public Rule? FindOverlap(Match match, int priority)
    {
        foreach ((FlowMask mask, Subtable subtable) in _subtables)
        {
            if (!subtable.Has(priority))
                continue;
            Rule? rule = mask.IsWithin(match.Mask)
                ? subtable.Find(new Match(match.ToValue(), mask.ToFlow()), priority)
                : subtable.Rules.FirstOrDefault(rule => rule.Priority == priority && rule.Match.Overlaps(match));
            if (rule is not null)
                return rule;
        }

        return null;
    }

    /// <summary>Adds the rules that lie within a match to a list: of its own mask only those of the match itself can.</summary>
    public void Select(Match match, List<Rule> rules)
    {
        foreach ((FlowMask mask, Subtable subtable) in _subtables)
        {
            if (!match.Mask.IsWithin(mask))
                continue;
            if (mask.Equals(match.Mask))
                rules.AddRange(subtable.RulesOf(match));
            else
                rules.AddRange(subtable.Rules.Where(rule => rule.Match.IsWithin(match)));
        }
    }

    /// <summary>Makes room for matches of a mask that are about to come, before <see cref="Arrange"/>.</summary>
    public void Reserve(FlowMask mask, int count)
    {
        if (_subtables.TryGetValue(mask, out Subtable? subtable))
            subtable.Reserve(count);
        else
            (_expected ??= [])[mask] = count;
    }

    /// <summary>
    /// Puts a rule in; readers come to it after <see cref="Arrange"/>. Returns the one of the same match and priority that was not removed,
    /// which stays as it is.
    /// </summary>
    public Rule? Insert(Rule rule)
    {
        if (!_subtables.TryGetValue(rule.Match.Mask, out Subtable? subtable))
        {
            subtable = new Subtable(rule.Match.Mask, _subtablesMade++, _prefixes, _expected?.GetValueOrDefault(rule.Match.Mask) ?? 0);
            _subtables.Add(rule.Match.Mask, subtable);
        }

        int maximum = subtable.Maximum;
        Rule? replaced = subtable.Insert(rule);
        _isOrderStale |= subtable.Maximum != maximum;
        return replaced;
    }

    /// <summary>Takes a rule out that no reader can see. Until <see cref="Arrange"/> readers may look where there is nothing.</summary>
    public void Unlink(Rule rule)
    {
        Subtable subtable = _subtables[rule.Match.Mask];
        int maximum = subtable.Maximum;
        subtable.Unlink(rule);
        _isOrderStale |= subtable.Maximum != maximum;
        if (!subtable.IsEmpty)
            return;
        _stepsOfGone += subtable.Steps;
        _subtables.Remove(rule.Match.Mask);
    }

    /// <summary>
    /// Gives readers the subtables in their order, if that has changed: by falling maximum, and the older first. A reader that has the
    /// order before finds in it what it can see, since ranks in it are as high as when it was made.
    /// </summary>
    public void Arrange()
    {
        _expected = null;
        if (!_isOrderStale)
            return;
        _isOrderStale = false;
        var order = new SubtableRank[_subtables.Count];
        int count = 0;
        foreach (Subtable subtable in _subtables.Values)
            order[count++] = new SubtableRank(subtable.Maximum, subtable);
        order.AsSpan().Sort(static (left, right) => left.Maximum != right.Maximum
            ? right.Maximum.CompareTo(left.Maximum)
            : left.Subtable.Number.CompareTo(right.Subtable.Number));
        Volatile.Write(ref _order, order);
    }
}
