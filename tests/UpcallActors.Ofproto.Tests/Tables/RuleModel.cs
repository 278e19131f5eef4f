using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto.Tests;

/// <summary>A list of rules, with changes that are made to it as to tables.</summary>
internal sealed class RuleModel
{
    private readonly RandomTables _tables;
    private readonly Flow[] _masks;
    private readonly Flow[] _values;
    private ulong _cookies;

    public RuleModel(int seed)
    {
        _tables = new RandomTables(seed);
        _masks = [.. Enumerable.Range(0, Random.Next(1, 8)).Select(_ => _tables.Mask())];
        _values = [.. Enumerable.Range(0, Random.Next(1, 20)).Select(_ => _tables.Flow())];
    }

    public Random Random => _tables.Random;

    /// <summary>The rules that are there, each with a cookie of its own unless it was given one that another has.</summary>
    public FlowChange[] Rules { get; set; } = [];

    /// <summary>Whether a rule, or none, is a right answer for a flow.</summary>
    public static bool IsBest(FlowChange[] rules, Flow flow, Rule? found)
    {
        int? best = rules.Where(rule => rule.Match.Matches(flow)).Max(rule => (int?)rule.Priority);
        if (found is null || best is null)
            return found is null && best is null;
        return found.Priority == best && rules.Any(rule =>
            rule.Cookie == found.Cookie && rule.Match.Equals(found.Match) && rule.Match.Matches(flow)
            && ReferenceEquals(rule.Actions, found.Actions));
    }

    public static Flow Blend(Flow flow, Flow over, Flow mask)
    {
        for (int i = 0; i < Flow.WordCount; i++)
            flow.Words[i] = (flow.Words[i] & ~mask.Words[i]) | (over.Words[i] & mask.Words[i]);
        return flow;
    }

    /// <summary>The changes of one batch, which are made here.</summary>
    public FlowChange[] NextBatch()
    {
        FlowChange[] batch = [.. Enumerable.Range(0, Random.Next(1, 8)).Select(_ => Next())];
        foreach (FlowChange change in batch)
            Make(change);
        return batch;
    }

    /// <summary>Flows that match rules, miss them by a bit, or have little to do with them.</summary>
    public IEnumerable<Flow> Flows(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Flow flow = _tables.Flow();
            if (Random.Next(4) != 0)
                flow = Blend(flow, _values[Random.Next(_values.Length)], _masks[Random.Next(_masks.Length)]);
            if (Random.Next(3) == 0)
                flow.Words[Random.Next(Flow.WordCount)] ^= 1UL << Random.Next(64);
            yield return flow;
        }
    }

    /// <summary>Holds tables against the list.</summary>
    public void Check(FlowTables tables)
    {
        tables.RuleCount.ShouldBe(Rules.Length);
        tables.GetRules().Select(rule => (rule.Cookie, rule.Priority, rule.Match, rule.Actions)).ShouldBe(
            Rules.Select(rule => (rule.Cookie!.Value, (int)rule.Priority, rule.Match, rule.Actions!)), ignoreOrder: true);
    }

    private FlowChange Next()
    {
        FlowChange flow = Added();
        return Random.Next(10) switch
        {
            < 6 => flow,
            6 => flow with { Command = FlowCommand.DeleteStrict, Actions = null },
            7 => flow with { Command = FlowCommand.ModifyStrict, Cookie = null },
            8 => flow with { Command = FlowCommand.Modify, Match = Wider(flow.Match), Cookie = null, CookieFilter = 1, CookieMask = 1 },
            _ => flow with
            {
                Command = FlowCommand.Delete,
                Match = Random.Next(2) == 0 ? Match.Any : flow.Match,
                Actions = null,
                CookieFilter = Rules.Length == 0 ? 1 : Rules[Random.Next(Rules.Length)].Cookie!.Value,
                CookieMask = Random.Next(2) == 0 ? ulong.MaxValue : 3,
            },
        };
    }

    private FlowChange Added() => new()
    {
        Priority = (ushort)Random.Next(5),
        Match = new Match(_values[Random.Next(_values.Length)], _masks[Random.Next(_masks.Length)]),
        Cookie = Random.Next(4) == 0 ? 3 : ++_cookies,
        HardTimeout = (ushort)(Random.Next(3) == 0 ? Random.Next(1, 60_000) : 0),
        Actions = FlowSyntax.ParseFlow("actions=drop").Actions,
    };

    /// <summary>A match of every second word.</summary>
    private static Match Wider(Match match)
    {
        Flow mask = match.ToMask();
        for (int word = 0; word < Flow.WordCount; word += 2)
            mask.Words[word] = 0;
        return new Match(match.ToValue(), mask);
    }

    private void Make(FlowChange change)
    {
        bool Selects(FlowChange rule) => change.Command is FlowCommand.DeleteStrict or FlowCommand.ModifyStrict
            ? rule.Priority == change.Priority && rule.Match.Equals(change.Match)
            : rule.Match.IsWithin(change.Match) && ((rule.Cookie!.Value ^ change.CookieFilter) & change.CookieMask) == 0;

        switch (change.Command)
        {
            case FlowCommand.Add:
                Rules = [.. Rules.Where(rule => rule.Priority != change.Priority || !rule.Match.Equals(change.Match)), change];
                break;
            case FlowCommand.Delete or FlowCommand.DeleteStrict:
                Rules = [.. Rules.Where(rule => !Selects(rule))];
                break;
            default:
                if (change.CookieMask == 0 && !Rules.Any(Selects))
                    Rules = [.. Rules, change with { Cookie = 0 }];
                else
                    Rules = [.. Rules.Select(rule => Selects(rule) ? rule with { Actions = change.Actions } : rule)];
                break;
        }
    }
}
