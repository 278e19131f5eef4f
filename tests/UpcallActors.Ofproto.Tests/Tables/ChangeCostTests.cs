using System.Globalization;
using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto.Tests;

/// <summary>What one change costs, in places looked at and in memory: as much among a thousand rules as among many.</summary>
public class ChangeCostTests
{
    private const int Few = 1_000;
    private const int Many = 100_000;

    [Theory]
    [InlineData("ip,nw_dst=10.{0}.{1}.{2},actions=2")]
    [InlineData("priority={3},reg0={4},actions=2")]
    [InlineData("cookie={4},tcp,nw_src=10.{0}.{1}.{2},tp_dst={3},actions=2")]
    [InlineData("idle_timeout={5},ipv6,ipv6_src=fc00::{0}:{1}:{2},actions=drop")]
    public void Flows_that_are_added_and_deleted_one_by_one_cost_as_much_among_many_as_among_few(string flow)
    {
        (Cost fewAdded, Cost fewDeleted) = CostOf(flow, Few);
        (Cost manyAdded, Cost manyDeleted) = CostOf(flow, Many);

        // A trie is as much deeper as the logarithm says; the rest is what lies idle in arrays that double.
        manyAdded.Steps.ShouldBeLessThan((fewAdded.Steps + 2) * 2);
        manyDeleted.Steps.ShouldBeLessThan((fewDeleted.Steps + 2) * 2);
        manyAdded.Bytes.ShouldBeLessThan(fewAdded.Bytes * 5 / 4);
        manyDeleted.Bytes.ShouldBeLessThan((fewDeleted.Bytes + 16) * 5 / 4);
    }

    [Fact]
    public void Deleting_one_match_does_not_go_through_the_others_of_its_mask()
    {
        FlowTables few = FilledTables.With(Flows("ip,nw_dst=10.{0}.{1}.{2},actions=2", Few));
        FlowTables many = FilledTables.With(Flows("ip,nw_dst=10.{0}.{1}.{2},actions=2", Many));
        StepsOf(many).ShouldBeLessThan((StepsOf(few) + 2) * 2);

        static long StepsOf(FlowTables tables)
        {
            long before = tables.Steps;
            tables.Apply(FlowSyntax.ParseFlow("delete ip,nw_dst=10.0.0.9"));
            return tables.Steps - before;
        }
    }

    [Fact]
    public void Expiry_costs_what_expires_and_not_what_has_time()
    {
        var time = new ManualTime();
        var tables = new FlowTables(time);
        tables.Apply(Flows("idle_timeout=50000,ip,nw_dst=10.{0}.{1}.{2},actions=2", Many));
        tables.Apply(Flows("hard_timeout=3,ip,nw_src=10.{0}.{1}.{2},actions=2", 10));
        long before = tables.Steps;
        for (int i = 0; i < 200; i++)
        {
            time.Advance(TimeSpan.FromMilliseconds(500));
            tables.Expire(isAccounted: true);
        }

        tables.Expired.ShouldBe(10);
        (tables.Steps - before).ShouldBeLessThan(1_000);
    }

    [Fact]
    public void Large_batches_do_not_move_the_rules_that_were_there_before()
    {
        const int Batch = 300;
        FlowChange[] flows = Flows("ip,nw_dst=10.{0}.{1}.{2},actions=2", 30_000);
        var tables = new FlowTables();
        tables.Apply(flows.AsSpan(0, 20_000));
        long before = tables.Steps;
        for (int i = 20_000; i < flows.Length; i += Batch)
            tables.Apply(flows.AsSpan(i, Math.Min(Batch, flows.Length - i)));

        ((tables.Steps - before) / 10_000).ShouldBeLessThan(50);
    }

    [Fact]
    public void A_flow_that_a_batch_has_many_times_is_not_looked_for_among_all_of_them()
    {
        var tables = new FlowTables();
        tables.Apply([.. Enumerable.Repeat(FlowSyntax.ParseFlow("reg0=5,actions=3"), 5_000)]);

        tables.RuleCount.ShouldBe(1);
        tables.Steps.ShouldBeLessThan(5_000 * 10);
    }

    [Fact]
    public void The_first_timeout_after_a_long_time_without_any_costs_as_much_as_others()
    {
        var time = new ManualTime();
        var tables = new FlowTables(time);
        time.Advance(TimeSpan.FromDays(100));
        tables.Apply(FlowSyntax.ParseFlow("idle_timeout=5,reg0=5,actions=3"));
        tables.Expire(isAccounted: true);

        tables.Steps.ShouldBeLessThan(100);
    }

    [Fact]
    public void A_change_that_nobody_is_told_of_allocates_its_rule_and_little_else()
    {
        FlowTables tables = FilledTables.With(Flows("reg0={4},actions=2", Few));
        FlowChange change = FlowSyntax.ParseFlow("reg0=5,actions=3");
        tables.Apply(change);
        long before = GC.GetAllocatedBytesForCurrentThread();
        tables.Apply(change);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(256);
    }

    [Fact]
    public void A_flow_that_takes_the_room_of_another_costs_as_much_among_many_as_among_few()
    {
        Cost few = CostAmong(Few);
        Cost many = CostAmong(Many);
        many.Steps.ShouldBeLessThan((few.Steps + 2) * 2);
        many.Bytes.ShouldBeLessThan(few.Bytes * 5 / 4);

        static Cost CostAmong(int limit)
        {
            FlowChange[] flows = Flows("hard_timeout={5},importance={3},reg0={4},actions=2", 2 * limit);
            var tables = new FlowTables();
            using (TableTransaction transaction = tables.Begin(default))
            {
                transaction.Set(0, new TableSettings { FlowLimit = limit, EvictsForMessage = true });
                transaction.MakeAll(flows.AsSpan(0, limit));
                transaction.Commit();
            }

            long steps = tables.Steps;
            long bytes = GC.GetAllocatedBytesForCurrentThread();
            foreach (FlowChange flow in flows.AsSpan(limit))
                tables.Apply(flow);
            bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
            tables.RuleCount.ShouldBe(limit);
            return new Cost((tables.Steps - steps) / limit, bytes / limit);
        }
    }

    private static (Cost Added, Cost Deleted) CostOf(string flow, int count)
    {
        FlowChange[] flows = Flows(flow, count);
        FlowChange[] deletions = [.. flows.Select(change => change with { Command = FlowCommand.DeleteStrict, Actions = null })];
        var tables = new FlowTables();
        tables.Apply(flows[0]);
        tables.Apply(deletions[0]);
        return (Measure(flows, count), Measure(deletions, 0));

        Cost Measure(FlowChange[] changes, int left)
        {
            long steps = tables.Steps;
            long bytes = GC.GetAllocatedBytesForCurrentThread();
            foreach (FlowChange change in changes)
                tables.Apply(change);
            bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
            tables.RuleCount.ShouldBe(left);
            return new Cost((tables.Steps - steps) / count, bytes / count);
        }
    }

    /// <summary>Flows that differ: {0} to {2} are octets, {3} a priority, {4} a number of its own, {5} a timeout.</summary>
    private static FlowChange[] Flows(string flow, int count) => [.. Enumerable.Range(0, count).Select(i => FlowSyntax.ParseFlow(
        string.Format(CultureInfo.InvariantCulture, flow, i >> 16 & 255, i >> 8 & 255, i & 255, i % 600, i, 1 + i % 60_000)))];

    private readonly record struct Cost(long Steps, long Bytes);
}
