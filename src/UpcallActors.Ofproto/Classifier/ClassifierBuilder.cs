using System.Runtime.InteropServices;
using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto;

/// <summary>
/// The writer's side of a table: takes rules in and out and makes a <see cref="Classifier"/> of them, anew only
/// where a mask's rules changed. Not thread-safe.
/// </summary>
internal sealed class ClassifierBuilder
{
    private readonly Dictionary<FlowMask, Group> _groups = [];
    private readonly PrefixIndexBuilder[] _prefixes = [.. Enumerable.Range(0, PrefixField.Count).Select(_ => new PrefixIndexBuilder())];
    private long _groupsMade;

    /// <summary>How many rules there are.</summary>
    public int Count { get; private set; }

    /// <summary>The rules, those of one mask together.</summary>
    public IEnumerable<Rule> Rules => _groups.Values.OrderBy(group => group.Number).SelectMany(group => group.Rules);

    /// <summary>The rule of exactly this match and priority.</summary>
    public Rule? Find(Match match, ushort priority) => _groups.GetValueOrDefault(match.Mask)?.Find(match, priority);

    /// <summary>
    /// A rule of this priority that matches some packet that the match does, too; null if there is none
    /// (<c>classifier_rule_overlaps</c>). A mask whose bits are all
    /// in the match's has at most one such rule, found at once; the rules of other masks are gone through.
    /// </summary>
    public Rule? FindOverlap(Match match, ushort priority)
    {
        foreach (Group group in _groups.Values)
        {
            if (group.FindOverlap(match, priority) is { } rule)
                return rule;
        }

        return null;
    }

    /// <summary>Makes room for matches of a mask that are about to come.</summary>
    public void Reserve(FlowMask mask, int count) => GroupOf(mask).Reserve(count);

    /// <summary>Puts a rule in, in place of one with the same match and priority.</summary>
    public void Set(Rule rule)
    {
        Group group = GroupOf(rule.Match.Mask);
        int before = group.Count;
        bool isNewMatch = group.Set(rule);
        Count += group.Count - before;
        if (isNewMatch)
            ChangePrefixes(group, rule.Match, isAdded: true);
    }

    /// <summary>Takes a rule out.</summary>
    public void Remove(Rule rule)
    {
        Group group = _groups[rule.Match.Mask];
        Count--;
        if (group.Remove(rule))
            ChangePrefixes(group, rule.Match, isAdded: false);
        if (group.IsEmpty)
            _groups.Remove(rule.Match.Mask);
    }

    /// <summary>An immutable classifier of the rules as they are now.</summary>
    public Classifier Build()
    {
        Subtable[] subtables = [.. _groups.Values.Where(group => !group.IsEmpty)
            .OrderBy(group => group.Number)
            .Select(group => group.Build())
            .OrderByDescending(subtable => subtable.MaximumPriority)];
        return new Classifier(
            subtables, [.. _prefixes.Select((prefixes, field) => prefixes.Build(count => CollectPrefixes(field, count)))]);
    }

    private Group GroupOf(FlowMask mask)
    {
        if (!_groups.TryGetValue(mask, out Group? group))
        {
            group = new Group(mask, _groupsMade++);
            _groups.Add(mask, group);
        }

        return group;
    }

    private void ChangePrefixes(Group group, Match match, bool isAdded)
    {
        for (int i = 0; i < PrefixField.Count; i++)
        {
            int length = group.PrefixLengths[i];
            if (length == 0)
                continue;
            UInt128 prefix = group.PrefixOf(match, i);
            if (isAdded)
                _prefixes[i].Add(prefix, length);
            else
                _prefixes[i].Remove(prefix, length);
        }
    }

    private List<(UInt128 Prefix, int Length)> CollectPrefixes(int field, int count)
    {
        var prefixes = new List<(UInt128 Prefix, int Length)>(count);
        foreach (Group group in _groups.Values.Where(group => group.PrefixLengths[field] != 0))
        {
            foreach (Match match in group.Matches)
                prefixes.Add((group.PrefixOf(match, field), group.PrefixLengths[field]));
        }

        return prefixes;
    }

    /// <summary>The rules of one mask, by match.</summary>
    private sealed class Group(FlowMask mask, long number)
    {
        private readonly Dictionary<Match, RulesOfMatch> _rules = [];
        private readonly FlowMask _mask = mask;
        private Subtable? _built;

        public long Number { get; } = number;

        public bool IsEmpty => _rules.Count == 0;

        /// <summary>How many rules there are.</summary>
        public int Count { get; private set; }

        public IEnumerable<Rule> Rules => _rules.Values.SelectMany(rules => rules.All);

        public Dictionary<Match, RulesOfMatch>.KeyCollection Matches => _rules.Keys;

        /// <summary>For each <see cref="PrefixField"/> how long the prefix is that the mask has of it, 0 if it has none.</summary>
        public int[] PrefixLengths { get; } = [.. PrefixField.All.ToArray().Select(field => field.PrefixLength(mask))];

        public UInt128 PrefixOf(Match match, int field)
        {
            Flow value = match.ToValue();
            return PrefixField.All[field].Read(value.ReadOnlyWords) & PrefixTrie.PrefixMask(PrefixLengths[field]);
        }

        public Rule? Find(Match match, ushort priority) =>
            _rules.TryGetValue(match, out RulesOfMatch rules) ? rules.Find(priority) : null;

        public Rule? FindOverlap(Match match, ushort priority)
        {
            if (!_mask.IsWithin(match.Mask))
                return Rules.FirstOrDefault(rule => rule.Priority == priority && rule.Match.Overlaps(match));
            return Find(new Match(match.ToValue(), _mask.ToFlow()), priority);
        }

        public void Reserve(int count) => _rules.EnsureCapacity(_rules.Count + count);

        /// <summary>Puts a rule in; true if its match is new here.</summary>
        public bool Set(Rule rule)
        {
            _built = null;
            ref RulesOfMatch rules = ref CollectionsMarshal.GetValueRefOrAddDefault(_rules, rule.Match, out bool isKnown);
            Count += rules.Set(rule) ? 1 : 0;
            return !isKnown;
        }

        /// <summary>Takes a rule out; true if nothing has its match any more.</summary>
        public bool Remove(Rule rule)
        {
            _built = null;
            Count--;
            return CollectionsMarshal.GetValueRefOrNullRef(_rules, rule.Match).Remove(rule) && _rules.Remove(rule.Match);
        }

        public Subtable Build()
        {
            return _built ??= Make();

            Subtable Make()
            {
                var heads = new Rule[_rules.Count];
                int count = 0;
                int maximum = 0;
                foreach (RulesOfMatch rules in _rules.Values)
                {
                    heads[count++] = rules.Highest;
                    maximum = Math.Max(maximum, rules.Highest.Priority);
                }

                return new Subtable(_mask, heads, maximum);
            }
        }
    }
}
