using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto.Tests;

public class FlowTablesTests
{
    [Fact]
    public void A_table_that_does_not_exist_is_refused_before_anything_is_changed()
    {
        var tables = new FlowTables();
        FlowChange good = FlowSyntax.ParseFlow("actions=1");
        Should.Throw<ArgumentException>(() => tables.Apply(good, good with { Table = 255 }));
        tables.GetRules().ShouldBeEmpty();
        tables.Version.ShouldBe(0ul);
    }

    private readonly FlowTables _tables = new();

    [Fact]
    public void Every_batch_has_a_version_of_its_own()
    {
        _tables.Version.ShouldBe(0UL);
        Apply("actions=drop");
        Apply("priority=5,actions=drop", "priority=6,actions=drop");
        _tables.Version.ShouldBe(2UL);
    }

    [Fact]
    public void Rules_are_counted_whatever_becomes_of_them()
    {
        string[][] batches =
        [
            ["priority=5,in_port=1,actions=1", "priority=6,in_port=1,actions=1", "table=7,ip,actions=2"],
            ["priority=5,in_port=1,actions=2"], ["modify in_port=1,actions=3"],
            ["modify in_port=9,actions=3"], ["delete_strict priority=6,in_port=1"], ["delete_strict priority=6,in_port=1"],
            ["udp,actions=1", "delete ip"], ["delete"],
        ];
        foreach (string[] batch in batches)
        {
            Apply(batch);
            _tables.RuleCount.ShouldBe(_tables.GetRules().Length);
        }

        _tables.RuleCount.ShouldBe(0);
    }

    [Fact]
    public async Task Rules_are_counted_while_somebody_changes_them()
    {
        Apply("in_port=1,actions=1");
        int seen = -1;
        // Whoever is told of a change may count at once, on any thread.
        _tables.Changed += (_, _) => seen = Task.Run(() => _tables.RuleCount).WaitAsync(TimeSpan.FromMinutes(1)).GetAwaiter().GetResult();
        await Task.Run(() => Apply("in_port=2,actions=1"));
        seen.ShouldBe(2);
    }

    [Fact]
    public void A_snapshot_stays_as_it_was()
    {
        Apply("actions=output:1");
        using TablesSnapshot before = _tables.Read();
        Apply("delete");
        Apply("priority=9,in_port=1,actions=output:2");

        Find(before, "in_port=1").ShouldBe("actions=output:1");
        Find("in_port=1").ShouldBe("priority=9,in_port=1 actions=output:2");
    }

    [Fact]
    public void A_flow_replaces_the_one_with_its_match_and_priority_and_counts_anew()
    {
        Apply("priority=5,in_port=1,actions=output:1");
        _tables.GetRules()[0].Counters.Credit(3, 300);
        Apply("priority=5,in_port=1,actions=output:2", "priority=6,in_port=1,actions=output:3");

        Printed().ShouldBe(["priority=5,in_port=1 actions=output:2", "priority=6,in_port=1 actions=output:3"], ignoreOrder: true);
        _tables.GetRules().ShouldAllBe(rule => rule.Counters.Packets == 0);
    }

    [Fact]
    public void Of_two_flows_with_one_match_the_lower_shows_again_when_the_higher_goes()
    {
        Apply("priority=5,in_port=1,actions=output:1", "priority=6,in_port=1,actions=output:2");
        Find("in_port=1").ShouldBe("priority=6,in_port=1 actions=output:2");
        Apply("delete_strict priority=6,in_port=1");
        Find("in_port=1").ShouldBe("priority=5,in_port=1 actions=output:1");
    }

    [Fact]
    public void Modify_changes_all_that_is_within_the_match_and_keeps_their_counts()
    {
        Apply("priority=1,ip,in_port=1,cookie=7,actions=output:1", "priority=2,tcp,in_port=1,actions=output:2",
            "priority=3,in_port=2,actions=output:3");
        foreach (Rule rule in _tables.GetRules())
            rule.Counters.Credit(1, 60);
        Apply("modify in_port=1,actions=output:9");

        Printed().ShouldBe(["cookie=0x7, priority=1,ip,in_port=1 actions=output:9", "priority=2,tcp,in_port=1 actions=output:9",
            "priority=3,in_port=2 actions=output:3"], ignoreOrder: true);
        _tables.GetRules().ShouldAllBe(rule => rule.Counters.Packets == 1);
    }

    [Fact]
    public void Modify_of_nothing_adds_unless_a_cookie_was_looked_for()
    {
        Apply("modify priority=4,in_port=1,actions=output:1", "modify cookie=1/-1,in_port=2,actions=output:2",
            "modify_strict priority=3,in_port=3,actions=output:3");
        Printed().ShouldBe(["priority=4,in_port=1 actions=output:1", "priority=3,in_port=3 actions=output:3"], ignoreOrder: true);
    }

    [Fact]
    public void Delete_strict_wants_the_very_match_and_priority()
    {
        Apply("priority=4,in_port=1,actions=output:1", "priority=5,in_port=1,actions=output:1",
            "priority=5,tcp,in_port=1,actions=output:1");
        Apply("delete_strict priority=5,in_port=1");
        Printed().ShouldBe(["priority=4,in_port=1 actions=output:1", "priority=5,tcp,in_port=1 actions=output:1"], ignoreOrder: true);
    }

    [Fact]
    public void Delete_picks_by_cookie_and_table()
    {
        Apply("cookie=0x10,actions=output:1", "cookie=0x11,in_port=1,actions=output:1", "table=3,cookie=0x10,actions=output:1");
        Apply("delete cookie=0x10/0xfe,table=0");
        Printed().ShouldBe(["cookie=0x10, table=3, actions=output:1"]);
        Apply("delete");
        Printed().ShouldBeEmpty();
    }

    [Fact]
    public void A_table_that_was_emptied_finds_nothing_and_looks_at_nothing()
    {
        Apply("ip,nw_src=10.0.0.1,actions=output:1");
        Apply("delete");
        Flow wildcards = default;
        _tables.Lookup(0, default, ref wildcards).ShouldBeNull();
        wildcards.ShouldBe(default);
    }

    [Fact]
    public void A_change_without_actions_changes_nothing_of_its_batch()
    {
        FlowChange good = FlowSyntax.ParseFlow("actions=output:1");
        Should.Throw<ArgumentException>(() => _tables.Apply(good, new FlowChange()));
        _tables.Version.ShouldBe(0UL);
        Apply("in_port=1,actions=output:2");
        Printed().ShouldBe(["in_port=1 actions=output:2"]);
    }

    [Fact]
    public async Task Readers_see_all_of_a_batch_or_none_of_it()
    {
        // Both flows carry the number of their batch: a lookup of either in one snapshot must give the same.
        Apply(Batch(0));
        using var stop = new CancellationTokenSource();
        Task<int> reader = Task.Run(() =>
        {
            int reads = 0;
            do
            {
                using TablesSnapshot tables = _tables.Read();
                Find(tables, "in_port=1")![^3..].ShouldBe(Find(tables, "in_port=2")![^3..]);
                reads++;
            }
            while (!stop.IsCancellationRequested);
            return reads;
        });
        for (int i = 1; i < 500; i++)
            Apply(Batch(i));
        await stop.CancelAsync();
        (await reader).ShouldBeGreaterThan(0);

        static string[] Batch(int number) =>
            [$"in_port=1,actions=output:{100 + number}", $"in_port=2,tcp,actions=drop", $"in_port=2,actions=output:{100 + number}"];
    }

    private void Apply(params string[] flows) => _tables.Apply([.. flows.Select(flow => FlowSyntax.ParseFlow(flow))]);

    private string[] Printed() => [.. _tables.GetRules().Select(rule => rule.ToString())];

    private string? Find(string packet)
    {
        using TablesSnapshot now = _tables.Read();
        return Find(now, packet);
    }

    private static string? Find(TablesSnapshot tables, string packet)
    {
        Flow wildcards = default;
        return tables.Lookup(0, FlowSyntax.ParseFlow(packet + ",actions=drop").Match.ToValue(), ref wildcards)?.ToString();
    }
}
