using FsCheck.Xunit;
using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto.Tests;

/// <summary>Tables that are changed at random beside a list of the rules that are there by then.</summary>
public class VersionProperties
{
    [Property(MaxTest = 150)]
    public void Each_snapshot_finds_what_its_version_had_however_the_tables_change(int seed)
    {
        var tables = new FlowTables();
        var model = new RuleModel(seed);
        List<(TablesSnapshot Snapshot, FlowChange[] Rules)> held = [];
        for (int batch = 0; batch < 25; batch++)
        {
            tables.Apply(model.NextBatch());
            model.Check(tables);
            if (model.Random.Next(2) == 0)
                held.Add((tables.Read(), model.Rules));
            foreach ((TablesSnapshot snapshot, FlowChange[] rules) in held)
                CheckLookups(model, snapshot, rules);
            if (held.Count <= 3)
                continue;
            int ended = model.Random.Next(held.Count);
            held[ended].Snapshot.Dispose();
            held.RemoveAt(ended);
        }

        foreach ((TablesSnapshot snapshot, _) in held)
            snapshot.Dispose();
    }

    [Property(MaxTest = 150)]
    public void Once_nobody_reads_older_versions_a_lookup_looks_at_no_more_than_in_tables_that_never_had_more(int seed)
    {
        var tables = new FlowTables();
        var model = new RuleModel(seed);
        for (int batch = 0; batch < 15; batch++)
        {
            TablesSnapshot reading = tables.Read();
            tables.Apply(model.NextBatch());
            reading.Dispose();
        }

        tables.Apply([]);
        FlowTables fresh = FilledTables.With([.. tables.GetRules().Select(rule =>
            new FlowChange { Priority = (ushort)rule.Priority, Match = rule.Match, Actions = rule.Actions, Cookie = rule.Cookie })]);
        foreach (Flow flow in model.Flows(40))
        {
            Flow wildcards = default;
            Flow expected = default;
            ulong? found = tables.Lookup(0, flow, ref wildcards)?.Cookie;
            found.ShouldBe(fresh.Lookup(0, flow, ref expected)?.Cookie);
            wildcards.ShouldBe(expected);
        }
    }

    [Property(MaxTest = 100)]
    public void A_batch_that_is_refused_leaves_rules_cookies_and_timeouts_as_they_were(int seed)
    {
        var time = new ManualTime();
        var tables = new FlowTables(time);
        var model = new RuleModel(seed);
        for (int batch = 0; batch < 6; batch++)
        {
            tables.Apply(model.NextBatch());
            FlowChange[] before = model.Rules;
            FlowChange[] refused = [.. model.NextBatch(), FlowSyntax.ParseFlow("priority=9,in_port=1,actions=1"),
                FlowSyntax.ParseFlow("check_overlap,priority=9,tcp,actions=1")];
            model.Rules = before;
            ulong version = tables.Version;
            Should.Throw<FlowRefusedException>(() => tables.Apply(refused)).Index.ShouldBe(refused.Length - 1);

            tables.Version.ShouldBe(version);
            model.Check(tables);
            foreach (ulong cookie in before.Select(rule => rule.Cookie!.Value).Distinct())
            {
                tables.GetRules(new FlowChange { CookieFilter = cookie, CookieMask = ulong.MaxValue }).Length
                    .ShouldBe(before.Count(rule => rule.Cookie == cookie));
            }
        }

        time.Advance(TimeSpan.FromHours(20));
        tables.Expire(isAccounted: true);
        tables.GetRules().ShouldAllBe(rule => rule.HardTimeout == 0);
        tables.RuleCount.ShouldBe(model.Rules.Count(rule => rule.HardTimeout == 0));
    }

    private static void CheckLookups(RuleModel model, TablesSnapshot snapshot, FlowChange[] rules)
    {
        foreach (Flow flow in model.Flows(6))
        {
            Flow wildcards = default;
            Rule? found = snapshot.Lookup(0, flow, ref wildcards);
            RuleModel.IsBest(rules, flow, found).ShouldBeTrue();
            foreach (Flow other in model.Flows(6))
                RuleModel.IsBest(rules, RuleModel.Blend(other, flow, wildcards), found).ShouldBeTrue("the wildcards are too wide");
        }
    }
}
