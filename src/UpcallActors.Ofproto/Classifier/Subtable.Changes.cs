using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto;

/// <content>
/// The writer's side. The rules of one match are linked, those of higher priority first, and of one priority the newer first: the older
/// does not lead to it, so a rule that is gone keeps none alive that came after it.
/// </content>
internal sealed partial class Subtable
{
    private const int SmallestCapacity = 2;
    private const int MostBitsCounted = 31;

    private readonly PriorityCounts _priorities = new();
    private readonly bool _hasPrefixes;
    private int _matches;

    /// <summary>The highest priority in it; -1 if it is empty.</summary>
    public int Maximum => _priorities.Maximum;

    /// <summary>Whether no rule is in it.</summary>
    public bool IsEmpty => _matches == 0;

    /// <summary>How many slots, entries and nodes its changes have looked at or moved so far.</summary>
    public long Steps { get; private set; }

    /// <summary>The rules that were not removed, in the order in which their matches came; those of a match by falling priority.</summary>
    public IEnumerable<Rule> Rules
    {
        get
        {
            for (int entry = 0; entry < _entries.Count; entry++)
            {
                for (Rule? rule = _entries.FirstOf(entry); rule is not null; rule = rule.Lower)
                {
                    if (rule.IsLive)
                        yield return rule;
                }
            }
        }
    }

    /// <summary>Whether any rule has this priority.</summary>
    public bool Has(int priority) => _priorities.Contains(priority);

    /// <summary>The rules of a match that were not removed, by falling priority.</summary>
    public IEnumerable<Rule> RulesOf(Match match)
    {
        for (Rule? rule = FirstOf(match); rule is not null; rule = rule.Lower)
        {
            if (rule.IsLive)
                yield return rule;
        }
    }

    /// <summary>The rule of a match and priority that was not removed.</summary>
    public Rule? Find(Match match, int priority)
    {
        Rule? rule = FirstOf(match);
        while (rule is not null && (rule.Priority > priority || (rule.Priority == priority && !rule.IsLive)))
            rule = rule.Lower;
        return rule?.Priority == priority ? rule : null;
    }

    /// <summary>
    /// Makes room for matches that are about to come, if they are more than there are. For fewer, doubling when it is full costs less:
    /// exact room is full for the next batch.
    /// </summary>
    public void Reserve(int count)
    {
        if (count <= _matches || _entries.Count + count <= _entries.Capacity)
            return;
        Move(_matches + count);
        ReservePrefixes(count);
    }

    /// <summary>Puts a rule in. Returns the one of the same match and priority that was not removed, which stays as it is.</summary>
    public Rule? Insert(Rule rule)
    {
        _priorities.Add(rule.Priority);
        ReadOnlySpan<ulong> values = rule.Match.Values;
        Span<ulong> hashes = stackalloc ulong[FlowStages.Count];
        ulong hash = HashStages(values, hashes);
        int entry = _entries.Find(values, hash);
        if (entry < 0 || _entries.FirstOf(entry) is not { } first)
        {
            InsertMatch(rule, entry, hash, hashes);
            return null;
        }

        Rule? above = null;
        Rule? below = first;
        for (; below is not null && below.Priority > rule.Priority; below = below.Lower, Steps++)
            above = below;
        rule.Lower = below;
        if (above is null)
            Volatile.Write(ref _entries.FirstOf(entry), rule);
        else
            Volatile.Write(ref above.Lower, rule);
        while (below is not null && below.Priority == rule.Priority && !below.IsLive)
            below = below.Lower;
        return below?.Priority == rule.Priority ? below : null;
    }

    /// <summary>
    /// Takes a rule out that no reader can see. A reader that stands on it goes on to what was below it: of that, too, nothing goes that
    /// the reader can see, and what comes is too new for it.
    /// </summary>
    public void Unlink(Rule rule)
    {
        _priorities.Remove(rule.Priority);
        Span<ulong> hashes = stackalloc ulong[FlowStages.Count];
        int entry = _entries.Find(rule.Match.Values, HashStages(rule.Match.Values, hashes));
        Rule? above = null;
        for (Rule at = _entries.FirstOf(entry)!; at != rule; at = at.Lower!, Steps++)
            above = at;
        if (above is not null)
        {
            Volatile.Write(ref above.Lower, rule.Lower);
            return;
        }

        Volatile.Write(ref _entries.FirstOf(entry), rule.Lower);
        if (rule.Lower is null)
            RemoveMatch(rule.Match, hashes);
    }

    private Rule? FirstOf(Match match)
    {
        Span<ulong> hashes = stackalloc ulong[FlowStages.Count];
        int entry = _entries.Find(match.Values, HashStages(match.Values, hashes));
        return entry < 0 ? null : _entries.FirstOf(entry);
    }

    private void InsertMatch(Rule rule, int entry, ulong hash, ReadOnlySpan<ulong> hashes)
    {
        if (entry >= 0)
        {
            Volatile.Write(ref _entries.FirstOf(entry), rule);
        }
        else
        {
            if (_entries.Count == _entries.Capacity)
                Move(2 * _matches);
            Steps += _entries.Add(rule.Match.Values, hash, rule);
        }

        _matches++;
        for (int stage = 0; stage < _stageIndexes.Length; stage++)
            Steps += _stageIndexes[stage].Add(hashes[stage]);
        ChangePrefixes(rule.Match, isAdded: true);
    }

    private void RemoveMatch(Match match, ReadOnlySpan<ulong> hashes)
    {
        _matches--;
        for (int stage = 0; stage < _stageIndexes.Length; stage++)
            Steps += _stageIndexes[stage].Remove(hashes[stage]);
        ChangePrefixes(match, isAdded: false);
        if (_matches * 8 < _entries.Count && _entries.Capacity > SmallestCapacity)
            Move(2 * _matches);
    }

    private void ReservePrefixes(int count)
    {
        for (int i = 0; i < PrefixField.Count; i++)
        {
            int length = _prefixLengths[i];
            // There are no more prefixes than their bits can tell apart.
            if (length != 0)
                Steps += _prefixes[i].Reserve(length < MostBitsCounted ? Math.Min(count, 1 << length) : count);
        }
    }

    private void ChangePrefixes(Match match, bool isAdded)
    {
        if (!_hasPrefixes && _ports is null)
            return;
        Flow value = match.ToValue();
        for (int i = 0; i < PrefixField.Count; i++)
        {
            int length = _prefixLengths[i];
            if (length == 0)
                continue;
            UInt128 prefix = PrefixField.All[i].Read(value.ReadOnlyWords) & PrefixTrie.PrefixMask(length);
            Steps += isAdded ? _prefixes[i].Add(prefix, length) : _prefixes[i].Remove(prefix, length);
        }

        if (_ports is null)
            return;
        UInt128 ports = (UInt128)(uint)(value.ReadOnlyWords[_portsWord] >> PortsShift) << 96;
        Steps += isAdded ? _ports.Add(ports, PortsLength) : _ports.Remove(ports, PortsLength);
    }

    /// <summary>Moves the matches that have rules to entries with room for as many as given, in the same order.</summary>
    private void Move(int capacity)
    {
        MatchEntries from = _entries;
        var to = new MatchEntries(Math.Max(SmallestCapacity, capacity), _mask.Words.Length);
        Span<ulong> hashes = stackalloc ulong[FlowStages.Count];
        for (int entry = 0; entry < from.Count; entry++)
        {
            Steps++;
            if (from.FirstOf(entry) is { } first)
                Steps += to.Add(from.ValuesOf(entry), HashStages(from.ValuesOf(entry), hashes), first);
        }

        Volatile.Write(ref _entries, to);
    }

    /// <summary>The hash of a match, and on the way that of each stage.</summary>
    private ulong HashStages(ReadOnlySpan<ulong> values, Span<ulong> hashes)
    {
        ulong hash = FlowHash.Seed;
        int done = 0;
        for (int stage = 0; stage < _stageEnds.Length; stage++)
        {
            for (; done < _stageEnds[stage]; done++)
                hash = FlowHash.Mix(hash, values[done]);
            hashes[stage] = hash;
        }

        return hash;
    }
}
