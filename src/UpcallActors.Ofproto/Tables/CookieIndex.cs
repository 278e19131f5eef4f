using System.Runtime.InteropServices;

namespace UpcallActors.Ofproto;

/// <summary>The rules of a bridge by cookie, those without one left out. For one thread.</summary>
internal sealed class CookieIndex
{
    private readonly Dictionary<ulong, Rule> _first = [];

    /// <summary>The rules with a cookie other than 0, the newest first.</summary>
    public IEnumerable<Rule> RulesOf(ulong cookie)
    {
        for (Rule? rule = _first.GetValueOrDefault(cookie); rule is not null; rule = rule.NextOfCookie)
            yield return rule;
    }

    /// <summary>A rule came.</summary>
    public void Add(Rule rule)
    {
        if (rule.Cookie == 0)
            return;
        ref Rule? first = ref CollectionsMarshal.GetValueRefOrAddDefault(_first, rule.Cookie, out _);
        rule.NextOfCookie = first;
        if (first is not null)
            first.PreviousOfCookie = rule;
        first = rule;
    }

    /// <summary>A rule went that was there.</summary>
    public void Remove(Rule rule)
    {
        if (rule.Cookie == 0)
            return;
        if (rule.NextOfCookie is { } next)
            next.PreviousOfCookie = rule.PreviousOfCookie;
        if (rule.PreviousOfCookie is { } previous)
            previous.NextOfCookie = rule.NextOfCookie;
        else if (rule.NextOfCookie is { } second)
            _first[rule.Cookie] = second;
        else
            _first.Remove(rule.Cookie);
        (rule.NextOfCookie, rule.PreviousOfCookie) = (null, null);
    }
}
