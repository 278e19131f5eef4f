namespace UpcallActors.Ofproto;

/// <summary>
/// The rules that have one match, in the order of falling priority. As a rule that is one, and needs no list: of a hundred thousand
/// matches each list would be memory to be cleared and collected. Mutable, for one thread.
/// </summary>
internal struct RulesOfMatch
{
    private List<Rule>? _others;

    /// <summary>The one that packets meet.</summary>
    public Rule Highest { get; private set; }

    /// <summary>All of them.</summary>
    public readonly IEnumerable<Rule> All => _others is null ? [Highest] : _others.Prepend(Highest);

    /// <summary>The one of a priority.</summary>
    public readonly Rule? Find(ushort priority) =>
        Highest.Priority == priority ? Highest : _others?.Find(rule => rule.Priority == priority);

    /// <summary>Puts one in, in place of one with the same priority; true if there was none.</summary>
    public bool Set(Rule rule)
    {
        if (Highest is null || Highest.Priority == rule.Priority)
        {
            bool isFirst = Highest is null;
            Highest = rule;
            return isFirst;
        }

        _others ??= [];
        if (rule.Priority > Highest.Priority)
        {
            _others.Insert(0, Highest);
            Highest = rule;
            return true;
        }

        int at = _others.FindIndex(other => other.Priority <= rule.Priority);
        if (at >= 0 && _others[at].Priority == rule.Priority)
        {
            _others[at] = rule;
            return false;
        }

        _others.Insert(at < 0 ? _others.Count : at, rule);
        return true;
    }

    /// <summary>Takes one out that is in; true if it was the last.</summary>
    public bool Remove(Rule rule)
    {
        if (!ReferenceEquals(rule, Highest))
        {
            _others!.Remove(rule);
            return false;
        }

        if (_others is not { Count: > 0 })
            return true;
        Highest = _others[0];
        _others.RemoveAt(0);
        return false;
    }
}
