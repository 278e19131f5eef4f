using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto.Tests;

public class AllocationTests
{
    [Fact]
    public void A_lookup_allocates_nothing()
    {
        var random = new RandomTables(1);
        FlowChange[] rules = random.Rules(500);
        FlowTables tables = FilledTables.With(rules);
        Flow[] flows = [.. Enumerable.Range(0, 200).Select(_ => random.Flow()), .. rules.Select(rule => rule.Match.ToValue())];
        int found = Run(tables, flows);

        long before = GC.GetAllocatedBytesForCurrentThread();
        int again = Run(tables, flows);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        allocated.ShouldBe(0);
        again.ShouldBe(found);
        found.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Crediting_a_rule_and_using_a_subfield_allocate_nothing()
    {
        var tables = new FlowTables();
        Flow flow = default;
        Flow wildcards = default;
        tables.Apply(FlowSyntax.ParseFlow("actions=drop"));
        Rule rule = tables.Lookup(0, flow, ref wildcards)!;
        var part = new SubField(MatchFields.Get("reg3"), 4, 8);
        Use();

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            Use();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        rule.Counters.Packets.ShouldBe(1001UL);
        rule.Counters.Bytes.ShouldBe(100_100UL);

        void Use()
        {
            rule.Counters.Credit(1, 100);
            part.Write(ref flow, part.Read(flow) + 1);
            part.MarkUsed(ref wildcards);
        }
    }

    private static int Run(FlowTables tables, Flow[] flows)
    {
        int found = 0;
        foreach (ref readonly Flow flow in flows.AsSpan())
        {
            Flow wildcards = default;
            if (tables.Lookup(0, flow, ref wildcards) is not null)
                found++;
        }
        return found;
    }
}
