using System.Globalization;
using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto.Tests;

/// <summary>What a hundred thousand flows cost: memory that is allocated is memory to be cleared, copied and collected.</summary>
public sealed class ManyFlowsTests
{
    private const int Flows = 20_000;

    private static readonly string _text = string.Join('\n', Enumerable.Range(0, Flows)
        .Select(i => $"table=1,priority={i % 600},ip,nw_dst=10.{i >> 8 & 255}.{i & 255}.1,actions=output:2"));

    [Fact]
    public void A_line_of_a_file_is_read_with_little_more_memory_than_its_flow_keeps()
    {
        FlowSyntax.ParseFile(_text);
        long before = GC.GetAllocatedBytesForCurrentThread();
        FlowFile file = FlowSyntax.ParseFile(_text);
        long perFlow = (GC.GetAllocatedBytesForCurrentThread() - before) / Flows;

        file.Changes.Length.ShouldBe(Flows);
        perFlow.ShouldBeLessThan(200);
    }

    [Fact]
    public void A_flow_of_a_large_batch_takes_little_more_memory_than_its_rule()
    {
        FlowChange[] flows = [.. FlowSyntax.ParseFile(_text).Changes];
        new FlowTables().Apply(flows);
        long before = GC.GetAllocatedBytesForCurrentThread();
        new FlowTables().Apply(flows);

        ((GC.GetAllocatedBytesForCurrentThread() - before) / Flows).ShouldBeLessThan(420);
    }

    [Theory]
    [InlineData("priority={1},ip,nw_dst=10.{2}.{3}.{4},actions=output:2")]
    [InlineData("priority={1},ip,nw_src=10.{2}.{3}.{4}/32,nw_dst=10.{2}.{4}.{3}/31,actions=output:2")]
    [InlineData("priority={1},tcp,nw_src=10.{2}.{3}.{4},tp_src={0},tp_dst={1},actions=ct(commit,zone=9),2")]
    [InlineData("priority={1},ipv6,ipv6_dst=fc00::{2}:{3}:{4},actions=load:{0}->NXM_NX_REG0[],resubmit(,2)")]
    [InlineData("cookie={0},priority={1},in_port={2},dl_src=00:00:00:00:{3:x}:{4:x},actions=drop")]
    public void A_flow_costs_as_much_memory_among_a_hundred_thousand_as_among_a_thousand(string flow)
    {
        long few = CostOfFlow(flow, 1_000);
        long many = CostOfFlow(flow, 100_000);

        // Tables double when they are full: what lies idle in them differs.
        many.ShouldBeLessThan(few * 5 / 4);
        many.ShouldBeLessThan(1200);
    }

    [Fact]
    public void Flows_that_only_have_to_be_tried_cost_no_tables()
    {
        FlowChange[] flows = [.. FlowSyntax.ParseFile(_text).Changes];
        FlowTables.Try(flows);
        long before = GC.GetAllocatedBytesForCurrentThread();
        FlowTables.Try(flows);

        ((GC.GetAllocatedBytesForCurrentThread() - before) / Flows).ShouldBe(0);
    }

    [Fact]
    public void Flows_of_which_one_wants_no_other_beside_it_are_tried_on_tables()
    {
        FlowChange[] flows = [.. FlowSyntax.ParseFile("ip,actions=2\ncheck_overlap,tcp,actions=3").Changes];

        Should.Throw<FlowRefusedException>(() => FlowTables.Try(flows)).Message.ShouldContain("overlap");
    }

    [Fact]
    public void A_large_batch_that_is_refused_leaves_nothing_that_a_lookup_visits()
    {
        var tables = new FlowTables();
        FlowChange[] flows = [.. FlowSyntax.ParseFile(_text).Changes, FlowSyntax.ParseFlow("table=1,ip,actions=2")];
        FlowChange overlapping = FlowSyntax.ParseFlow("check_overlap,table=1,priority=7,ip,nw_dst=10.0.0.0/8,actions=2");

        Should.Throw<FlowRefusedException>(() => tables.Apply([.. flows, overlapping]));
        tables.Apply(FlowSyntax.ParseFlow("table=1,in_port=1,actions=2"));

        var untouched = new FlowTables();
        untouched.Apply(FlowSyntax.ParseFlow("table=1,in_port=1,actions=2"));
        MaskOf(tables).ShouldBe(MaskOf(untouched));

        static ulong[] MaskOf(FlowTables tables)
        {
            Flow flow = default;
            flow.InPort = 1;
            Flow wildcards = default;
            tables.Lookup(1, flow, ref wildcards).ShouldNotBeNull();
            return wildcards.Words.ToArray();
        }
    }

    [Theory]
    [InlineData("ip,nw_dst=10.{2}.{3}.{4},actions=2", "ip,nw_dst=11.{2}.{3}.{4},actions=2")]
    [InlineData("udp,tp_src={0},tp_dst={3},actions=2", "udp,tp_src={0},tp_dst={3},actions=drop")]
    public void Replacing_a_flow_costs_as_much_memory_among_a_hundred_thousand_as_among_a_thousand(string before, string after)
    {
        long few = CostOfReplacing(before, after, 1_000);
        long many = CostOfReplacing(before, after, 100_000);

        many.ShouldBeLessThan(few * 5 / 4);
    }

    /// <summary>Bytes that reading a flow and putting it into empty tables allocates.</summary>
    private static long CostOfFlow(string flow, int count)
    {
        string text = Text(flow, count);
        Load();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Load();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / count;

        void Load()
        {
            var tables = new FlowTables();
            tables.Apply(FlowSyntax.ParseFile(text).Changes.AsSpan());
            tables.RuleCount.ShouldBe(count);
        }
    }

    /// <summary>Bytes that deleting a flow and adding another in one batch allocates.</summary>
    private static long CostOfReplacing(string before, string after, int count)
    {
        FlowChange[] first = [.. FlowSyntax.ParseFile(Text(before, count)).Changes];
        FlowChange[] second = [.. FlowSyntax.ParseFile(Text(after, count)).Changes];
        var tables = new FlowTables();
        tables.Apply(first);
        FlowChange[] batch = [.. first.Select(flow => flow with { Command = FlowCommand.DeleteStrict, Actions = null }), .. second];
        long start = GC.GetAllocatedBytesForCurrentThread();
        tables.Apply(batch);
        long cost = (GC.GetAllocatedBytesForCurrentThread() - start) / count;
        tables.RuleCount.ShouldBe(count);
        return cost;
    }

    /// <summary>Flows that differ: {0} is a port, {1} a priority, {2} to {4} are octets.</summary>
    private static string Text(string flow, int count) => string.Join('\n', Enumerable.Range(0, count).Select(i =>
        string.Format(CultureInfo.InvariantCulture, flow, i % 60_000, i % 600, i >> 16 & 255, i >> 8 & 255, i & 255)));

    [Fact]
    public void Rules_with_one_match_are_kept_in_the_order_of_their_priorities_however_they_come_and_go()
    {
        var tables = new FlowTables();
        int[] priorities = [5, 9, 1, 7, 3, 9, 5];
        foreach (int priority in priorities)
        {
            tables.Apply(FlowSyntax.ParseFlow($"priority={priority},in_port=1,actions={priority}"));
            tables.RuleCount.ShouldBe(tables.GetRules().Length);
        }

        Priorities().ShouldBe([9, 7, 5, 3, 1]);
        foreach (int priority in (int[])[7, 9, 1, 3, 5])
        {
            int[] left = [.. Priorities().Where(other => other != priority)];
            tables.Apply(FlowSyntax.ParseFlow($"delete_strict priority={priority},in_port=1"));
            Priorities().ShouldBe(left);
            Flow flow = default;
            flow.InPort = 1;
            Flow wildcards = default;
            tables.Lookup(0, flow, ref wildcards)?.Priority.ShouldBe((ushort)left[0]);
        }

        tables.RuleCount.ShouldBe(0);

        int[] Priorities() => [.. tables.GetRules().Select(rule => (int)rule.Priority)];
    }
}
