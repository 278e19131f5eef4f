namespace UpcallActors.OpenFlow.Tests;

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
        perFlow.ShouldBeLessThan(1400);
    }

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
            flow.Key.InPort = 1;
            Flow wildcards = default;
            tables.Current.Lookup(0, flow, ref wildcards)?.Priority.ShouldBe((ushort)left[0]);
        }

        tables.RuleCount.ShouldBe(0);

        int[] Priorities() => [.. tables.GetRules().Select(rule => (int)rule.Priority)];
    }
}
