using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch.Tests.Differences;

/// <summary>What makes the flows of one file those of another.</summary>
public sealed class FlowDifferenceTests
{
    [Theory]
    [InlineData("actions=drop", "actions=drop", "")]
    [InlineData("actions=drop", "", "DeleteStrict")]
    [InlineData("", "actions=drop", "Add")]
    [InlineData("ip,actions=drop", "ip,actions=1", "ModifyStrict")]
    [InlineData("ip,actions=1,2", "ip,actions=2,1", "ModifyStrict")]
    [InlineData("ip,actions=drop", "arp,actions=drop", "DeleteStrict Add")]
    [InlineData("priority=1,ip,actions=drop", "priority=2,ip,actions=drop", "DeleteStrict Add")]
    [InlineData("table=1,ip,actions=drop", "table=2,ip,actions=drop", "DeleteStrict Add")]
    [InlineData("cookie=1,ip,actions=drop", "cookie=2,ip,actions=drop", "Add")]
    [InlineData("idle_timeout=1,ip,actions=drop", "ip,actions=drop", "Add")]
    [InlineData("hard_timeout=1,ip,actions=drop", "hard_timeout=2,ip,actions=1", "Add")]
    [InlineData("ip,actions=drop\nip,actions=1", "ip,actions=1", "")]
    [InlineData("ip,actions=drop\ntcp,actions=1", "modify ip,actions=2\ntcp,actions=1", "ModifyStrict")]
    [InlineData("ip,actions=drop\ntable=1,ip,actions=1", "table=1,ip,actions=1", "DeleteStrict")]
    [InlineData("ip,actions=drop\ntable=1,ip,actions=drop", "ip,actions=1\ntable=1,ip,actions=drop", "ModifyStrict")]
    public void Only_what_differs_changes(string before, string after, string commands)
    {
        FlowChange[] had = Parse(before);
        FlowChange[] wanted = Parse(after);
        FlowChange[] changes = FlowDifference.Between(had, wanted);
        string.Join(' ', changes.Select(change => change.Command)).ShouldBe(commands);

        var tables = new FlowTables();
        tables.Apply(had);
        tables.Apply(changes);
        Rules(tables).ShouldBe(Rules(Of(wanted)), ignoreOrder: true);
    }

    [Fact]
    public void Files_of_many_flows_are_compared_with_little_memory()
    {
        const int Flows = 20_000;
        string text = string.Join('\n', Enumerable.Range(0, Flows).Select(i =>
            $"priority={i % 600},ip,nw_dst=10.{i >> 8 & 255}.{i & 255}.1,actions=output:2"));
        FlowChange[] had = Parse(text);
        FlowChange[] wanted = Parse(text);
        FlowDifference.Between(had, wanted).ShouldBeEmpty();

        long before = GC.GetAllocatedBytesForCurrentThread();
        FlowDifference.Between(had, wanted).ShouldBeEmpty();
        long perFlow = (GC.GetAllocatedBytesForCurrentThread() - before) / Flows;

        perFlow.ShouldBeLessThan(400);
    }

    private static FlowTables Of(FlowChange[] changes)
    {
        var tables = new FlowTables();
        tables.Apply(changes);
        return tables;
    }

    private static IEnumerable<string> Rules(FlowTables tables) => tables.GetRules().Select(rule => rule.ToString());

    private static FlowChange[] Parse(string text)
    {
        FlowFile file = FlowSyntax.ParseFile(text, "flows.of");
        file.Errors.ShouldBeEmpty();
        return [.. file.Changes];
    }
}
