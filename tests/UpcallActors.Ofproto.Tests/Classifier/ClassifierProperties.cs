using FsCheck.Xunit;
using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto.Tests;

public class ClassifierProperties
{
    [Property(MaxTest = 400)]
    public void A_lookup_finds_what_a_scan_of_all_rules_finds(int seed)
    {
        var random = new RandomTables(seed);
        FlowChange[] rules = random.Rules(random.Random.Next(1, 60));
        FlowTables tables = FilledTables.With(rules);
        foreach (Flow flow in Flows(random, rules))
        {
            Flow wildcards = default;
            Rule? found = tables.Lookup(0, flow, ref wildcards);

            int? best = rules.Where(rule => rule.Match.Matches(flow)).Max(rule => (int?)rule.Priority);
            ((int?)found?.Priority).ShouldBe(best);
            (found is null || found.Match.Matches(flow)).ShouldBeTrue();
        }
    }

    /// <summary>
    /// The property that keeps packets from the wrong port: a megaflow made of the wildcards must cover no flow that the tables
    /// would treat otherwise. Flows are pushed as far towards every other rule as the wildcards allow.
    /// </summary>
    [Property(MaxTest = 400)]
    public void Every_flow_that_agrees_on_the_wildcards_gets_the_same_rule(int seed)
    {
        var random = new RandomTables(seed);
        FlowChange[] rules = random.Rules(random.Random.Next(1, 60));
        FlowTables tables = FilledTables.With(rules);
        foreach (Flow flow in Flows(random, rules).Take(30))
        {
            Flow wildcards = default;
            Rule? found = tables.Lookup(0, flow, ref wildcards);
            foreach (FlowChange rule in rules)
            {
                Flow pushed = Blend(Blend(random.Flow(), rule.Match.ToValue(), rule.Match.ToMask()), flow, wildcards);
                Flow ignored = default;
                tables.Lookup(0, pushed, ref ignored).ShouldBeSameAs(found);
            }
        }
    }

    [Property(MaxTest = 200)]
    public void The_wildcards_cover_the_match_of_the_rule_that_was_found(int seed)
    {
        var random = new RandomTables(seed);
        FlowChange[] rules = random.Rules(40);
        FlowTables tables = FilledTables.With(rules);
        foreach (Flow flow in Flows(random, rules))
        {
            Flow wildcards = default;
            if (tables.Lookup(0, flow, ref wildcards) is not { } rule)
                continue;
            Covers(wildcards, rule.Match.ToMask()).ShouldBeTrue();
        }
    }

    [Property(MaxTest = 200)]
    public void A_lookup_only_adds_to_the_wildcards_it_is_given(int seed)
    {
        var random = new RandomTables(seed);
        FlowChange[] rules = random.Rules(40);
        FlowTables tables = FilledTables.With(rules);
        foreach (Flow flow in Flows(random, rules))
        {
            Flow before = random.Mask();
            Flow after = before;
            Rule? found = tables.Lookup(0, flow, ref after);
            Flow fresh = default;
            tables.Lookup(0, flow, ref fresh).ShouldBeSameAs(found);

            Covers(after, before).ShouldBeTrue();
        }
    }

    [Property(MaxTest = 100)]
    public void Tables_changed_step_by_step_answer_as_those_filled_at_once(int seed)
    {
        var random = new RandomTables(seed);
        FlowChange[] rules = random.Rules(60);
        var stepwise = new FlowTables();
        foreach (FlowChange rule in rules)
            stepwise.Apply(rule);
        FlowChange[] removed = [.. rules.Where(_ => random.Random.Next(2) == 0)];
        foreach (FlowChange rule in removed)
            stepwise.Apply(rule with { Command = FlowCommand.DeleteStrict, Actions = null });
        FlowChange[] left = [.. rules.Where(rule => !removed.Any(gone => gone.Priority == rule.Priority && gone.Match.Equals(rule.Match)))];
        FlowTables atOnce = FilledTables.With(left);

        foreach (Flow flow in Flows(random, rules))
        {
            Flow wildcards = default;
            Rule? found = stepwise.Lookup(0, flow, ref wildcards);
            Flow expectedWildcards = default;
            Rule? expected = atOnce.Lookup(0, flow, ref expectedWildcards);
            (found?.Priority).ShouldBe(expected?.Priority);
            foreach (FlowChange rule in left)
            {
                Flow pushed = Blend(Blend(random.Flow(), rule.Match.ToValue(), rule.Match.ToMask()), flow, wildcards);
                Flow ignored = default;
                stepwise.Lookup(0, pushed, ref ignored).ShouldBeSameAs(found);
            }
        }
    }

    private static IEnumerable<Flow> Flows(RandomTables random, FlowChange[] rules)
    {
        for (int i = 0; i < 20; i++)
            yield return random.Flow();
        foreach (FlowChange rule in rules)
        {
            Flow flow = Blend(random.Flow(), rule.Match.ToValue(), rule.Match.ToMask());
            yield return flow;

            // One bit off: the near misses are where a mask is easily too wide.
            flow.Words[random.Random.Next(Flow.WordCount)] ^= 1UL << random.Random.Next(64);
            yield return flow;
        }
    }

    private static bool Covers(Flow wildcards, Flow bits)
    {
        for (int i = 0; i < Flow.WordCount; i++)
        {
            if ((bits.Words[i] & ~wildcards.Words[i]) != 0)
                return false;
        }
        return true;
    }

    private static Flow Blend(Flow flow, Flow over, Flow mask)
    {
        for (int i = 0; i < Flow.WordCount; i++)
            flow.Words[i] = (flow.Words[i] & ~mask.Words[i]) | (over.Words[i] & mask.Words[i]);
        return flow;
    }
}
